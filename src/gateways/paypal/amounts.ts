/**
 * Amounts as PayPal writes them: decimals of the currency, as text. developer.paypal.com/api/rest/reference/currency-codes,
 * as of 2026-11.
 */
import { type AmountRules, brokenRuleOfPart, noRules } from '../../money/amounts.ts';
import { decimalOfMinor, minorOfDecimal } from '../../money/decimal.ts';
import { GatewayRefusal } from '../gateway.ts';

/** PayPal takes these as whole numbers alone, although ISO 4217 has two decimals for HUF and TWD. */
const WITHOUT_DECIMALS = { HUF: -2, TWD: -2 };

export const PAYPAL_AMOUNTS: AmountRules = {
  ...noRules('PayPal'),
  extraDecimals: WITHOUT_DECIMALS,
};

/** The only currencies of payments. BRL, CNY and MYR are taken by accounts of their own country alone. */
export const PAYPAL_CURRENCIES: readonly string[] =
  'AUD,BRL,CAD,CHF,CNY,CZK,DKK,EUR,GBP,HKD,HUF,ILS,JPY,MXN,MYR,NOK,NZD,PHP,PLN,RUB,SEK,SGD,THB,TWD,USD'.split(
    ',',
  );

export interface PayPalMoney {
  currencyCode: string;
  value: string;
}

/** @throws GatewayRefusal `amount_unsupported` for an amount that PayPal cannot express; nothing is rounded. */
export function moneyOf(amountMinor: number, currency: string): PayPalMoney {
  const rule = brokenRuleOfPart(PAYPAL_AMOUNTS, amountMinor, currency);
  if (rule !== null) throw new GatewayRefusal('amount_unsupported', rule, { isUnpayable: true });
  const decimal = decimalOfMinor(amountMinor, currency);
  const value = currency in WITHOUT_DECIMALS ? decimal.replace(/\.00$/, '') : decimal;
  return { currencyCode: currency, value };
}

/** @throws RangeError for a text that is no amount of the currency */
export function minorOf({ currencyCode, value }: PayPalMoney): number {
  return minorOfDecimal(value, currencyCode);
}
