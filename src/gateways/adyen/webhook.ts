/**
 * Webhooks of Adyen: a batch of items, each signed by itself over eight of its fields. Nothing else of an item is
 * signed, so nothing else decides about money.
 */
import { createHash } from 'node:crypto';
import type { NotificationRequestItem } from '@adyen/api-library/lib/src/typings/notification/notificationRequestItem.js';
import { z } from 'zod';
import { type EventMessage, type WebhookMessage, WebhookRejection } from '../gateway.ts';
import { createHmacValidator } from './client.ts';
import { type Item, readItem, signedPartOf, unsignedPartOf } from './events.ts';

export interface WebhookSettings {
  /** One or two HMAC keys in hexadecimal digits, newest first. */
  secrets: readonly string[];
  merchantAccount: string;
  isLive: boolean;
}

const envelopeSchema = z.object({
  live: z.unknown(),
  notificationItems: z
    .array(z.object({ NotificationRequestItem: z.record(z.string(), z.unknown()) }))
    .min(1),
});

const HMAC_FORM = /^[A-Za-z0-9+/]{43}=$/;
const validator = createHmacValidator();

/** Throws nothing: what proves nothing is a rejection in the batch. */
export function readAdyenWebhook(settings: WebhookSettings, rawBody: Buffer): WebhookMessage {
  const envelope = envelopeSchema.safeParse(parseJson(rawBody));
  if (!envelope.success) {
    const rejection = new WebhookRejection(
      'signature_missing',
      'Send notificationItems, each with its additionalData.hmacSignature.',
    );
    return { kind: 'batch', items: [rejection] };
  }
  const { live, notificationItems } = envelope.data;
  return {
    kind: 'batch',
    items: notificationItems.map(({ NotificationRequestItem: item }) =>
      readSigned(settings, item, live),
    ),
  };
}

function readSigned(
  { secrets, merchantAccount, isLive }: WebhookSettings,
  item: Record<string, unknown>,
  live: unknown,
): EventMessage | WebhookRejection {
  const rejection = rejectionOf(secrets, item);
  if (rejection !== null) return rejection;
  const eventId = idOf(item);
  if (item.merchantAccountCode !== merchantAccount)
    return { kind: 'ignored', eventId, reason: 'other_account' };
  if (String(live) !== String(isLive)) return { kind: 'ignored', eventId, reason: 'other_mode' };
  return readItem(eventId, item);
}

/**
 * The same for every repeat, and another one where what is read of the unsigned fields is another: nobody can block a
 * genuine event by sending it first with another deadline.
 */
function idOf(item: Item): string {
  const parts = [...signedPartOf(item), ...unsignedPartOf(item)];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function rejectionOf(secrets: readonly string[], item: Item): WebhookRejection | null {
  const { hmacSignature } = z.object({ hmacSignature: z.unknown() }).safeParse(item.additionalData)
    .data ?? { hmacSignature: undefined };
  if (hmacSignature === undefined || hmacSignature === '')
    return new WebhookRejection('signature_missing', 'Enable HMAC signatures for this webhook.');
  if (typeof hmacSignature !== 'string' || !HMAC_FORM.test(hmacSignature))
    return new WebhookRejection(
      'signature_malformed',
      'additionalData.hmacSignature is an HMAC-SHA256 in base64.',
    );
  // Every key is tried, whatever the first one says, so that timing tells nothing about rotation.
  const verdicts = secrets.map((secret) => isSigned(item, secret));
  if (verdicts.includes(true)) return null;
  return new WebhookRejection('signature_invalid', 'The signature matches no active HMAC key.');
}

/** The SDK throws for an item that lacks an amount. */
function isSigned(item: Item, secret: string): boolean {
  try {
    return validator.validateHMAC(item as unknown as NotificationRequestItem, secret);
  } catch {
    return false;
  }
}

function parseJson(rawBody: Buffer): unknown {
  try {
    return JSON.parse(rawBody.toString('utf8'));
  } catch {
    return null;
  }
}
