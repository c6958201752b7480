/**
 * Amounts as Adyen counts them: docs.adyen.com/development-resources/currency-codes, as of 2026-05. Its own page says
 * that it is leading where it differs from ISO 4217. The least that can be paid depends on the method that a customer
 * chooses, and Adyen says so itself.
 */
import {
  type AmountRules,
  brokenRuleOfPart,
  fromGatewayUnits,
  noRules,
  toGatewayUnits,
} from '../../money/amounts.ts';
import { GatewayRefusal } from '../gateway.ts';

export const ADYEN_AMOUNTS: AmountRules = {
  ...noRules('Adyen'),
  extraDecimals: { CLP: 2, CVE: -2, IDR: -2, ISK: 2 },
};

export interface AdyenAmount {
  value: number;
  currency: string;
}

/**
 * @param amountMinor minor units of ISO 4217
 * @throws GatewayRefusal `amount_not_representable`: nothing is rounded
 */
export function toAdyenAmount(amountMinor: number, currency: string): AdyenAmount {
  const rule = brokenRuleOfPart(ADYEN_AMOUNTS, amountMinor, currency);
  if (rule !== null)
    throw new GatewayRefusal('amount_not_representable', rule, { isUnpayable: true });
  return { value: toGatewayUnits(ADYEN_AMOUNTS, amountMinor, currency), currency };
}

/** The other way round, in minor units of ISO 4217; null for an amount that the currency does not have. */
export function fromAdyenAmount({ value, currency }: AdyenAmount): number | null {
  const amountMinor = fromGatewayUnits(ADYEN_AMOUNTS, value, currency);
  return Number.isSafeInteger(amountMinor) && amountMinor > 0 ? amountMinor : null;
}
