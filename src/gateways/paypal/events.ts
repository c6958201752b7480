/**
 * Which payment an event of PayPal is about. What has happened to it is fetched, whatever the event says: its signature
 * covers a CRC-32 of the body alone, and four bytes make any body fit to one. An event that names a capture alone is about
 * a part of a payment.
 */
import { z } from 'zod';
import type { EventMessage } from '../gateway.ts';
import { withTime } from '../occurred-at.ts';
import { markOf } from './mark.ts';
import { captureIdOf, id } from './payloads.ts';

type WithoutId<T> = T extends unknown ? Omit<T, 'eventId'> : never;
export type Meaning = WithoutId<EventMessage>;

const payee = z.object({ merchant_id: z.string().nullish() }).nullish();
const custom_id = z.string().nullish().catch(null);
const unitsSchema = z.array(z.object({ custom_id, payee })).nullish().catch(null);

const orderSchema = z.object({ id, purchase_units: unitsSchema });
const reversedSchema = z.object({ order_id: id, purchase_units: unitsSchema });
const partSchema = z.object({
  id,
  custom_id,
  payee,
  supplementary_data: z
    .object({ related_ids: z.object({ order_id: id }) })
    .nullish()
    .catch(null),
});
const refundSchema = z.object({
  custom_id,
  links: z.array(z.object({ rel: z.string(), href: z.string() })),
});
const disputeSchema = z.object({
  disputed_transactions: z
    .array(
      z.object({
        seller_transaction_id: id,
        custom: z.string().nullish().catch(null),
        seller: payee,
      }),
    )
    .min(1),
});

/** What an event is about. */
interface Subject {
  /** PayPal's order, or a part of it where the event names no order. */
  paymentId: string;
  isPart?: true;
  customId?: string | null | undefined;
  /** The account that is paid. */
  merchantId?: string | null | undefined;
}

type Reader = (resource: unknown) => Subject;

const readOrder: Reader = (resource) => {
  const { id: paymentId, purchase_units: units } = orderSchema.parse(resource);
  return { paymentId, ...ofUnit(units?.[0]) };
};

const readReversal: Reader = (resource) => {
  const { order_id: paymentId, purchase_units: units } = reversedSchema.parse(resource);
  return { paymentId, ...ofUnit(units?.[0]) };
};

const readPart: Reader = (resource) => {
  const part = partSchema.parse(resource);
  const orderId = part.supplementary_data?.related_ids.order_id;
  const owner = { customId: part.custom_id, merchantId: part.payee?.merchant_id };
  if (orderId === undefined) return { paymentId: part.id, isPart: true, ...owner };
  return { paymentId: orderId, ...owner };
};

const readRefund: Reader = (resource) => {
  const { custom_id: customId, ...refund } = refundSchema.parse(resource);
  return { paymentId: id.parse(captureIdOf(refund)), isPart: true, customId };
};

const readDispute: Reader = (resource) => {
  const { disputed_transactions: all } = disputeSchema.parse(resource);
  const ours = all.find(({ custom }) => markOf(custom).installationId !== null) ?? all[0];
  return {
    paymentId: id.parse(ours?.seller_transaction_id),
    isPart: true,
    customId: ours?.custom,
    merchantId: ours?.seller?.merchant_id,
  };
};

function ofUnit(
  unit: NonNullable<z.infer<typeof unitsSchema>>[number] | undefined,
): Pick<Subject, 'customId' | 'merchantId'> {
  return { customId: unit?.custom_id, merchantId: unit?.payee?.merchant_id };
}

const READERS: Readonly<Record<string, Reader>> = {
  'CHECKOUT.ORDER.APPROVED': readOrder,
  // The time to capture what the buyer has agreed to is over.
  'CHECKOUT.PAYMENT-APPROVAL.REVERSED': readReversal,
  'PAYMENT.AUTHORIZATION.CREATED': readPart,
  'PAYMENT.AUTHORIZATION.VOIDED': readPart,
  'PAYMENT.CAPTURE.COMPLETED': readPart,
  'PAYMENT.CAPTURE.PENDING': readPart,
  // PayPal documents both words for the same.
  'PAYMENT.CAPTURE.DECLINED': readPart,
  'PAYMENT.CAPTURE.DENIED': readPart,
  'PAYMENT.CAPTURE.REFUNDED': readRefund,
  'PAYMENT.CAPTURE.REVERSED': readRefund,
  'PAYMENT.REFUND.PENDING': readRefund,
  'PAYMENT.REFUND.FAILED': readRefund,
  'CUSTOMER.DISPUTE.CREATED': readDispute,
  'CUSTOMER.DISPUTE.UPDATED': readDispute,
  'CUSTOMER.DISPUTE.RESOLVED': readDispute,
};

/** What a webhook has to be sent. */
export const EVENT_TYPES: readonly string[] = Object.keys(READERS);

const envelopeSchema = z.object({
  event_type: z.string(),
  create_time: z.string().nullish().catch(null),
  resource: z.unknown(),
});

/** @param merchantId our own account; absent where it is not configured, and then any account is taken for ours */
export function readEvent(body: unknown, merchantId: string | undefined): Meaning {
  const envelope = envelopeSchema.safeParse(body);
  if (!envelope.success) return unprocessable('the body has no event_type');
  const { event_type: type, create_time: createdAt, resource } = envelope.data;
  const read = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  if (read === undefined) return { kind: 'ignored', reason: 'unknown_type' };
  try {
    return withTime(meaningOf(read(resource), merchantId), Date.parse(createdAt ?? ''));
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const field = error.issues[0]?.path.join('.') || 'the capture of its links';
    return unprocessable(`resource.${field} is missing or wrong`);
  }
}

function meaningOf(
  { paymentId, isPart, customId, merchantId }: Subject,
  own: string | undefined,
): Meaning {
  if (own !== undefined && merchantId != null && merchantId !== own)
    return { kind: 'ignored', reason: 'other_account' };
  const { orderId, installationId } = markOf(customId);
  // A refund of ours carries its key there: it names no order.
  const owner = installationId === null ? { orderId: null } : { orderId, installationId };
  const part = isPart === true && owner.orderId === null ? { isPart } : {};
  return { kind: 'ask', paymentId, ...owner, ...part };
}

function unprocessable(reason: string): Meaning {
  return { kind: 'unprocessable', code: 'event_unprocessable', reason };
}
