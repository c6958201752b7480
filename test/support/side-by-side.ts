/** Tests that mostly wait, of which none is about another: whichever comes first begins all, so that they wait once. */
export function sideBySide(tests: Readonly<Record<string, () => Promise<void>>>): void {
  let begun: Map<string, Promise<void>> | undefined;
  for (const title of Object.keys(tests))
    it(title, async () => {
      begun ??= new Map(Object.entries(tests).map(([name, test]) => [name, heldBack(test())]));
      await begun.get(title);
    });
}

/** Its own test reports the failure; until then it is not unhandled. */
function heldBack(test: Promise<void>): Promise<void> {
  test.catch(() => {});
  return test;
}
