/**
 * Measures what the workflow tasks of a worker cost its thread, in a worker that is started with it by `--import`.
 * Each time that a task costs more than every one before, it writes a line. An activation that brings nothing but
 * results of local activities belongs to the task before it. What others do meanwhile counts too, so that the figure
 * is never too low.
 */
import { readFileSync } from 'node:fs';
import { isMainThread, parentPort } from 'node:worker_threads';

const NS_PER_MS = 1e6;

if (!isMainThread && parentPort !== null) {
  const port = parentPort;
  const listen = port.on.bind(port);
  port.on = (name, listener) => listen(name, name === 'message' ? measured(listener) : listener);
}

/** @param {(message: any) => unknown} handle */
function measured(handle) {
  /** @type {Map<string, number>} */
  const spentMs = new Map();
  let most = 0;
  return async (/** @type {any} */ message) => {
    const { input } = message ?? {};
    if (input?.type !== 'activate-workflow') return handle(message);
    const before = cpuMs();
    await handle(message);
    const { runId, activation } = input;
    const isSameTask = activation.jobs?.every(isLocalResult) ?? false;
    const spent = (isSameTask ? (spentMs.get(runId) ?? 0) : 0) + cpuMs() - before;
    spentMs.set(runId, spent);
    if (spent <= most) return;
    most = spent;
    const signals = activation.jobs?.filter(isSignal).length ?? 0;
    console.error(`longest workflow task: ${most.toFixed(0)} ms of CPU, ${signals} signals`);
  };
}

/** @param {any} job */
const isLocalResult = (job) => job.resolveActivity?.isLocal === true;

/** @param {any} job */
const isSignal = (job) => job.signalWorkflow != null;

/** Of this thread. */
function cpuMs() {
  return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / NS_PER_MS;
}
