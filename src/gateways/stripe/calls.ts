/**
 * The calls to Stripe that move money or read what it did. Creating and refunding go under the key that they
 * are given and no other; capturing and canceling happen once by Stripe's own rules.
 */
import type { Stripe } from 'stripe';
import { z } from 'zod';
import type { RefundSnapshot } from '../../domain/facts/facts.ts';
import {
  type CreatedPayment,
  type CreatePayment,
  GatewayOutcomeUnknown,
  type GatewayPayment,
  GatewayRefusal,
  INSTALLATION_FIELD,
  type RefundPayment,
  type WebhookEndpoint,
} from '../gateway.ts';
import { named } from '../unknown-word.ts';
import { toStripeAmount } from './amounts.ts';
import { askStripe } from './client.ts';
import { detailParams } from './details.ts';
import { SavedRefusal } from './errors.ts';
import { EVENT_TYPES } from './events.ts';
import {
  type Dispute,
  disputeSchema,
  disputeStatusOf,
  type Listed,
  NONE_LISTED,
  type PaymentIntent,
  paymentIntentSchema,
  type Refund,
  refundSchema,
  refundSnapshotOf,
  refundStatusOf,
  snapshotOf,
} from './payloads.ts';

/** More refunds or disputes than one payment can have in earnest; a page alone would hide the rest. */
const MAX_LISTED = 1_000;

const createdSchema = paymentIntentSchema.extend({ client_secret: z.string().min(1) });
const listSchema = z.array(z.looseObject({}));

/** When the money of an authorized payment is taken: by Stripe at once, or by us. */
export type CaptureMethod = 'automatic' | 'manual';

/** A create whose answer was lost is harmless: it cannot be paid without its client secret. */
export async function createIntent(
  stripe: Stripe,
  request: CreatePayment,
  captureMethod: CaptureMethod,
): Promise<CreatedPayment> {
  const { orderId, installationId, attempt, amountMinor, currency, details, idempotencyKey } =
    request;
  const survivor = await survivorOf(stripe, request);
  if (survivor !== null) return { payment: survivor, checkout: {} };
  const params = {
    amount: toStripeAmount(amountMinor, currency),
    currency: currency.toLowerCase(),
    automatic_payment_methods: { enabled: true },
    ...detailParams(details),
    // Automatic is left unsaid: Stripe then chooses what is best for its answer times.
    ...((request.capture ?? captureMethod) === 'manual' && { capture_method: 'manual' as const }),
  };
  const create = (metadata: Record<string, string>) =>
    askStripe('create a payment', createdSchema, () =>
      stripe.paymentIntents.create({ ...params, metadata }, { idempotencyKey }),
    );
  const metadata = { orderId, attempt: String(attempt) };
  const intent = await create({ ...metadata, [INSTALLATION_FIELD]: installationId }).catch(
    (error: unknown) => {
      // Asked for under this key by a version that did not mark payments: Stripe wants the same request again.
      if (error instanceof GatewayRefusal && error.code === 'idempotency_error')
        return create(metadata);
      throw error;
    },
  );
  return {
    payment: snapshotOf(intent, NONE_LISTED, NONE_LISTED),
    checkout: { clientSecret: intent.client_secret },
  };
}

/**
 * A declined PaymentIntent waits for another card, in every tab that shows it. It is canceled before there
 * is a second one; a customer who was faster has paid, and needs none.
 */
async function survivorOf(
  stripe: Stripe,
  { supersedes = [], idempotencyKey }: CreatePayment,
): Promise<GatewayPayment | null> {
  for (const paymentId of supersedes) {
    const key = `${idempotencyKey}-${paymentId}`;
    const payment = await unlessGone(cancelIntent(stripe, { paymentId, idempotencyKey: key }));
    if (payment === null) continue;
    if (payment.status === 'captured' || payment.status === 'pending') return payment;
  }
  return null;
}

/** Null for a payment that Stripe no longer knows: it cannot be paid. */
async function unlessGone(asked: Promise<GatewayPayment>): Promise<GatewayPayment | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof GatewayRefusal && error.isGone) return null;
    throw error;
  }
}

/** Needs the right that every call here needs, which a restricted key may lack. */
export async function checkAccess(stripe: Stripe): Promise<void> {
  await askStripe('list a payment', z.looseObject({}), () =>
    stripe.paymentIntents.list({ limit: 1 }),
  );
}

const endpointsSchema = z.object({
  data: z.array(
    z.object({ url: z.string(), status: z.string(), enabled_events: z.array(z.string()) }),
  ),
});
/** An account has at most 16. */
const MAX_ENDPOINTS = 100;
const ALL_EVENTS = '*';

/** Those of the key's own mode. */
export async function listEndpoints(stripe: Stripe): Promise<WebhookEndpoint[]> {
  const { data } = await askStripe('list webhook endpoints', endpointsSchema, () =>
    stripe.webhookEndpoints.list({ limit: MAX_ENDPOINTS }),
  );
  return data.map(({ url, status, enabled_events: enabled }) => ({
    url,
    isEnabled: status === 'enabled',
    missing: enabled.includes(ALL_EVENTS)
      ? []
      : EVENT_TYPES.filter((type) => !enabled.includes(type)),
  }));
}

/** The full snapshot of a payment; null when Stripe knows none of this id in this mode. */
export async function findPayment(
  stripe: Stripe,
  paymentId: string,
): Promise<GatewayPayment | null> {
  const intent = await findIntent(stripe, paymentId);
  return intent === null ? null : completed(stripe, intent);
}

/** Takes the authorized money, once: a payment that is captured already is answered as it is. */
export async function captureIntent(
  stripe: Stripe,
  request: { paymentId: string; amountMinor: number; idempotencyKey: string },
): Promise<GatewayPayment> {
  const { paymentId } = request;
  const intent = await knownIntent(stripe, paymentId);
  if (intent.status === 'succeeded') return completed(stripe, intent);
  const params = { amount_to_capture: toStripeAmount(request.amountMinor, intent.currency) };
  const captured = await onceByNature(request.idempotencyKey, (options) =>
    askStripe('capture a payment', paymentIntentSchema, () =>
      stripe.paymentIntents.capture(paymentId, params, options),
    ),
  );
  return completed(stripe, captured);
}

/** Ends a payment; one that was faster, or is under way, is answered as it then is. */
export async function cancelIntent(
  stripe: Stripe,
  { paymentId, idempotencyKey }: { paymentId: string; idempotencyKey: string },
): Promise<GatewayPayment> {
  try {
    await onceByNature(idempotencyKey, (options) =>
      askStripe('cancel a payment', paymentIntentSchema, () =>
        stripe.paymentIntents.cancel(paymentId, {}, options),
      ),
    );
  } catch (error) {
    if (!(error instanceof GatewayRefusal) || error.code !== 'payment_intent_unexpected_state')
      throw error;
  }
  return completed(stripe, await knownIntent(stripe, paymentId));
}

/**
 * Looks for the refund first: one that was made under this key long ago, or behind an answer that got
 * lost, is found by its metadata even when Stripe has forgotten the key.
 */
export async function refundIntent(
  stripe: Stripe,
  { paymentId, amountMinor, currency, idempotencyKey }: RefundPayment,
): Promise<RefundSnapshot> {
  const earlier = await listRefunds(stripe, paymentId);
  const made = earlier.items.find(({ metadata }) => metadata?.idempotencyKey === idempotencyKey);
  if (made !== undefined) return knownRefund(made, paymentId);
  const params = {
    payment_intent: paymentId,
    amount: toStripeAmount(amountMinor, currency),
    metadata: { idempotencyKey },
  };
  const refund = await askStripe('refund a payment', refundSchema, () =>
    stripe.refunds.create(params, { idempotencyKey }),
  );
  return knownRefund(refund, paymentId);
}

/** It was made; its status is fetched again. */
function knownRefund(refund: Refund, paymentId: string): RefundSnapshot {
  const snapshot = refundSnapshotOf(refund, paymentId);
  if (snapshot !== null) return snapshot;
  throw new GatewayOutcomeUnknown(
    `Stripe says of a refund: ${named(refund.status)}, which is not known`,
  );
}

/**
 * For calls that cannot happen twice under any key. A failure that Stripe saved under ours would come
 * back for a day, whatever has changed since; one try under a key of the SDK's own asks anew.
 */
async function onceByNature<T>(
  idempotencyKey: string,
  call: (options: { idempotencyKey?: string }) => Promise<T>,
): Promise<T> {
  try {
    return await call({ idempotencyKey });
  } catch (error) {
    if (!(error instanceof SavedRefusal)) throw error;
    return call({});
  }
}

async function findIntent(stripe: Stripe, paymentId: string): Promise<PaymentIntent | null> {
  try {
    return await knownIntent(stripe, paymentId);
  } catch (error) {
    if (error instanceof GatewayRefusal && error.code === 'resource_missing') return null;
    throw error;
  }
}

function knownIntent(stripe: Stripe, paymentId: string): Promise<PaymentIntent> {
  return askStripe('read a payment', paymentIntentSchema, () =>
    stripe.paymentIntents.retrieve(paymentId, { expand: ['latest_charge'] }),
  );
}

/** What was never captured cannot come back either: Stripe lists released authorizations as refunds. */
async function completed(stripe: Stripe, intent: PaymentIntent): Promise<GatewayPayment> {
  if (intent.status !== 'succeeded') return snapshotOf(intent, NONE_LISTED, NONE_LISTED);
  const [refunds, disputes] = await Promise.all([
    listRefunds(stripe, intent.id),
    listDisputes(stripe, intent.id),
  ]);
  return snapshotOf(intent, refunds, disputes);
}

async function listRefunds(stripe: Stripe, paymentId: string): Promise<Listed<Refund>> {
  const given = await askStripe('list refunds', listSchema, () =>
    stripe.refunds
      .list({ payment_intent: paymentId, limit: 100 })
      .autoPagingToArray({ limit: MAX_LISTED }),
  );
  return listed('refund', refundSchema, given, refundStatusOf);
}

async function listDisputes(stripe: Stripe, paymentId: string): Promise<Listed<Dispute>> {
  const given = await askStripe('list disputes', listSchema, () =>
    stripe.disputes
      .list({ payment_intent: paymentId, limit: 100 })
      .autoPagingToArray({ limit: MAX_LISTED }),
  );
  return listed('dispute', disputeSchema, given, disputeStatusOf);
}

/** One that cannot be read hides none of the others. */
function listed<T extends { id: string; status: string }>(
  kind: 'refund' | 'dispute',
  schema: z.ZodType<T>,
  given: object[],
  statusOf: (item: T) => string | null,
): Listed<T> {
  const list: Listed<T> = { items: [], unknown: [] };
  for (const item of given) {
    const read = schema.safeParse(item);
    if (!read.success)
      list.unknown.push(
        `a ${kind} whose ${read.error.issues[0]?.path.join('.')} is of no known form`,
      );
    else if (statusOf(read.data) === null)
      list.unknown.push(`the status ${named(read.data.status)} of the ${kind} ${read.data.id}`);
    else list.items.push(read.data);
  }
  return list;
}
