/**
 * Webhooks of the sandbox gateway: signed as Standard Webhooks 1.0 over the raw bytes. The signature is
 * checked before a single byte is parsed.
 */
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { z } from 'zod';
import {
  CAPTURE_FACTS,
  DISPUTE_FACTS,
  type Fact,
  PAYMENT_FACTS,
  REFUND_FACTS,
} from '../../domain/facts/facts.ts';
import {
  INSTALLATION_FIELD,
  type WebhookHeaders,
  type WebhookMessage,
  WebhookRejection,
} from '../gateway.ts';

/** Standard Webhooks' own tolerance, in either direction. */
const TOLERANCE_S = 300;

const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
const money = {
  paymentId: id,
  orderId: z.string().nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  amount: z.number().int().positive().max(Number.MAX_SAFE_INTEGER),
  currency: z.string().regex(/^[A-Z]{3}$/),
};

const factSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.enum([...PAYMENT_FACTS, ...CAPTURE_FACTS]),
    data: z.object({ ...money, captureId: id.optional() }),
  }),
  z.object({ type: z.enum(REFUND_FACTS), data: z.object({ ...money, refundId: id }) }),
  z.object({ type: z.enum(DISPUTE_FACTS), data: z.object({ ...money, disputeId: id }) }),
]);
const KNOWN_TYPES: ReadonlySet<string> = new Set([
  ...PAYMENT_FACTS,
  ...CAPTURE_FACTS,
  ...REFUND_FACTS,
  ...DISPUTE_FACTS,
]);
const envelopeSchema = z.object({ type: z.string() });

export function readSandboxWebhook(
  secrets: string[],
  rawBody: Buffer,
  headers: WebhookHeaders,
): WebhookMessage {
  const eventId = checkSignature(secrets, rawBody, headers);
  const body = parseJson(rawBody);
  const envelope = envelopeSchema.safeParse(body);
  if (!envelope.success) return unprocessable(eventId, 'the body has no type');
  if (!KNOWN_TYPES.has(envelope.data.type))
    return { kind: 'ignored', eventId, reason: 'unknown_type' };
  const event = factSchema.safeParse(body);
  if (!event.success) {
    const field = event.error.issues[0]?.path.join('.') ?? 'body';
    return unprocessable(eventId, `${field} is missing or wrong`);
  }
  const { orderId, metadata, amount, ...data } = event.data.data;
  const fact = { type: event.data.type, ...data, amountMinor: amount } as Fact;
  const installationId = metadata?.[INSTALLATION_FIELD];
  return {
    kind: 'fact',
    eventId,
    orderId: orderId ?? null,
    ...(installationId !== undefined && { installationId }),
    fact,
  };
}

function unprocessable(eventId: string, reason: string): WebhookMessage {
  return { kind: 'unprocessable', eventId, code: 'event_unprocessable', reason };
}

function parseJson(rawBody: Buffer): unknown {
  try {
    return JSON.parse(rawBody.toString('utf8'));
  } catch {
    return null;
  }
}

/** @returns the signed event id */
function checkSignature(secrets: string[], rawBody: Buffer, headers: WebhookHeaders): string {
  const eventId = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const signature = headers['webhook-signature'];
  if (!eventId || !timestamp || !signature)
    throw new WebhookRejection(
      'signature_missing',
      'Send webhook-id, webhook-timestamp and webhook-signature.',
    );
  if (
    !/^\d{1,12}$/.test(timestamp) ||
    !/^v1,[A-Za-z0-9+/=]+( v1,[A-Za-z0-9+/=]+)*$/.test(signature)
  )
    throw new WebhookRejection(
      'signature_malformed',
      'webhook-timestamp is Unix seconds and webhook-signature is "v1,<base64>".',
    );
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > TOLERANCE_S)
    throw new WebhookRejection(
      'timestamp_out_of_tolerance',
      `webhook-timestamp is more than ${TOLERANCE_S} s away from this clock.`,
    );
  const signed = {
    'webhook-id': eventId,
    'webhook-timestamp': timestamp,
    'webhook-signature': signature,
  };
  // Every secret is tried, whatever the first one says, so that timing tells nothing about rotation.
  const verdicts = secrets.map((secret) => isSignedWith(secret, rawBody, signed));
  if (!verdicts.includes(true))
    throw new WebhookRejection('signature_invalid', 'The signature matches no active secret.');
  return eventId;
}

function isSignedWith(secret: string, rawBody: Buffer, headers: Record<string, string>): boolean {
  try {
    new Webhook(secret).verify(rawBody, headers, { jsonParse: false });
    return true;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false;
    throw error;
  }
}
