/**
 * Webhooks of Stripe. Nothing is parsed before its signature over the raw bytes was found good, and
 * nothing of the other mode ever reaches an order: test money is no money.
 */
import { createHash } from 'node:crypto';
import { Stripe } from 'stripe';
import { z } from 'zod';
import { type EventMessage, type WebhookHeaders, WebhookRejection } from '../gateway.ts';
import { withTime } from '../occurred-at.ts';
import { messageOf, unprocessable } from './events.ts';

/** Stripe's own tolerance. Its SDK refuses what is too old; what is too new is refused here. */
const TOLERANCE_S = 300;

const SIGNATURE_HEADER = /^t=(\d{1,12})(?:,v\d+=[0-9a-f]+)*,v1=[0-9a-f]+(?:,v\d+=[0-9a-f]+)*$/;

const envelopeSchema = z.object({
  id: z.string().min(1),
  type: z.string(),
  livemode: z.boolean(),
  /** Seconds. */
  created: z.number().optional().catch(undefined),
  /** The connected account that it is about; absent for the account that the endpoint belongs to. */
  account: z.string().nullish(),
  data: z.object({ object: z.unknown() }),
});

export interface WebhookReader {
  webhooks: Stripe['webhooks'];
  /** One or two, newest first. */
  secrets: string[];
  /** The mode of our own API key. */
  isLive: boolean;
  /** Our own account, where events name it. */
  accountId?: string | undefined;
}

export function readStripeWebhook(
  { webhooks, secrets, isLive, accountId }: WebhookReader,
  rawBody: Buffer,
  headers: WebhookHeaders,
): EventMessage {
  const header = checkedHeader(headers);
  // Every secret is tried, whatever the first one says, so that timing tells nothing about rotation.
  const opened = secrets.map((secret) => openWith(webhooks, secret, rawBody, header));
  const event = opened.find((content) => content !== null);
  if (event === undefined)
    throw new WebhookRejection('signature_invalid', 'The signature matches no active secret.');
  const envelope = envelopeSchema.safeParse(event.content);
  if (!envelope.success) {
    const eventId = `sha256:${createHash('sha256').update(rawBody).digest('hex')}`;
    const field = envelope.error.issues[0]?.path.join('.') || 'the body';
    return unprocessable(eventId, `${field} is missing or wrong`);
  }
  const { id: eventId, type, livemode, account, created, data } = envelope.data;
  if (account != null && account !== accountId)
    return { kind: 'ignored', eventId, reason: 'other_account' };
  if (livemode !== isLive) return { kind: 'ignored', eventId, reason: 'other_mode' };
  const message = messageOf({ eventId, type, object: data.object });
  return withTime(message, created && created * 1_000);
}

function checkedHeader(headers: WebhookHeaders): string {
  const header = headers['stripe-signature'];
  if (!header) throw new WebhookRejection('signature_missing', 'Send stripe-signature.');
  const [, timestamp] = SIGNATURE_HEADER.exec(header) ?? [];
  if (timestamp === undefined)
    throw new WebhookRejection(
      'signature_malformed',
      'stripe-signature is "t=<seconds>,v1=<hex>".',
    );
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > TOLERANCE_S)
    throw new WebhookRejection(
      'timestamp_out_of_tolerance',
      `t of stripe-signature is more than ${TOLERANCE_S} s away from this clock.`,
    );
  return header;
}

/** Null where the secret is not the one; content that is no JSON is signed all the same. */
function openWith(
  webhooks: Stripe['webhooks'],
  secret: string,
  rawBody: Buffer,
  header: string,
): { content: unknown } | null {
  try {
    return { content: webhooks.constructEvent(rawBody, header, secret, TOLERANCE_S) };
  } catch (error) {
    if (error instanceof Stripe.errors.StripeSignatureVerificationError) return null;
    return { content: null };
  }
}
