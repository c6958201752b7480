/**
 * What a person has to put right before the stack can run. The message is one or more whole lines
 * that say what was wrong and what to do, so it is printed without a stack trace.
 */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}

/** The first line of anything thrown. */
export function reasonOf(error: unknown): string {
  return linesOf(error).at(0) ?? '';
}

/** The last line of anything thrown, where programs put their reason after much else. */
export function lastLineOf(error: unknown): string {
  return linesOf(error).at(-1) ?? '';
}

function linesOf(error: unknown): string[] {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().split('\n');
}
