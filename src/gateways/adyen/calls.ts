/**
 * What an order asks of Adyen. An attempt is a payment link, under a reference of ours. Captures, cancellations and
 * refunds are only received: the answer to the first two is null, and a refund is pending until a webhook says more.
 */
import { createHash } from 'node:crypto';
import type { GatewayIds, RefundSnapshot } from '../../domain/facts/facts.ts';
import {
  type CreatedPayment,
  type CreatePayment,
  type FetchedPayments,
  type FetchPayments,
  type Gateway,
  type GatewayPayment,
  GatewayRefusal,
  INSTALLATION_FIELD,
  type RefundPayment,
} from '../gateway.ts';
import { toAdyenAmount } from './amounts.ts';
import type { AdyenClient } from './client.ts';
import { detailParams } from './details.ts';
import { type AdyenIds, type PaymentLink, referenceOf, snapshotOf } from './payloads.ts';

interface Adyen {
  client: AdyenClient;
  captureMethod: 'automatic' | 'manual';
  returnUrl?: string | undefined;
}

export async function createPayment(
  { client, captureMethod, returnUrl }: Adyen,
  request: CreatePayment,
): Promise<CreatedPayment> {
  const { orderId, installationId, attempt, amountMinor, currency, details } = request;
  const survivor = await survivorOf(client, request);
  if (survivor !== null) return { payment: survivor, checkout: {} };
  const isManual = (request.capture ?? captureMethod) === 'manual';
  const reference = referenceOf({ orderId, installationId, isManual, attempt });
  const body = {
    reference,
    amount: toAdyenAmount(amountMinor, currency),
    // Both are said, whatever the settings of the account are: the reference says so, too.
    ...(isManual ? { manualCapture: true } : { manualCapture: false, captureDelayHours: 0 }),
    reusable: false,
    // For people in the Customer Area; what webhooks repeat of it is not signed.
    metadata: { orderId, [INSTALLATION_FIELD]: installationId, attempt: String(attempt) },
    ...(returnUrl !== undefined && { returnUrl: returnAddress(returnUrl, orderId) }),
    ...detailParams(details),
  };
  const link = await client.createLink(body, keyFor(request.idempotencyKey, reference));
  return { payment: snapshotOf(link), checkout: { url: link.url } };
}

function returnAddress(returnUrl: string, orderId: string): string {
  const address = new URL(returnUrl);
  address.searchParams.set('orderId', orderId);
  return address.href;
}

/** After a declined try a link can still be paid. It is ended before there is a second one, unless it was paid meanwhile. */
async function survivorOf(
  client: AdyenClient,
  { supersedes = [], gatewayIds = {} }: CreatePayment,
): Promise<GatewayPayment | null> {
  for (const earlier of supersedes) {
    const { link }: AdyenIds = gatewayIds[earlier] ?? {};
    if (link === undefined) continue;
    const left = await unlessGone(endLink(client, link));
    if (left !== null && left.status !== 'expired') return snapshotOf(left, 'pending');
  }
  return null;
}

/**
 * Adyen keeps keys for a whole company account: those of another installation with the same order ids would be answered
 * with its payment. The reference makes them our own.
 */
function keyFor(idempotencyKey: string, reference: string): string {
  return createHash('sha256').update(`${idempotencyKey}:${reference}`).digest('base64url');
}

/**
 * Adyen has no call that answers a payment. While nobody is known to have paid, the link says whether it is still open;
 * from then on webhooks alone do, and nothing is answered. A payment without a link is none of this order's attempts.
 */
export async function fetchPayments(
  client: AdyenClient,
  { paymentIds, gatewayIds = {} }: FetchPayments,
): Promise<FetchedPayments> {
  const payments: GatewayPayment[] = [];
  const missing: string[] = [];
  for (const paymentId of new Set(paymentIds)) {
    const { link, payment }: AdyenIds = gatewayIds[paymentId] ?? {};
    if (payment !== undefined) continue;
    const found = link === undefined ? null : await unlessGone(client.findLink(link));
    if (found === null) missing.push(paymentId);
    else payments.push(snapshotOf(found));
  }
  return { payments, missing };
}

export async function capturePayment(
  client: AdyenClient,
  {
    paymentId: reference,
    gatewayIds,
    amountMinor,
    currency,
    idempotencyKey,
  }: Parameters<Gateway['capturePayment']>[0],
): Promise<null> {
  const amount = toAdyenAmount(amountMinor, currency);
  const key = keyFor(idempotencyKey, reference);
  await client.capture(requirePayment(reference, gatewayIds), {
    reference,
    amount,
    idempotencyKey: key,
  });
  return null;
}

/** A link that nobody has paid is ended for good; what is authorized is canceled, and a webhook says so. */
export async function voidPayment(
  client: AdyenClient,
  { paymentId: reference, gatewayIds = {}, idempotencyKey }: Parameters<Gateway['voidPayment']>[0],
): Promise<GatewayPayment | null> {
  const { link, payment }: AdyenIds = gatewayIds;
  const change = { reference, idempotencyKey: keyFor(idempotencyKey, reference) };
  if (payment !== undefined) {
    await client.cancel(payment, change);
    return null;
  }
  if (link === undefined) throw unknownPayment(reference);
  const left = await endLink(client, link);
  if (left.status === 'expired') return snapshotOf(left, 'voided');
  // Somebody was faster, and what came of it is still on its way here.
  await client.cancelByReference(change);
  return null;
}

/** A link that was paid cannot be ended: it is answered as it is. */
async function endLink(client: AdyenClient, link: string): Promise<PaymentLink> {
  try {
    return await client.expireLink(link);
  } catch (error) {
    if (!(error instanceof GatewayRefusal) || error.isGone) throw error;
    return client.findLink(link);
  }
}

export async function refundPayment(
  client: AdyenClient,
  request: RefundPayment,
): Promise<RefundSnapshot> {
  const { paymentId, gatewayIds, amountMinor, currency, idempotencyKey } = request;
  const { pspReference: refundId } = await client.refund(requirePayment(paymentId, gatewayIds), {
    reference: paymentId,
    amount: toAdyenAmount(amountMinor, currency),
    idempotencyKey: keyFor(idempotencyKey, paymentId),
  });
  return { refundId, paymentId, amountMinor, currency, status: 'pending' };
}

function requirePayment(reference: string, { payment }: AdyenIds & GatewayIds = {}): string {
  if (payment === undefined) throw unknownPayment(reference);
  return payment;
}

function unknownPayment(reference: string): GatewayRefusal {
  return new GatewayRefusal('not_found', `Adyen has not told of a payment of ${reference}`, {
    isGone: true,
  });
}

async function unlessGone(asked: Promise<PaymentLink>): Promise<PaymentLink | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof GatewayRefusal && error.isGone) return null;
    throw error;
  }
}
