/**
 * Amounts as Stripe takes them (docs.stripe.com/currencies, as of 2026). Nothing is ever rounded: an
 * amount that Stripe cannot express is refused before any money moves.
 */
import {
  type AmountRules,
  brokenRuleOfPart,
  fromGatewayUnits,
  toGatewayUnits,
} from '../../money/amounts.ts';
import { GatewayRefusal } from '../gateway.ts';

export const STRIPE_AMOUNTS: AmountRules = {
  gateway: 'Stripe',
  // ISK and UGX lost their decimals and keep two at Stripe, always 00; MGA has two in the standard only.
  extraDecimals: { ISK: 2, UGX: 2, MGA: -2 },
  // Card networks settle them in hundredths: the third decimal must be 0.
  step: { BHD: 10, JOD: 10, KWD: 10, OMR: 10, TND: 10 },
  minimum: {
    AED: 200,
    ARS: 50,
    AUD: 50,
    BRL: 50,
    CAD: 50,
    CHF: 50,
    COP: 50,
    CZK: 1500,
    DKK: 250,
    EUR: 50,
    GBP: 30,
    HKD: 400,
    HUF: 17_500,
    IDR: 50,
    ILS: 50,
    INR: 50,
    JPY: 50,
    KRW: 50,
    MXN: 1000,
    MYR: 200,
    NOK: 300,
    NZD: 50,
    PHP: 50,
    PLN: 200,
    RON: 200,
    RUB: 50,
    SEK: 300,
    SGD: 50,
    THB: 1000,
    USD: 50,
    ZAR: 50,
  },
  // By card. Other methods take less, and which one a customer chooses is not known here.
  maximum: 999_999_999_999,
};

/**
 * @param amountMinor minor units of ISO 4217; of a part that is captured or refunded, which has no minimum
 * @throws GatewayRefusal when Stripe has no such amount.
 */
export function toStripeAmount(amountMinor: number, currency: string): number {
  const rule = brokenRuleOfPart(STRIPE_AMOUNTS, amountMinor, currency);
  if (rule !== null)
    throw new GatewayRefusal('amount_not_representable', rule, { isUnpayable: true });
  return toGatewayUnits(STRIPE_AMOUNTS, amountMinor, currency);
}

/**
 * The other way round: minor units of ISO 4217.
 *
 * @throws RangeError for an amount that the currency does not have.
 */
export function fromStripeAmount(amount: number, currency: string): number {
  const amountMinor = fromGatewayUnits(STRIPE_AMOUNTS, amount, currency);
  if (Number.isSafeInteger(amountMinor)) return amountMinor;
  throw new RangeError(`Stripe's amount ${amount} is no amount of ${currency}`);
}
