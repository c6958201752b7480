/**
 * What callers may send: strict schemas, applied once at the edge, no coercion.
 * A body is never half understood: unknown fields and foreign media types are refused.
 */

import type { Request } from 'express';
import { z } from 'zod';
import { BadRequest, problem } from './answer.ts';

// As long as real gateways allow; it also keeps a page of ids readable.
const MAX_ID_LENGTH = 128;
const MAX_KEY_LENGTH = 255;

const amount = z.int().positive();
const orderId = z
  .string()
  .max(MAX_ID_LENGTH)
  .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces');

export const noBody = z.strictObject({});

export const createPaymentBody = z.strictObject({
  orderId,
  amount,
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as INR'),
  metadata: z.record(z.string().max(40), z.string().max(500)).default({}),
  capture: z.enum(['automatic', 'manual']).default('automatic'),
});

export const authorizeBody = z.strictObject({ until: z.iso.datetime().optional() });

export const captureBody = z.strictObject({ amount: amount.optional() });

export const reverseBody = z.strictObject({
  captureId: z.string().min(1).max(MAX_ID_LENGTH).optional(),
});

export const disputeBody = z.strictObject({
  outcome: z.enum(['won', 'lost']).optional(),
  respondBy: z.iso.datetime().optional(),
});

export const refundBody = z.strictObject({
  amount: amount.optional(),
  status: z.enum(['succeeded', 'pending']).default('succeeded'),
});

export const orderQuery = z.strictObject({ orderId: orderId.optional() });

const idempotencyKey = z
  .string()
  .min(1)
  .max(MAX_KEY_LENGTH)
  .regex(/^[\x21-\x7e]+$/);

/** @throws {BadRequest} 422 that names every field that is wrong. */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = result.error.issues.map(({ path, message }) => ({
    field: path.join('.') || '(body)',
    message,
  }));
  const detail = errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
  throw new BadRequest(problem(422, 'validation_failed', detail, { errors }));
}

/** @throws {BadRequest} 415 when the body is not JSON, 422 when it is not what `schema` says. */
export function parseBody<T>(req: Request, schema: z.ZodType<T>): T {
  if (req.is('application/json') === false) {
    const detail = 'Send the body as application/json.';
    throw new BadRequest(problem(415, 'unsupported_media_type', detail));
  }
  return parse(schema, req.body ?? {});
}

/** @throws {BadRequest} 400 when the key is missing but `required`, or malformed. */
export function parseIdempotencyKey(req: Request, required: boolean): string | undefined {
  const header = req.get('idempotency-key');
  if (header === undefined && !required) return undefined;
  const result = idempotencyKey.safeParse(header);
  if (result.success) return result.data;
  const detail = `Send an Idempotency-Key header of 1 to ${MAX_KEY_LENGTH} printable characters.`;
  const code = header === undefined ? 'idempotency_key_required' : 'idempotency_key_invalid';
  throw new BadRequest(problem(400, code, detail));
}
