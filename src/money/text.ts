/**
 * Money as people read it. Made from decimal text, never by division, and without `Intl`: the text of an
 * invoice is the same on every Node, and in a workflow the same on every replay.
 */
import { minorDigits } from './currencies.ts';

/**
 * `129900` and `INR` become `1,299.00`; `500` and `JPY` become `500`. An amount in an unknown code
 * stays in minor units, as the place of its decimal point is unknown.
 *
 * @param amountMinor a safe integer, in minor units of `currency`
 */
export function decimalText(amountMinor: number, currency: string): string {
  const digits = minorDigits(currency) ?? 0;
  const sign = amountMinor < 0 ? '-' : '';
  const all = String(Math.abs(amountMinor)).padStart(digits + 1, '0');
  const point = all.length - digits;
  const whole = all.slice(0, point).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
  return digits === 0 ? `${sign}${whole}` : `${sign}${whole}.${all.slice(point)}`;
}

/** `129900` and `INR` become `1,299.00 INR`. */
export function moneyText(amountMinor: number, currency: string): string {
  const unit = minorDigits(currency) === null ? ' minor units of' : '';
  return `${decimalText(amountMinor, currency)}${unit} ${currency}`;
}
