/** Acts on many, of which one that fails keeps no other waiting. */
import pLimit from 'p-limit';

/**
 * Acts on each, some at once. After so many failures in a row the rest is left for later.
 *
 * @returns why those failed that did
 * @throws the first of these reasons where nothing went well in the end, or where some were left
 */
export async function actOnEach<T>(
  all: readonly T[],
  atOnce: number,
  act: (one: T) => Promise<void>,
): Promise<unknown[]> {
  const reasons: unknown[] = [];
  let failedInARow = 0;
  let isCutShort = false;
  await pLimit(atOnce).map(all, async (one) => {
    // A slow one that goes well at last ends the row, and brings back none that was left.
    isCutShort ||= failedInARow >= atOnce;
    if (isCutShort) return;
    try {
      await act(one);
      failedInARow = 0;
    } catch (error) {
      failedInARow += 1;
      reasons.push(error);
    }
  });
  const hasFailed = failedInARow >= Math.min(atOnce, all.length) && all.length > 0;
  if (isCutShort || hasFailed) throw reasons[0];
  return reasons;
}
