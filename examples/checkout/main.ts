/**
 * `npm run example`: a small shop in front of Payonce. It finds the stack of `npm start` by itself, or
 * takes PAYONCE_URL and PAYONCE_API_KEY; the key never leaves this process.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPayonceClient } from '../../src/client/index.ts';
import { loadConfig } from '../../src/config/config.ts';
import { runningStack } from '../../src/dev/processes/process-file.ts';
import { runProcess, watchProcessLife } from '../../src/process/process-life.ts';
import { createShop } from './app.ts';
import { offersOf } from './offers.ts';

/** Next to the API and the sandbox gateway of `npm start`. */
const DEFAULT_PORT = 3002;

async function main(): Promise<void> {
  const { stopRequested } = watchProcessLife();
  const { baseUrl, apiKey } = findPayonce();
  const payonce = createPayonceClient({ baseUrl, apiKey });
  const server = createServer(createShop({ payonce, offers: offersOf(process.env) }));
  await listen(server, Number(process.env.EXAMPLE_PORT ?? DEFAULT_PORT));
  const { port } = server.address() as AddressInfo;
  console.log(`The shop is open: http://127.0.0.1:${port} (Payonce: ${baseUrl})`);
  await stopRequested;
  server.close();
}

async function listen(server: Server, port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
  } catch (cause) {
    throw new Error(`${(cause as Error).message}; EXAMPLE_PORT names another port, 0 any free one`);
  }
}

/** The client key is enough: a shop neither refunds nor decides reviews. */
function findPayonce(): { baseUrl: string; apiKey: string } {
  const { PAYONCE_URL: baseUrl, PAYONCE_API_KEY: apiKey } = process.env;
  if (baseUrl && apiKey) return { baseUrl, apiKey };
  const stack = runningStack(loadConfig(process.env).dataDir);
  if (stack !== undefined) return { baseUrl: stack.apiUrl, apiKey: stack.keys.client };
  throw new Error(
    'no Payonce is running here: run "npm start", or set PAYONCE_URL and PAYONCE_API_KEY',
  );
}

await runProcess('example', main);
