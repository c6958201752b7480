/**
 * Picks or checks the ports of the stack before anything is started, so that a port in use is one
 * clear line and not a process that dies later.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import getPort from 'get-port';
import { anyPort } from '../../process/any-port.ts';
import { SetupError } from '../terminal/setup-error.ts';

/** A requested port: 0 is any, otherwise `variable` is where it was set. */
export type WantedPort = { port: number; host: string; variable: string; use: string };

/**
 * Gives a port on which something can listen now.
 * @throws SetupError when the wanted one is taken or not allowed.
 */
export async function freePort({ port, host, variable, use }: WantedPort): Promise<number> {
  if (port === 0) return anyPort(host);
  const code = await listenError(port, host);
  if (code === undefined) return port;
  if (code === 'EADDRINUSE') {
    const other = await getPort({ host, port: Array.from({ length: 20 }, (_, i) => port + 1 + i) });
    throw new SetupError(
      `Port ${port} (${use}) is in use by another program. Stop that program, or choose another port: ${variable}=${other} npm start`,
    );
  }
  throw new SetupError(`Nothing may listen on ${host}:${port} (${use}): ${code}. Set ${variable}.`);
}

async function listenError(port: number, host: string): Promise<string | undefined> {
  const server = createServer().listen(port, host);
  try {
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  } finally {
    server.close();
  }
}
