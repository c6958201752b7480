/**
 * The sandbox gateway as a process of its own. It ends with its parent, so that a stack that
 * was killed leaves no gateway behind.
 */

import '../process/oldest-node.ts';

import { createLogger } from '../logs/create-logger.ts';
import { readConfig } from './config.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from './sandbox.ts';

function fail(lines: readonly string[]): never {
  for (const line of lines) console.error(line);
  process.exit(1);
}

const isPortTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

async function start(options: SandboxOptions): Promise<Sandbox> {
  try {
    return await startSandbox(options);
  } catch (error) {
    if (!isPortTaken(error)) throw error;
    return fail([
      `Port ${options.port} is taken: stop what listens on 127.0.0.1:${options.port}, ` +
        'or set SANDBOX_PORT to another port (0 picks a free one).',
    ]);
  }
}

// Set up before the start, so that a parent which dies meanwhile is noticed too.
function stopWithSignalsAndParent(starting: Promise<Sandbox>): void {
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    await (await starting).close();
    process.exit(0);
  };
  for (const cause of ['SIGTERM', 'SIGINT', 'disconnect']) process.on(cause, () => void stop());
}

const config = readConfig(process.env);
if ('problems' in config) fail(config.problems);
const log = createLogger({ name: 'sandbox', level: 'info' });
process.on('uncaughtException', (error) => {
  log.fatal({ err: error }, 'ended by an error nobody caught');
  process.exit(1);
});
const starting = start({ ...config.options, log });
stopWithSignalsAndParent(starting);
const { url, port } = await starting;
console.log(`sandbox gateway listening on ${url}`);
process.send?.({ ready: true, port });
