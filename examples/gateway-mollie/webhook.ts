/**
 * Mollie's webhooks name a payment, sign nothing and say nothing of what has happened. Their address is given with each
 * payment, so that we sign the address: a caller who does not know it cannot make an order ask.
 */
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { type WebhookMessage, type WebhookQuery, WebhookRejection } from 'payonce/gateway';

const SIGNATURE = /^[0-9a-f]{64}$/;

/** @param secrets newest first: the first one signs, all of them are taken */
export function webhookAddress(
  url: string,
  orderId: string,
  [secret = '']: readonly string[],
): string {
  return `${url}?${new URLSearchParams({ orderId, signature: signatureOf(orderId, secret) })}`;
}

export function signatureOf(orderId: string, secret: string): string {
  return createHmac('sha256', secret).update(orderId).digest('hex');
}

/** @throws WebhookRejection where the address is not signed by one of the secrets */
export function readMollieWebhook(
  secrets: readonly string[],
  rawBody: Buffer,
  { orderId, signature }: WebhookQuery,
): WebhookMessage {
  if (!orderId || !signature)
    throw new WebhookRejection('signature_missing', 'Send orderId and signature in the address.');
  if (!SIGNATURE.test(signature))
    throw new WebhookRejection('signature_malformed', 'signature is 64 hexadecimal digits.');
  const given = Buffer.from(signature, 'hex');
  // Every secret is tried, whatever the first one says, so that timing tells nothing about rotation.
  const verdicts = secrets.map((secret) =>
    timingSafeEqual(Buffer.from(signatureOf(orderId, secret), 'hex'), given),
  );
  if (!verdicts.includes(true))
    throw new WebhookRejection('signature_invalid', 'The signature matches no active secret.');
  // Each change of a payment is told by the same body: only an id of its own keeps the next one from being a repeat.
  const eventId = randomUUID();
  const paymentId = new URLSearchParams(rawBody.toString('utf8')).get('id');
  if (paymentId === null)
    return { kind: 'unprocessable', eventId, code: 'event_unprocessable', reason: 'id is missing' };
  // A subscription, a link or an order of Mollie's own is none of ours.
  if (!/^tr_\w{1,64}$/.test(paymentId)) return { kind: 'ignored', eventId, reason: 'unknown_type' };
  return { kind: 'ask', eventId: `${paymentId}:${eventId}`, orderId, paymentId };
}
