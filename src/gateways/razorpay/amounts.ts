/** Amounts as Razorpay takes them (razorpay.com/docs/api/orders/create, as of 2026): ISO minor units. */
import { type AmountRules, brokenRule, noRules } from '../../money/amounts.ts';
import { GatewayRefusal } from '../gateway.ts';

export const RAZORPAY_AMOUNTS: AmountRules = {
  ...noRules('Razorpay'),
  // One rupee. What an account may take at most, and in other currencies, Razorpay itself says.
  minimum: { INR: 100 },
  // Card networks settle three decimals in steps of ten minor units: the last digit must be 0.
  step: { BHD: 10, IQD: 10, JOD: 10, KWD: 10, LYD: 10, OMR: 10, TND: 10 },
};

/**
 * Checks what Razorpay would misread. Whatever else is wrong with an amount, Razorpay itself says so.
 *
 * @throws GatewayRefusal `amount_not_settleable`
 */
export function checkAmount(amountMinor: number, currency: string): void {
  const rule = brokenRule({ ...RAZORPAY_AMOUNTS, minimum: {} }, amountMinor, currency);
  if (rule !== null) throw new GatewayRefusal('amount_not_settleable', rule, { isUnpayable: true });
}
