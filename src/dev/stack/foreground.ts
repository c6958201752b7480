/**
 * A stack in a terminal: prints what happens, ends in order on the first ctrl-C and at once on the
 * second, and says in plain lines what a person has to put right.
 */
import { ConfigError } from '../../config/config.ts';
import { misspelled } from '../../config/misspelled.ts';
import { loadGateways } from '../../process/load-gateways.ts';
import type { OnProgress } from '../terminal/progress.ts';
import { SetupError } from '../terminal/setup-error.ts';
import { type Stack, type StackOptions, startStack } from './stack.ts';
import { describeStack } from './stack-summary.ts';

/** What a terminal, a service manager and a closed window send. */
const END_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** After npm has ended, the ports must be free again soon; half a second is not noticed. */
const PARENT_CHECK_MS = 500;

/** Runs a stack until it is asked to end; gives the exit code of the process. */
export async function runInForeground(options: StackOptions, print: OnProgress): Promise<number> {
  const ending = askedToEnd(print, options.env.npm_lifecycle_event !== undefined);
  try {
    for (const line of misspelled(options.env, await loadGateways(options.env))) print(line);
    const stack = await startStack({ ...options, onProgress: print, signal: ending.once });
    for (const line of describeStack(stack)) print(line);
    await happens(ending.once);
    return await stopInOrder(stack, ending.twice, print);
  } catch (error) {
    if (ending.once.aborted) return 0;
    for (const line of problemsOf(error)) print(line);
    return 1;
  }
}

async function stopInOrder(stack: Stack, twice: AbortSignal, print: OnProgress): Promise<number> {
  const inOrder = stack.stop();
  await Promise.race([inOrder, happens(twice)]);
  if (!twice.aborted) {
    print('stopped; npm start finds every order again');
    return 0;
  }
  await Promise.allSettled([stack.stop('kill'), inOrder]);
  print('killed; npm start finds every order again');
  return 130;
}

type Ending = { once: AbortSignal; twice: AbortSignal };

function askedToEnd(print: OnProgress, underNpm: boolean): Ending {
  const first = new AbortController();
  const second = new AbortController();
  const onEndSignal = () => {
    if (first.signal.aborted) return second.abort();
    print('stopping; ctrl-C again to kill …');
    first.abort();
  };
  for (const signal of END_SIGNALS) process.on(signal, onEndSignal);
  if (underNpm) onParentGone(() => first.signal.aborted || onEndSignal());
  return { once: first.signal, twice: second.signal };
}

/** npm runs a shell that runs this, and a signal to npm ends that shell without reaching this. */
function onParentGone(end: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    end();
  }, PARENT_CHECK_MS);
}

async function happens(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

/** A mistake of ours keeps its stack trace; what a person can put right does not need one. */
function problemsOf(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return error.problems;
  if (error instanceof SetupError) return error.message.split('\n');
  return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
}
