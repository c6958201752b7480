/** Where an API process is reached: one port for all that it serves, or the console on a port of its own. */
import type { RequestListener, Server } from 'node:http';
import type { Config } from '../config/config.ts';
import { createRateLimits } from './access/rate-limits.ts';
import type { ApiDependencies } from './api-dependencies.ts';
import { createApp, type Served } from './app.ts';
import { createHttpServer, listen } from './http/http-server.ts';

export interface Listeners {
  port: number;
  /** Where the console has one. */
  consolePort?: number;
  /** Ends every connection. */
  close(): void;
}

export interface ListenOptions extends Pick<Config, 'host' | 'port' | 'consolePort'> {
  /** Around each listener, such as what traces its requests. */
  around: (listener: RequestListener) => RequestListener;
}

/** @throws Error that says in one line why an address cannot be used. */
export async function openListeners(
  dependencies: ApiDependencies,
  { host, port, consolePort, around }: ListenOptions,
): Promise<Listeners> {
  const limits = createRateLimits(dependencies.policy.rateLimits);
  const open = (serves: Served): Server =>
    createHttpServer(around(createApp(dependencies, { serves, limits })));
  if (consolePort === undefined) {
    const server = open('all');
    return { port: await listen(server, host, port), close: () => closeAll([server]) };
  }
  const servers = [open('all but the console'), open('console')] as const;
  const [api, ofConsole] = servers;
  return {
    port: await listen(api, host, port),
    consolePort: await listen(ofConsole, host, consolePort, 'CONSOLE_PORT'),
    close: () => closeAll(servers),
  };
}

function closeAll(servers: readonly Server[]): void {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
}
