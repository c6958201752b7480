/**
 * Identical concurrent requests of this process take turns: each waits for the one in flight, after which the answer
 * is on record and the order need not be asked. Saves Temporal signals; correctness never depends on it, as the order
 * answers a repeat as it would have anyway.
 */
import pTimeout from 'p-timeout';

export interface Turn {
  /** What is left of the caller's wait, in milliseconds. */
  leftMs: number;
  /** An identical request has just ended: the record may be newer than what was read before. */
  hasWaited: boolean;
}

export interface Turns {
  /** Runs `ask` when no identical request is in flight any more, or when `waitMs` is over. */
  take<Answer>(
    question: string,
    waitMs: number,
    ask: (turn: Turn) => Promise<Answer>,
  ): Promise<Answer>;
}

export function createTurns(): Turns {
  const asking = new Map<string, Promise<unknown>>();

  async function run<Answer>(question: string, ask: () => Promise<Answer>): Promise<Answer> {
    const answer = ask();
    asking.set(question, answer);
    try {
      return await answer;
    } finally {
      if (asking.get(question) === answer) asking.delete(question);
    }
  }

  return {
    async take(question, waitMs, ask) {
      const other = asking.get(question);
      if (other === undefined)
        return run(question, () => ask({ leftMs: waitMs, hasWaited: false }));
      const startedAt = Date.now();
      const ended = other.catch(() => undefined);
      await pTimeout(ended, { milliseconds: waitMs, fallback: () => undefined });
      const leftMs = Math.max(0, waitMs - (Date.now() - startedAt));
      return run(question, () => ask({ leftMs, hasWaited: true }));
    },
  };
}
