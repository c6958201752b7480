/** Amounts that Razorpay takes in minor units and would nevertheless misread. */
import { GatewayRefusal } from '../gateway.ts';

/** ISO 4217 currencies with three decimals. */
const THREE_DECIMALS: ReadonlySet<string> = new Set([
  'BHD',
  'IQD',
  'JOD',
  'KWD',
  'LYD',
  'OMR',
  'TND',
]);

/**
 * Card networks settle three-decimal currencies in steps of ten minor units, and Razorpay asks for a
 * last digit of zero. Whatever else is wrong with an amount, Razorpay itself says so.
 *
 * @throws GatewayRefusal `amount_not_settleable`
 */
export function checkAmount(amountMinor: number, currency: string): void {
  if (!THREE_DECIMALS.has(currency) || amountMinor % 10 === 0) return;
  throw new GatewayRefusal(
    'amount_not_settleable',
    `Razorpay takes ${currency} in steps of 10 minor units: round the amount`,
  );
}
