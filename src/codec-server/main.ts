/** The codec server as a process of its own, on the machine of the operator who looks at orders. */
import '../process/oldest-node.ts';

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadCodecServerConfig } from '../config/codec-server.ts';
import { createPayloadCodec } from '../encryption/payload-codec.ts';
import { createLogger } from '../logs/create-logger.ts';
import { reportReady, runProcess, watchProcessLife } from '../process/process-life.ts';
import { keyringOf } from '../temporal/data-converter.ts';
import { createCodecApp } from './app.ts';
import { createAuthorization } from './authorize.ts';

async function main(): Promise<void> {
  const { stopRequested } = watchProcessLife();
  const { host, port, token, uiOrigin, payloadKeys } = loadCodecServerConfig(process.env);
  const keyring = keyringOf(payloadKeys);
  if (keyring === null) throw new Error('PAYLOAD_KEYS is missing');
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  const at = (server.address() as AddressInfo).port;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${at}`;
  const app = createCodecApp({
    codec: createPayloadCodec(keyring),
    authorization: createAuthorization(token),
    uiOrigin,
    ownOrigins: [url, `http://localhost:${at}`],
    log: createLogger({ name: 'codec-server', level: 'info' }),
  });
  server.on('request', app);
  console.log(`codec server: ${url}`);
  reportReady({ port: at });
  await stopRequested;
  server.close();
  server.closeAllConnections();
}

await runProcess('codec-server', main);
