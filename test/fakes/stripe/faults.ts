/** What may go wrong between a caller and Stripe, told before the call it strikes. */

export type Fault =
  /** The connection breaks before Stripe has seen the call. */
  | 'reset_before'
  /** The connection breaks when all is done. */
  | 'reset_after'
  /** Nothing is done, and no answer ever comes. */
  | 'hang_before'
  /** All is done, and no answer ever comes. */
  | 'hang_after'
  /** Turned away at the door. */
  | 'rate_limited'
  /** The API key does not count any more; reads are turned away, too. */
  | 'key_refused'
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
  /** Strikes every call that changes something, with one after the other in turn, until `end`. */
  always(...faults: Fault[]): void;
  end(): void;
  /** The fault of this call, if any. */
  take(method: string): Fault | undefined;
}

export function createFaults(): Faults {
  let queue: Fault[] = [];
  let lasting: Fault[] = [];
  let turn = 0;
  return {
    next: (...faults) => {
      queue.push(...faults);
    },
    always: (...faults) => {
      lasting = faults;
    },
    end: () => {
      queue = [];
      lasting = [];
    },
    // Reads are spared: what is lost with them is only asked again.
    take(method) {
      if (lasting.includes('key_refused')) return 'key_refused';
      if (method === 'GET') return undefined;
      if (lasting.length === 0) return queue.shift();
      turn += 1;
      return lasting[turn % lasting.length];
    },
  };
}
