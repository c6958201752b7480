/** Gathers all that Razorpay knows about one of its orders: payments, refunds, disputes. */
import { GatewayMisconfigured, type GatewayPayment, GatewayRefusal } from '../gateway.ts';
import type { RazorpayClient } from './client.ts';
import type {
  RazorpayDispute,
  RazorpayOrder,
  RazorpayPayment,
  RazorpayRefund,
} from './payloads.ts';
import { isCaptured, snapshotOf } from './snapshots.ts';

export async function truthOf(
  client: RazorpayClient,
  order: RazorpayOrder,
): Promise<GatewayPayment> {
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
export async function refundsOf(
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
export async function truthBehind(
  client: RazorpayClient,
  id: string,
): Promise<GatewayPayment | null> {
  if (id.startsWith('order_')) {
    const order = await client.findOrder(id);
    return order === null ? null : truthOf(client, order);
  }
  const payment = id.startsWith('pay_') ? await client.findPayment(id) : null;
  if (payment === null) return null;
  const order = payment.order_id === null ? null : await client.findOrder(payment.order_id);
  if (order === null) return withoutOrder(payment);
  return truthOf(client, order);
}

/** Real, and nobody's that we know. */
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
