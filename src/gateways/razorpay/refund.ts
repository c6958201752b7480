/**
 * Refunds of an order. Razorpay remembers a key for a while only; the key is also the refund's receipt, so
 * that one that was made is found however long ago that was.
 */
import type { RefundSnapshot } from '../../domain/facts/facts.ts';
import { GatewayOutcomeUnknown, GatewayRefusal, type RefundPayment } from '../gateway.ts';
import { checkAmount } from './amounts.ts';
import type { RazorpayClient } from './client.ts';
import type { RazorpayPayment, RazorpayRefund } from './payloads.ts';
import { isCaptured, refundSnapshotOf } from './snapshots.ts';
import { refundsOf } from './truth.ts';

export async function refundPayment(
  client: RazorpayClient,
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

/** It was made, and what has become of it is asked again. */
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
