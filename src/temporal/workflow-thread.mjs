/**
 * Prepares the thread in which the SDK runs workflows; a worker process loads it by `--import`. There are no
 * options of the SDK for any of these, so the thread's own modules are changed before the SDK loads them. Read from
 * @temporalio/worker 1.24.0: `workflow/vm-shared.ts`, `workflow/reusable-vm.ts` and `workflow/global-handlers.ts`.
 * Plain JavaScript: in a thread of Node 20 this loads before TypeScript can be read.
 *
 * 1. The SDK takes a stack trace of every promise, for the "stack trace" tab of Temporal's UI alone: more
 *    than half of what a signal costs, and ten thousand that wait in one task outlived its time-out.
 * 2. A workflow that is stopped by the SDK's time-out while it runs a promise's callback leaves Node's stack
 *    of asynchronous contexts as it was, and Node 20 and 22 end the process. With the stack put back the
 *    workflow task fails, as the SDK means it to, and every other order goes on.
 * 3. The SDK calls into its sandbox four times an activation and more, and Node starts a thread for each call, to
 *    watch its time-out. One watch over the whole activation, for the same time, stops it as well; the calls within
 *    need none.
 *
 * `WORKFLOW_WATCH=call` leaves it at a watch a call.
 */
import { executionAsyncId } from 'node:async_hooks';
import { createRequire } from 'node:module';
import v8 from 'node:v8';
import vm from 'node:vm';
import { isMainThread } from 'node:worker_threads';

/** Deeper than any program nests. */
const DEEPEST = 1_000_000;

/** What is run under a watch, by the one script that is compiled for it. */
const WORK = Symbol.for('payonce.watched work');
const WATCHED = new vm.Script(`globalThis[Symbol.for('payonce.watched work')]()`);

let isWatched = false;
/** The SDK's own time-out, as its last call had it. */
let timeoutMs = 5_000;

if (!isMainThread) {
  v8.promiseHooks.createHook = () => () => undefined;
  watchTimeouts();
  if (process.env.WORKFLOW_WATCH !== 'call') watchActivations();
}

function watchTimeouts() {
  const { runInContext } = vm.Script.prototype;
  vm.Script.prototype.runInContext = function run(context, options) {
    if (isWatched) return runInContext.call(this, context, { ...options, timeout: undefined });
    timeoutMs = options?.timeout ?? timeoutMs;
    return restoringAsyncStack(() => runInContext.call(this, context, options));
  };
}

function watchActivations() {
  const { BaseVMWorkflow } = createRequire(import.meta.url)(
    '@temporalio/worker/lib/workflow/vm-shared.js',
  );
  const { activate } = BaseVMWorkflow.prototype;
  BaseVMWorkflow.prototype.activate = async function watched(activation) {
    try {
      return await withinTime(() => activate.call(this, activation));
    } catch (error) {
      if (!isTimeout(error)) throw error;
      // As the SDK would, had its own call been stopped.
      const { info } = this.activator;
      return { runId: info.runId, failed: { failure: this.activator.errorToFailure(error) } };
    }
  };
}

/**
 * An activation runs to its end before anything else does, but for what it leaves to the event loop.
 * @template T
 * @param {() => T} work
 * @returns {T}
 */
function withinTime(work) {
  globalThis[WORK] = work;
  isWatched = true;
  try {
    return restoringAsyncStack(() => WATCHED.runInThisContext({ timeout: timeoutMs }));
  } finally {
    isWatched = false;
    delete globalThis[WORK];
  }
}

/**
 * @template T
 * @param {() => T} run
 * @returns {T}
 */
function restoringAsyncStack(run) {
  const before = executionAsyncId();
  try {
    return run();
  } catch (error) {
    if (isTimeout(error)) restoreAsyncStack(before);
    throw error;
  }
}

/** @param {unknown} error */
function isTimeout(error) {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}

/**
 * Node 24 keeps contexts otherwise, and its stack is in order.
 * @param {number} before
 */
function restoreAsyncStack(before) {
  if (executionAsyncId() === before) return;
  const stack = asyncStack();
  for (let depth = 0; executionAsyncId() !== before && depth < DEEPEST; depth += 1)
    stack.popAsyncContext(executionAsyncId());
}

/** Reached the only way there is from outside of Node, which warns of it; an operator can do nothing about that. */
function asyncStack() {
  const isQuiet = process.noDeprecation ?? false;
  process.noDeprecation = true;
  try {
    return process.binding('async_wrap');
  } finally {
    process.noDeprecation = isQuiet;
  }
}
