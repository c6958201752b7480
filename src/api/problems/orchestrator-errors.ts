/** What calls to Temporal can end with, for callers that must distinguish them. */

/** Temporal did not take it, or the outcome is unknown: a time-out, a lost connection, a limit. Send it again. */
export class OrchestratorUnavailable extends Error {
  override readonly name = 'OrchestratorUnavailable';
}

/** Neither Temporal nor the database knows the order. */
export class UnknownOrder extends Error {
  override readonly name = 'UnknownOrder';

  constructor(orderId: string) {
    super(`order ${orderId} does not exist`);
  }
}
