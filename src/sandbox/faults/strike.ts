/**
 * Lets an API fault strike one HTTP exchange. A struck exchange never gets the real answer.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Response } from 'express';
import { type Answer, problem, sendAnswer } from '../http/answer.ts';
import type { ApiFaultKind, Faults } from './faults.ts';

// Longer than any sane caller waits, and an end, so that a forgotten call does not pile up.
const TIMEOUT_MS = 30_000;

const INTERNAL_ERROR = problem(500, 'internal_error', 'The gateway failed; ask it again.');

const RATE_LIMITED: Answer = {
  ...problem(429, 'rate_limited', 'Too many requests; slow down.'),
  headers: { 'Retry-After': '1' },
};

const KEY_REFUSED = problem(401, 'key_refused', 'The API key is not valid.');

function closeAfterTimeout(res: Response): void {
  const timer = setTimeout(() => res.destroy(), TIMEOUT_MS);
  res.once('close', () => clearTimeout(timer));
}

const STRIKES: Record<ApiFaultKind, (res: Response) => void> = {
  timeoutBefore: closeAfterTimeout,
  timeoutAfter: closeAfterTimeout,
  error500: (res) => sendAnswer(res, INTERNAL_ERROR),
  error429: (res) => sendAnswer(res, RATE_LIMITED),
  reset: (res) => res.socket?.resetAndDestroy(),
  // Half-open: the connection stays, and nothing ever comes.
  hang: () => undefined,
  error401: (res) => sendAnswer(res, KEY_REFUSED),
};

/** Answers a call of the gateway's API, or lets a fault do so before or after the change. */
export async function answerOrStrike(
  res: Response,
  faults: Faults,
  answer: () => Promise<Answer>,
): Promise<void> {
  const fault = faults.rollApi();
  if (fault === undefined) {
    const given = await answer();
    await sleep(faults.answerAfterMs());
    return sendAnswer(res, given);
  }
  if (fault.commits) await answer();
  STRIKES[fault.kind](res);
}
