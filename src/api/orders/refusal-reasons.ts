/** In words, why gateways refuse refunds; their codes are read from their documentation. */

const ALREADY_REFUNDED = 'the payment has been refunded already';
const PARTLY_REFUNDED =
  'less than this is left of the payment, as a part of it was refunded before';
const NO_BALANCE = 'the balance at the gateway is too low';
const DISPUTED = 'the payment is disputed';

/**
 * Stripe's are the codes of its API 2026-10-28, as `stripe` 23.1.0 lists them, and those that this project gives
 * to a refusal without a code; Razorpay's are what its descriptions mean, see its errors.ts.
 */
const REASONS: Readonly<Record<string, string>> = {
  charge_already_refunded: ALREADY_REFUNDED,
  payment_fully_refunded: ALREADY_REFUNDED,
  refund_exceeds_unrefunded: PARTLY_REFUNDED,
  refund_exceeds_captured: PARTLY_REFUNDED,
  balance_insufficient: NO_BALANCE,
  insufficient_funds: NO_BALANCE,
  payment_too_old: 'the payment is too old to be refunded',
  charge_not_refundable: 'the payment cannot be refunded',
  charge_disputed: DISPUTED,
  refund_disputed_payment: DISPUTED,
  payment_not_captured: 'nothing of the payment is left to be refunded',
  partial_refund_unsupported: 'its method of payment can only be refunded as a whole',
  refund_unsupported: 'its method of payment cannot be refunded',
  refunds_disabled: 'the gateway has disabled refunds for this account',
};

/** A gateway's code, with its meaning where it is known. */
export function refusalReason(gatewayCode: string): string {
  const reason = Object.hasOwn(REASONS, gatewayCode) ? REASONS[gatewayCode] : undefined;
  return reason === undefined ? gatewayCode : `${gatewayCode}, ${reason}`;
}
