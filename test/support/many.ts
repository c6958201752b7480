/** Does something many times, a bounded number of them at once. */
const AT_ONCE = 32;

/** @param send called with 1 to `count`, each once */
export async function many(
  count: number,
  send: (number: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const sendSome = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await send(next);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sendSome));
}
