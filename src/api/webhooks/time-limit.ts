/** A bound on what a request waits for, without an error that nobody reads: its stack costs more than the wait. */

/** What comes of the work, or undefined after `limitMs`; the work goes on, and nobody waits for it. */
export async function inTime<T>(work: Promise<T>, limitMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limitMs);
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}
