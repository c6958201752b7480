/**
 * The operating system's side of a child: its process, how it becomes ready and how it ends.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, statSync } from 'node:fs';
import { SetupError } from '../terminal/setup-error.ts';
import { lastLines } from './log-tail.ts';

/**
 * How a child says that it is ready: by the IPC message `{ready: true}`, or when a probe resolves.
 * The signal ends a probe that is no longer needed.
 */
export type Readiness = 'message' | ((signal: AbortSignal) => Promise<void>);

/** What to run, and how long it may take to end when asked to. */
export type ChildSpec = {
  name: string;
  command: readonly string[];
  env: NodeJS.ProcessEnv;
  log: string;
  ready: Readiness;
  stopGraceMs: number;
};

/** A process that was just started; `death` says how it ended once it has. */
export type Launched = { process: ChildProcess; death: Promise<string>; logStart: number };

/** A worker bundles its workflows first: seconds, or a minute on a busy machine. */
const READY_TIMEOUT_MS = 120_000;
const LOG_LINES_SHOWN = 6;
/**
 * A child inherits it, and what it stores is its owner's alone: Temporal's file holds every order. It is set
 * for the moment of the start, because it counts for the whole of this process.
 */
const PRIVATE_UMASK = 0o077;

/** Starts the process with its log file as output; a missing program counts as an early death. */
export function launch({ command, env, log, ready }: ChildSpec): Launched {
  const [program = '', ...args] = command;
  const output = openSync(log, 'a', 0o600);
  const ipc = ready === 'message' ? (['ipc'] as const) : [];
  const umask = process.umask(PRIVATE_UMASK);
  const child = spawn(program, args, {
    env,
    detached: true,
    stdio: ['ignore', output, output, ...ipc],
  });
  process.umask(umask);
  const logStart = statSync(log).size;
  closeSync(output);
  const death = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  return { process: child, death, logStart };
}

/** @throws SetupError with the end of its log when it dies, or stays silent, before it is ready. */
export async function untilReady(spec: ChildSpec, launched: Launched): Promise<void> {
  const settled = new AbortController();
  const tooLate = AbortSignal.timeout(READY_TIMEOUT_MS);
  const signal = AbortSignal.any([settled.signal, tooLate]);
  const ready =
    spec.ready === 'message' ? readyMessage(launched.process, signal) : spec.ready(signal);
  try {
    const death = await Promise.race([ready.then(() => undefined), launched.death]);
    if (death !== undefined)
      throw failure(spec, launched, `stopped before it was ready (${death})`);
  } catch (error) {
    if (!tooLate.aborted) throw error;
    throw failure(spec, launched, `was not ready after ${READY_TIMEOUT_MS / 1000} s`);
  } finally {
    settled.abort();
    ready.catch(() => {});
  }
}

/** Asks a process to end and kills it after its grace time; a frozen one is continued so that it receives the signal. */
export async function end({ process: child, death }: Launched, graceMs: number): Promise<void> {
  child.kill('SIGTERM');
  child.kill('SIGCONT');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await death;
  clearTimeout(timer);
}

async function readyMessage(child: ChildProcess, signal: AbortSignal): Promise<void> {
  for (;;) {
    const [message] = await once(child, 'message', { signal });
    if (message !== null && typeof message === 'object' && 'ready' in message) return;
  }
}

function failure(spec: ChildSpec, { logStart }: Launched, what: string): SetupError {
  const lines = lastLines(spec.log, LOG_LINES_SHOWN, logStart).map((line) => `  ${line}`);
  return new SetupError([`${spec.name} ${what}; its log is ${spec.log}:`, ...lines].join('\n'));
}
