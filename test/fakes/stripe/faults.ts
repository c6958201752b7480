/** What may go wrong between a caller and Stripe, told before the call it strikes. */

export type Fault =
  /** The connection breaks before Stripe has seen the call. */
  | 'reset_before'
  /** The connection breaks when all is done. */
  | 'reset_after'
  /** All is done, and no answer ever comes. */
  | 'hang_after'
  /** Turned away at the door. */
  | 'rate_limited'
  /** An outage in front of the API: nothing is begun or saved. */
  | 'unavailable'
  /** Breaks down before anything is done; the answer is saved. */
  | 'breakdown_before'
  /** Breaks down when all is done; the answer is saved. */
  | 'breakdown_after'
  /** Does it, and takes its time. */
  | 'slow';

export interface Faults {
  /** Strikes the next calls that match, one fault each. */
  next(...faults: Fault[]): void;
  /** Strikes every call that changes something, until `end`. */
  always(fault: Fault): void;
  end(): void;
  /** The fault of this call, if any. */
  take(method: string): Fault | undefined;
}

export function createFaults(): Faults {
  let queue: Fault[] = [];
  let constant: Fault | undefined;
  return {
    next: (...faults) => {
      queue.push(...faults);
    },
    always: (fault) => {
      constant = fault;
    },
    end: () => {
      queue = [];
      constant = undefined;
    },
    // Reads are spared: what is lost with them is only asked again.
    take: (method) => (method === 'GET' ? undefined : (constant ?? queue.shift())),
  };
}
