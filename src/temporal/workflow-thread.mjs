/**
 * Prepares the thread in which the SDK runs workflows; a worker process loads it by `--import`. There are no
 * options of the SDK for either of these, so the thread's own modules are changed before the SDK loads them.
 * Plain JavaScript: in a thread of Node 20 this loads before TypeScript can be read.
 *
 * 1. The SDK takes a stack trace of every promise, for the "stack trace" tab of Temporal's UI alone: more
 *    than half of what a signal costs, and ten thousand that wait in one task outlived its time-out.
 * 2. A workflow that is stopped by the SDK's time-out while it runs a promise's callback leaves Node's stack
 *    of asynchronous contexts as it was, and Node 20 and 22 end the process. With the stack put back the
 *    workflow task fails, as the SDK means it to, and every other order goes on.
 */
import { executionAsyncId } from 'node:async_hooks';
import v8 from 'node:v8';
import vm from 'node:vm';
import { isMainThread } from 'node:worker_threads';

/** Deeper than any program nests. */
const DEEPEST = 1_000_000;

if (!isMainThread) {
  v8.promiseHooks.createHook = () => () => undefined;
  const { runInContext } = vm.Script.prototype;
  vm.Script.prototype.runInContext = function run(...args) {
    const before = executionAsyncId();
    try {
      return runInContext.apply(this, args);
    } catch (error) {
      if (isTimeout(error)) restoreAsyncStack(before);
      throw error;
    }
  };
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
