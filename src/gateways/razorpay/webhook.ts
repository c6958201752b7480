/**
 * Webhooks of Razorpay. The signature covers the raw body alone, so an event is known by its body's
 * hash, never by the `x-razorpay-event-id` header that anybody could change.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type EventMessage, type WebhookHeaders, WebhookRejection } from '../gateway.ts';
import { readEvent } from './events.ts';

export interface WebhookSettings {
  /** One or two, newest first: Razorpay retries under the secret that the event was made with. */
  secrets: readonly string[];
  mode: string;
  accountId?: string | undefined;
  /** Epoch milliseconds. */
  now: () => number;
}

export function readRazorpayWebhook(
  { secrets, mode, accountId, now }: WebhookSettings,
  rawBody: Buffer,
  headers: WebhookHeaders,
): EventMessage {
  checkSignature(secrets, rawBody, headers['x-razorpay-signature']);
  const eventId = createHash('sha256').update(rawBody).digest('hex');
  return { eventId, ...readEvent(parseJson(rawBody), { mode, accountId, now: now() }) };
}

function checkSignature(
  secrets: readonly string[],
  rawBody: Buffer,
  signature: string | undefined,
): void {
  if (!signature)
    throw new WebhookRejection('signature_missing', 'Send x-razorpay-signature with the body.');
  if (!isSignatureForm(signature))
    throw new WebhookRejection(
      'signature_malformed',
      'x-razorpay-signature is an HMAC-SHA256 in 64 hexadecimal digits.',
    );
  if (!isSigned(rawBody, signature, secrets))
    throw new WebhookRejection('signature_invalid', 'The signature matches no active secret.');
}

function parseJson(rawBody: Buffer): unknown {
  try {
    return JSON.parse(rawBody.toString('utf8'));
  } catch {
    return null;
  }
}

const SIGNATURE_FORM = /^[0-9a-f]{64}$/i;

function isSignatureForm(signature: string): boolean {
  return SIGNATURE_FORM.test(signature);
}

/**
 * Whether one of the secrets has signed the message, as HMAC-SHA256 in hex: a webhook's raw bytes under the webhook
 * secret, or a checkout's order and payment under the key's secret. Compared in constant time.
 * Every secret is tried, whatever the first one says, so that timing tells nothing about rotation.
 */
export function isSigned(
  message: string | Buffer,
  signature: string,
  secrets: readonly string[],
): boolean {
  if (!isSignatureForm(signature)) return false;
  const given = Buffer.from(signature, 'hex');
  const verdicts = secrets.map((secret) =>
    timingSafeEqual(createHmac('sha256', secret).update(message).digest(), given),
  );
  return verdicts.includes(true);
}
