/** Which amounts Stripe takes, as its page on currencies lists them. */
import { invalidParameter } from './api-error.ts';

/** In Stripe's units; a few of the documented ones. */
const MINIMUM: Readonly<Record<string, number>> = {
  usd: 50,
  eur: 50,
  gbp: 30,
  inr: 50,
  jpy: 50,
  aed: 200,
  mxn: 1000,
  // Not on Stripe's page: what this account settles 0.50 USD to, and so known to Stripe alone.
  twd: 1600,
};
const HUNDREDS: ReadonlySet<string> = new Set(['isk', 'ugx']);
const TENS: ReadonlySet<string> = new Set(['bhd', 'jod', 'kwd', 'omr', 'tnd']);

export function checkAmount(amount: number, currency: string): void {
  if (!Number.isSafeInteger(amount) || amount <= 0)
    throw invalidParameter('amount', 'Invalid positive integer', 'parameter_invalid_integer');
  if (HUNDREDS.has(currency) && amount % 100 !== 0)
    throw invalidParameter('amount', `${currency} amounts must be evenly divisible by 100`);
  if (TENS.has(currency) && amount % 10 !== 0)
    throw invalidParameter('amount', `${currency} amounts must be evenly divisible by 10`);
}

export function checkMinimum(amount: number, currency: string): void {
  if (amount < (MINIMUM[currency] ?? 1))
    throw invalidParameter(
      'amount',
      'Amount must convert to at least 50 cents',
      'amount_too_small',
    );
}
