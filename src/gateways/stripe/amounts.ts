/**
 * Amounts in Stripe's own minor units, which are not ISO 4217's for every currency. Nothing is ever
 * rounded: an amount that Stripe cannot express is refused before any money moves.
 */
import { GatewayRefusal } from '../gateway.ts';

/**
 * How many decimals more than ISO 4217 Stripe writes. ISK and UGX lost theirs and keep two at Stripe,
 * always 00; MGA has two in the standard and none at Stripe.
 */
const EXTRA_DECIMALS: ReadonlyMap<string, number> = new Map([
  ['ISK', 2],
  ['UGX', 2],
  ['MGA', -2],
]);

/** Their third decimal must be 0: card networks settle them in hundredths. */
const THREE_DECIMALS: ReadonlySet<string> = new Set(['BHD', 'JOD', 'KWD', 'OMR', 'TND']);

/**
 * @param amountMinor minor units of ISO 4217
 * @throws GatewayRefusal when Stripe has no such amount.
 */
export function toStripeAmount(amountMinor: number, currency: string): number {
  const amount = shifted(amountMinor, EXTRA_DECIMALS.get(currency) ?? 0);
  const isRound = !THREE_DECIMALS.has(currency) || amount % 10 === 0;
  if (Number.isSafeInteger(amount) && isRound) return amount;
  throw new GatewayRefusal(
    'amount_not_representable',
    `Stripe cannot take ${amountMinor} minor units of ${currency}: use a rounder amount`,
  );
}

/**
 * The other way round: minor units of ISO 4217.
 *
 * @throws RangeError for an amount that the currency does not have.
 */
export function fromStripeAmount(amount: number, currency: string): number {
  const amountMinor = shifted(amount, -(EXTRA_DECIMALS.get(currency) ?? 0));
  if (Number.isSafeInteger(amountMinor)) return amountMinor;
  throw new RangeError(`Stripe's amount ${amount} is no amount of ${currency}`);
}

/** Divides by whole powers only, as a multiplication by 0.01 is not exact. */
function shifted(amount: number, decimals: number): number {
  return decimals >= 0 ? amount * 10 ** decimals : amount / 10 ** -decimals;
}
