/**
 * Answers as values, so that they can be stored under an idempotency key before they are sent.
 * Every error of the gateway is a problem document with a stable code, and no other shape.
 */

import { STATUS_CODES } from 'node:http';
import type { Response } from 'express';

export type Answer = {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

export function problem(
  status: number,
  code: string,
  detail: string,
  more: Readonly<Record<string, unknown>> = {},
): Answer {
  const title = STATUS_CODES[status] ?? 'Error';
  return { status, body: { type: `urn:sandbox:${code}`, title, status, code, detail, ...more } };
}

/** Carries an answer out of the validation of a request; the error handler sends it. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(`Refused with ${answer.status}`);
    this.answer = answer;
  }
}

export function sendAnswer(res: Response, { status, body, headers = {} }: Answer): void {
  res.status(status).set(headers);
  res.type(status < 400 ? 'application/json' : 'application/problem+json');
  res.send(JSON.stringify(body));
}
