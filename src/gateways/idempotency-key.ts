/** Keys that go to gateways: derived from what is wanted, so that asking again is the same request. */
import { createHash } from 'node:crypto';

/** Within every gateway's limits: at least 10 (refunds) and at most 40 (receipts) of [A-Za-z0-9_-]. */
const KEY_LENGTH = 32;

/** @param cause what distinguishes one call of this kind from the next: an attempt's number, a payment's id. */
export function gatewayIdempotencyKey(orderId: string, purpose: string, cause: string): string {
  const digest = createHash('sha256').update(JSON.stringify([orderId, purpose, cause]));
  return digest.digest('base64url').slice(0, KEY_LENGTH);
}
