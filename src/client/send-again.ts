/**
 * `fetch` that repeats what may have been lost. Every request to Payonce may be repeated: the order's id,
 * the Idempotency-Key or the state of the order makes the second one the first.
 */
import pRetry from 'p-retry';

/** Below this, a server that restarts would see every try fail. */
const FIRST_PAUSE_MS = 300;
/** A caller who waits longer than this for one pause gives up by itself. */
const LONGEST_PAUSE_MS = 10_000;

/** The API waits for a gateway on our behalf for 30 s at most (`Prefer: wait`); the rest is for the network. */
const TIMEOUT_MS = 40_000;

class NotNow extends Error {
  override readonly name = 'NotNow';
  readonly response: Response;

  constructor(response: Response) {
    super(`HTTP ${response.status}`);
    this.response = response;
  }
}

/**
 * A `fetch` which sends a request again after a broken connection, a 503, or whatever else comes with
 * `Retry-After`, and waits as long as that says.
 *
 * @param retries how many times at most; the last answer is returned as it is
 */
export function sendAgain(retries: number): (request: Request) => Promise<Response> {
  return async (request) => {
    try {
      return await pRetry(() => send(request), {
        retries,
        minTimeout: FIRST_PAUSE_MS,
        maxTimeout: LONGEST_PAUSE_MS,
        randomize: true,
        signal: request.signal,
        onFailedAttempt: ({ error, retriesLeft }) =>
          error instanceof NotNow && retriesLeft > 0 ? pause(error.response) : undefined,
      });
    } catch (error) {
      if (error instanceof NotNow) return error.response;
      throw error;
    }
  };
}

async function send(request: Request): Promise<Response> {
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const response = await fetch(request.clone(), { signal });
  if (response.headers.has('retry-after')) throw new NotNow(response);
  return response;
}

async function pause({ headers }: Response): Promise<void> {
  const seconds = Number(headers.get('retry-after'));
  const asked = Number.isFinite(seconds) ? seconds * 1000 : 0;
  await new Promise((resolve) => setTimeout(resolve, Math.min(asked, LONGEST_PAUSE_MS)));
}
