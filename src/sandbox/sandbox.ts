/**
 * Assembles the sandbox gateway: store, dispatcher, faults, HTTP. It imports nothing of the
 * payment processor but the way to log, so that what it captured is an independent witness of what happened.
 */

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Logger } from 'pino';
import { createFaults } from './faults/faults.ts';
import { createApp } from './http/app.ts';
import { openStore, type StoreLocation } from './store/store.ts';
import { createDeliver } from './webhooks/delivery.ts';
import { createDispatcher } from './webhooks/dispatcher.ts';

export type SandboxOptions = {
  readonly store: StoreLocation;
  /** 0 picks a free one. */
  readonly port: number;
  /** Where webhooks are posted, and the `whsec_…` secret they are signed with. */
  readonly webhooks: { readonly url: string; readonly secret: string };
  readonly log: Logger;
};

export type Sandbox = {
  readonly url: string;
  readonly port: number;
  readonly close: () => Promise<void>;
};

// Calls under way finish within this; those that a fault holds open are cut off.
const CLOSE_GRACE_MS = 300;

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on TCP');
  return address.port;
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  const cutOff = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
  await closed;
  clearTimeout(cutOff);
}

/**
 * Starts the gateway on loopback and resumes the webhooks an earlier one left undelivered.
 *
 * @throws the listener's error, for instance with code `EADDRINUSE`.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { log } = options;
  const store = await openStore(options.store);
  const faults = createFaults();
  const deliver = createDeliver(options.webhooks.url, options.webhooks.secret);
  const dispatcher = createDispatcher({ store, faults, deliver, log });
  const server = createServer();
  const port = await listen(server, options.port);
  const url = `http://127.0.0.1:${port}`;
  // Nothing may wait between listening and this line: a request in between is never answered.
  server.on('request', createApp({ store, faults, dispatcher, baseUrl: url, log }));
  await dispatcher.resume();
  return {
    url,
    port,
    close: async () => {
      await closeServer(server);
      await dispatcher.close();
      await store.close();
    },
  };
}
