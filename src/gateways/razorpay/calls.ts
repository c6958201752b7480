/**
 * What an order asks of Razorpay. Every call first looks at what is there, because Razorpay keeps no
 * idempotency keys for orders and captures, and so a repeat finds what the first try did.
 */
import type { RefundSnapshot } from '../../domain/facts/facts.ts';
import {
  type CreatedPayment,
  type CreatePayment,
  type FetchedPayments,
  type FetchPayments,
  GatewayMisconfigured,
  GatewayOutcomeUnknown,
  type GatewayPayment,
  GatewayRefusal,
  INSTALLATION_FIELD,
  type RefundPayment,
} from '../gateway.ts';
import { AUTHORIZATION_MINUTES, checkAmount } from './amounts.ts';
import type { RazorpayClient } from './client.ts';
import { detailNotes } from './details.ts';
import {
  isCaptured,
  MODE_NOTE,
  ORDER_NOTE,
  type RazorpayDispute,
  type RazorpayOrder,
  type RazorpayPayment,
  type RazorpayRefund,
  refundSnapshotOf,
  snapshotOf,
  VOIDED_NOTE,
} from './payloads.ts';

interface Dependencies {
  client: RazorpayClient;
  keyId: string;
  mode: string;
}

/** Takes precedence over the account's own settings; razorpay.com/docs/payments/payments/capture-settings/api. */
const CAPTURED_BY_HAND = {
  capture: 'manual',
  capture_options: { manual_expiry_period: AUTHORIZATION_MINUTES, refund_speed: 'normal' },
} as const;

export async function createPayment(
  deps: Dependencies,
  {
    orderId,
    installationId,
    amountMinor,
    currency,
    capture,
    supersedes = [],
    details,
    idempotencyKey,
  }: CreatePayment,
): Promise<CreatedPayment> {
  const { client, keyId, mode } = deps;
  checkAmount(amountMinor, currency);
  for (const earlier of supersedes) {
    const order = await client.findOrder(earlier);
    // One that Razorpay no longer knows cannot be paid.
    if (order === null) continue;
    const payment = await giveUp(client, order);
    if (payment.status === 'captured') return { payment, checkout: {} };
  }
  const body = {
    amount: amountMinor,
    currency,
    receipt: idempotencyKey,
    ...(capture === 'manual' && { payment: CAPTURED_BY_HAND }),
    notes: {
      ...detailNotes(details),
      [ORDER_NOTE]: orderId,
      [INSTALLATION_FIELD]: installationId,
      [MODE_NOTE]: mode,
    },
  };
  const order =
    (await client.findOrderByReceipt(idempotencyKey)) ?? (await client.createOrder(body));
  if (order.amount !== amountMinor || order.currency !== currency)
    throw new GatewayRefusal('receipt_conflict', `${order.id} has this receipt and other money`);
  return { payment: await snapshotFor(client, order), checkout: { orderId: order.id, keyId } };
}

export async function fetchPayments(
  { client }: Dependencies,
  { paymentIds }: FetchPayments,
): Promise<FetchedPayments> {
  const ids = [...new Set(paymentIds)];
  const found = await Promise.all(ids.map((id) => snapshotBehind(client, id)));
  return {
    payments: merged(found.filter((snapshot) => snapshot !== null)),
    missing: ids.filter((_, i) => found[i] === null),
  };
}

/** An order that was fetched under several ids is returned once, with all of them. */
function merged(snapshots: GatewayPayment[]): GatewayPayment[] {
  const byId = new Map<string, GatewayPayment>();
  for (const snapshot of snapshots) {
    const { paymentId, aliases = [] } = snapshot;
    const before = byId.get(paymentId);
    byId.set(paymentId, {
      ...snapshot,
      aliases: [...new Set([...(before?.aliases ?? []), ...aliases])],
    });
  }
  return [...byId.values()];
}

/** Captures the authorized payment of an order; one that is captured meanwhile is what was wanted. */
export async function capturePayment(
  { client }: Dependencies,
  { paymentId: orderId, amountMinor }: { paymentId: string; amountMinor: number },
): Promise<GatewayPayment> {
  const order = await requireOrder(client, orderId);
  const payments = await client.listPayments(orderId);
  if (!payments.some(isCaptured)) {
    const authorized = payments.find(({ status }) => status === 'authorized');
    if (authorized === undefined)
      throw new GatewayRefusal('payment_not_authorized', `nothing to capture in ${orderId}`);
    const { id, amount, currency } = authorized;
    // Whole or not at all: with the fee that the customer bears, it is more than what is due.
    await unlessCaptured(client.capture(id, { amount: Math.max(amount, amountMinor), currency }));
  }
  return snapshotFor(client, order);
}

async function unlessCaptured(capture: Promise<unknown>): Promise<void> {
  try {
    await capture;
  } catch (error) {
    const isDone = error instanceof GatewayRefusal && error.code === 'payment_already_captured';
    if (!isDone) throw error;
  }
}

/**
 * Gives an order up. Razorpay can neither void an authorization nor close an order, so this is noted on
 * the order: an authorization lapses and is sent back, and a capture that comes all the same is reported.
 */
export async function voidPayment(
  { client }: Dependencies,
  orderId: string,
): Promise<GatewayPayment> {
  return giveUp(client, await requireOrder(client, orderId));
}

async function giveUp(client: RazorpayClient, order: RazorpayOrder): Promise<GatewayPayment> {
  const before = await snapshotFor(client, order);
  if (before.status === 'captured' || before.status === 'voided') return before;
  // Read anew after the note: a capture that was faster has won.
  return snapshotFor(
    client,
    await client.replaceNotes(order.id, { ...order.notes, [VOIDED_NOTE]: '1' }),
  );
}

async function requireOrder(client: RazorpayClient, orderId: string): Promise<RazorpayOrder> {
  const order = await client.findOrder(orderId);
  if (order === null)
    throw new GatewayRefusal('not_found', `Razorpay has no ${orderId}`, { isGone: true });
  return order;
}

/**
 * Razorpay remembers a key for a while only; the key is also the refund's receipt, so that one that was made is found
 * however long ago that was.
 */
export async function refundPayment(
  { client }: Dependencies,
  { paymentId: orderId, amountMinor, currency, idempotencyKey }: RefundPayment,
): Promise<RefundSnapshot> {
  checkAmount(amountMinor, currency);
  const captured = (await client.listPayments(orderId)).filter(isCaptured);
  const refunds = await refundsOf(client, captured);
  const known = refunds.find(({ receipt }) => receipt === idempotencyKey);
  if (known !== undefined) return knownRefund(known, orderId);
  const payment = payerOf(captured, refunds, amountMinor);
  if (payment === undefined)
    throw new GatewayRefusal('payment_not_captured', `nothing to refund in ${orderId}`);
  return knownRefund(await client.refund(payment.id, amountMinor, idempotencyKey), orderId);
}

/** It was made; its status is fetched again. */
function knownRefund(refund: RazorpayRefund, orderId: string): RefundSnapshot {
  const snapshot = refundSnapshotOf(refund, orderId);
  if (snapshot !== null) return snapshot;
  throw new GatewayOutcomeUnknown('Razorpay says of a refund what is not known');
}

/** Nearly always the only one; where an order was paid by several, one that still holds as much. */
function payerOf(
  captured: RazorpayPayment[],
  refunds: RazorpayRefund[],
  amountMinor: number,
): RazorpayPayment | undefined {
  const holds = ({ id, amount }: RazorpayPayment): number =>
    refunds
      .filter((refund) => refund.payment_id === id && refund.status !== 'failed')
      .reduce((left, refund) => left - refund.amount, amount);
  return captured.find((payment) => holds(payment) >= amountMinor) ?? captured[0];
}

/** All that Razorpay knows about one of its orders: payments, refunds, disputes. */
async function snapshotFor(client: RazorpayClient, order: RazorpayOrder): Promise<GatewayPayment> {
  const payments = await client.listPayments(order.id);
  const captured = payments.filter(isCaptured);
  const [refunds, disputes] = await Promise.all([
    refundsOf(client, captured),
    disputesOf(client, captured),
  ]);
  const aliases = payments.map(({ id }) => id);
  return { ...snapshotOf({ order, payments, refunds, disputes }), aliases };
}

/** Only of captured payments: what is refunded of others was never ours. */
async function refundsOf(
  client: RazorpayClient,
  captured: RazorpayPayment[],
): Promise<RazorpayRefund[]> {
  return (await Promise.all(captured.map(({ id }) => client.listRefunds(id)))).flat();
}

async function disputesOf(
  client: RazorpayClient,
  captured: RazorpayPayment[],
): Promise<RazorpayDispute[]> {
  if (captured.length === 0) return [];
  const ids = new Set(captured.map(({ id }) => id));
  const sinceS = Math.min(...captured.map(({ created_at }) => created_at));
  try {
    return (await client.listDisputes(sinceS)).filter(({ payment_id }) => ids.has(payment_id));
  } catch (error) {
    // Not every account may list disputes. Theirs come by webhook, and payments must still be known.
    if (error instanceof GatewayRefusal || error instanceof GatewayMisconfigured) return [];
    throw error;
  }
}

/**
 * The payment behind an id, which may be Razorpay's order or one payment of it; null when Razorpay
 * knows neither.
 */
async function snapshotBehind(client: RazorpayClient, id: string): Promise<GatewayPayment | null> {
  if (id.startsWith('order_')) {
    const order = await client.findOrder(id);
    return order === null ? null : snapshotFor(client, order);
  }
  const payment = id.startsWith('pay_') ? await client.findPayment(id) : null;
  if (payment === null) return null;
  const order = payment.order_id === null ? null : await client.findOrder(payment.order_id);
  if (order === null) return withoutOrder(payment);
  return snapshotFor(client, order);
}

/** A real payment without an order of ours. */
function withoutOrder({ id, amount, currency }: RazorpayPayment): GatewayPayment {
  const nothing = { captures: [], refunds: [], disputes: [] };
  const owner = { orderId: null, installationId: null };
  return {
    paymentId: id,
    ...owner,
    status: 'created',
    amountMinor: amount,
    currency,
    ...nothing,
  };
}
