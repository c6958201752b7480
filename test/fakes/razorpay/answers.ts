/** Answers in Razorpay's form, with the descriptions that it documents. */
import type { Answer } from './world.ts';

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

export function collection(items: unknown[]): Answer {
  return ok({ entity: 'collection', count: items.length, items });
}

export function refused(description: string, reason = 'NA', status = 400): Answer {
  const error = { code: 'BAD_REQUEST_ERROR', description, source: 'NA', step: 'NA', reason };
  return { status, body: { error: { ...error, metadata: {} } } };
}

export const NO_SUCH_ID = refused('The id provided does not exist', 'input_validation_failed');
