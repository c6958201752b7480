/**
 * What has to wait for a timer of Payonce's own, such as the half minute after which an order asks its gateway by
 * itself, is begun before the first test of the run. All of it waits at once, while other tests run.
 */
import { sharedStack } from './stack.ts';

/** The shared stack may have to be started first. */
const TIMEOUT_MS = 300_000;

/**
 * Called where a test file begins, outside of its suites.
 * @param begin leaves every gateway as it was; it is given what no other test uses
 * @returns what was begun, for the test that looks at it; a failure is that test's
 */
export function begunEarly<T>(begin: () => Promise<T>): () => Promise<T> {
  let begun: Promise<T> | undefined;
  before(async function () {
    this.timeout(TIMEOUT_MS);
    begun = sharedStack().then(begin);
    await begun.catch(() => {});
  });
  return () => begun ?? Promise.reject(new Error('nothing was begun'));
}
