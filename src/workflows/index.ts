/** What workers run. Only workflows are exported here: every exported name can be started. */
export { order } from './order.ts';

/**
 * The SDK takes a stack trace of every promise, for the "stack trace" tab of the UI and for failures. The
 * first lines tell where an order waits; the others are the SDK's own, and cost a tenth of the worker's time.
 */
Error.stackTraceLimit = 4;
