/**
 * Idempotency as Stripe documents it: the first answer of a call that was begun is saved under its key,
 * a breakdown too; other parameters are an error, and so is a call while the first is under way.
 */
import { ApiError } from './api-error.ts';

export interface Answer {
  status: number;
  body: object;
}

export interface SavedAnswers {
  /** Answers from what is saved, or runs the call and saves it. */
  once(
    call: { key: string | undefined; fingerprint: string },
    run: () => Promise<Answer>,
  ): Promise<Answer & { isReplayed: boolean }>;
  /** A day has passed. */
  forget(): void;
}

export function createSavedAnswers(): SavedAnswers {
  const saved = new Map<string, { fingerprint: string; answer: Answer | null }>();
  return {
    async once({ key, fingerprint }, run) {
      if (key === undefined) return { ...(await run()), isReplayed: false };
      const before = saved.get(key);
      if (before === undefined) {
        saved.set(key, { fingerprint, answer: null });
        try {
          const answer = await run();
          saved.set(key, { fingerprint, answer });
          return { ...answer, isReplayed: false };
        } catch (error) {
          saved.delete(key);
          throw error;
        }
      }
      if (before.fingerprint !== fingerprint) throw otherParameters(key);
      if (before.answer === null) throw inUse();
      return { ...before.answer, isReplayed: true };
    },
    forget: () => saved.clear(),
  };
}

function otherParameters(key: string): ApiError {
  const message = `Keys for idempotent requests can only be used with the same parameters: '${key}'`;
  return new ApiError(400, { type: 'idempotency_error', message }, false);
}

function inUse(): ApiError {
  const message = 'There is currently another in-progress request using this key';
  const body = { type: 'idempotency_error', code: 'idempotency_key_in_use', message };
  return new ApiError(409, body, false);
}
