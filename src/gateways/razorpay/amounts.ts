/**
 * Amounts as Razorpay takes them, in ISO minor units: razorpay.com/docs/api/orders/create and the same page of
 * its other countries (/docs/my, /docs/us), as of 2026-11.
 */
import { type AmountRules, brokenRuleOfPart, noRules } from '../../money/amounts.ts';
import { GatewayRefusal } from '../gateway.ts';

export const RAZORPAY_AMOUNTS: AmountRules = {
  ...noRules('Razorpay'),
  // One rupee, one ringgit. That of US dollars depends on the country of the account; at most and in other currencies as well.
  minimum: { INR: 100, MYR: 100 },
  // Card networks settle three decimals in steps of ten minor units: the last digit must be 0.
  step: { BHD: 10, IQD: 10, JOD: 10, KWD: 10, LYD: 10, OMR: 10, TND: 10 },
};

/**
 * Checks what Razorpay would misread, of a part that is refunded as well. Whatever else is wrong with an amount,
 * Razorpay itself says so.
 *
 * @throws GatewayRefusal `amount_not_settleable`
 */
export function checkAmount(amountMinor: number, currency: string): void {
  const rule = brokenRuleOfPart(RAZORPAY_AMOUNTS, amountMinor, currency);
  if (rule !== null) throw new GatewayRefusal('amount_not_settleable', rule, { isUnpayable: true });
}

/** The longest that Razorpay holds what is authorized; then it goes back to the customer. */
export const AUTHORIZATION_MINUTES = 5 * 24 * 60;
