/**
 * The SDK takes a stack trace of every promise, for the "stack trace" tab of the UI and for failures. The
 * first lines show where an order waits; the others are the SDK's own, and cost a tenth of the worker's
 * time. Evaluated once, before the first workflow: afterwards every global is frozen.
 */
Error.stackTraceLimit = 4;
