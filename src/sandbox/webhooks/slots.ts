/**
 * Bounds how much runs at once; the rest waits in the order it came.
 */

export type WithSlot = <T>(work: () => Promise<T>) => Promise<T>;

export function createSlots(count: number): WithSlot {
  const waiting: (() => void)[] = [];
  let free = count;
  const take = async (): Promise<void> => {
    if (free === 0) return new Promise((resolve) => waiting.push(resolve));
    free -= 1;
  };
  const release = (): void => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return async (work) => {
    await take();
    try {
      return await work();
    } finally {
      release();
    }
  };
}
