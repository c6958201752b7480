/**
 * What an order asks of Razorpay. Every call first looks at what is there, because Razorpay keeps no
 * idempotency keys for orders and captures, and so a repeat finds what the first try did.
 */
import {
  type CreatedPayment,
  type CreatePayment,
  type FetchedPayments,
  type FetchPayments,
  type GatewayPayment,
  GatewayRefusal,
  INSTALLATION_FIELD,
} from '../gateway.ts';
import { checkAmount } from './amounts.ts';
import type { RazorpayClient } from './client.ts';
import { detailNotes } from './details.ts';
import type { RazorpayOrder } from './payloads.ts';
import { isCaptured, MODE_NOTE, ORDER_NOTE, VOIDED_NOTE } from './snapshots.ts';
import { truthBehind, truthOf } from './truth.ts';

interface Dependencies {
  client: RazorpayClient;
  keyId: string;
  mode: string;
}

export async function createPayment(
  deps: Dependencies,
  {
    orderId,
    installationId,
    amountMinor,
    currency,
    supersedes = [],
    details,
    idempotencyKey,
  }: CreatePayment,
): Promise<CreatedPayment> {
  const { client, keyId, mode } = deps;
  checkAmount(amountMinor, currency);
  for (const earlier of supersedes) {
    const order = await client.findOrder(earlier);
    // One that Razorpay no longer knows can be paid by nobody.
    if (order === null) continue;
    const payment = await giveUp(client, order);
    if (payment.status === 'captured') return { payment, checkout: {} };
  }
  const body = {
    amount: amountMinor,
    currency,
    receipt: idempotencyKey,
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
  return { payment: await truthOf(client, order), checkout: { orderId: order.id, keyId } };
}

export async function fetchPayments(
  { client }: Dependencies,
  { paymentIds }: FetchPayments,
): Promise<FetchedPayments> {
  const ids = [...new Set(paymentIds)];
  const found = await Promise.all(ids.map((id) => truthBehind(client, id)));
  return {
    payments: merged(found.filter((snapshot) => snapshot !== null)),
    missing: ids.filter((_, i) => found[i] === null),
  };
}

/** An order that was asked for under several names is told once, with all of them. */
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
  return truthOf(client, order);
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
 * the order: an authorization lapses and is sent back, and a capture that comes all the same is told.
 */
export async function voidPayment(
  { client }: Dependencies,
  orderId: string,
): Promise<GatewayPayment> {
  return giveUp(client, await requireOrder(client, orderId));
}

async function giveUp(client: RazorpayClient, order: RazorpayOrder): Promise<GatewayPayment> {
  const before = await truthOf(client, order);
  if (before.status === 'captured' || before.status === 'voided') return before;
  // Read anew after the note: a capture that was faster has won.
  return truthOf(
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
