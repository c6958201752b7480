/**
 * Shows that a long step is still running.
 */

/** Receives one line at a time, without a line break. */
export type OnProgress = (line: string) => void;

/** Ten seconds of silence is about when people begin to wonder. */
const REMINDER_MS = 10_000;

/** Runs `work`, announcing it at once and then every ten seconds with the time it has taken. */
export async function withProgress<T>(
  text: string,
  onProgress: OnProgress,
  work: () => Promise<T>,
  reminderMs: number = REMINDER_MS,
): Promise<T> {
  const startedAt = Date.now();
  onProgress(`${text} …`);
  const timer = setInterval(() => {
    onProgress(`${text}: ${Math.round((Date.now() - startedAt) / 1000)} s …`);
  }, reminderMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
