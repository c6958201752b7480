/**
 * The life of one process of Payonce: it says when it is ready, stops when it is asked to or when its
 * supervisor is gone, and never lives on half broken.
 */
import { ConfigError } from '../config/config.ts';
import { createLogger } from '../logs/create-logger.ts';
import { scrub } from '../logs/scrub.ts';

export interface ProcessLife {
  /** Resolves when the process shall stop. */
  stopRequested: Promise<void>;
}

export function watchProcessLife(): ProcessLife {
  const stopRequested = new Promise<void>((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
    // Without its supervisor nobody would ever stop this process.
    if (process.connected) process.once('disconnect', () => resolve());
  });
  return { stopRequested };
}

/** Reports to the parent process that this one is ready. */
export function reportReady(details: { port?: number } = {}): void {
  process.send?.({ ready: true, ...details });
}

/** Runs a process to its end: one line per problem and exit code 1 where it cannot start or go on. */
export async function runProcess(name: string, main: () => Promise<void>): Promise<never> {
  endOnFault(name);
  try {
    await main();
    process.exit(0);
  } catch (error) {
    for (const problem of problemsOf(error)) console.error(`${name}: ${scrub(problem)}`);
    process.exit(1);
  }
}

/**
 * After an error that nobody caught nothing is certain any more: it is logged without what it carried,
 * and the supervisor starts a new process.
 */
function endOnFault(name: string): void {
  process.on('uncaughtException', (error) => {
    createLogger({ name, level: 'fatal' }).fatal({ err: error }, 'ended by an error nobody caught');
    process.exit(1);
  });
}

/** One line for each setting that is wrong, else the message of the error. */
export function problemsOf(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return error.problems;
  return [error instanceof Error ? error.message : String(error)];
}
