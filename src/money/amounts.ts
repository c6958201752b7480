/**
 * Which amounts may be asked for. The rules of a gateway are data; the check and its words are the same
 * for all of them.
 */
import { moneyText } from './text.ts';

/**
 * Twelve digits, in minor units: the longest amount that any gateway here documents, and some thousand
 * times below where the sums of many orders would stop being exact.
 */
export const MAX_AMOUNT_MINOR = 999_999_999_999;

/** What a gateway takes, in its own units where it says so. A currency that is not named has no rule. */
export interface AmountRules {
  /** The gateway's name, as it stands at the beginning of a sentence. */
  gateway: string;
  /** How many decimals more than ISO 4217 the gateway writes; fewer where negative. */
  extraDecimals: Readonly<Record<string, number>>;
  /** The smallest amount, in ISO minor units. */
  minimum: Readonly<Record<string, number>>;
  /** Amounts are multiples of it, in ISO minor units. */
  step: Readonly<Record<string, number>>;
  /** The largest amount, in the gateway's own units. */
  maximum: number;
  /** The largest amount of single currencies, in ISO minor units. */
  maximumOf?: Readonly<Record<string, number>> | undefined;
}

/** Gateways without a rule of their own. */
export function noRules(gateway: string): AmountRules {
  return { gateway, extraDecimals: {}, minimum: {}, step: {}, maximum: Number.MAX_SAFE_INTEGER };
}

/**
 * The rule that an amount breaks, in words that say what to do; null for one that the gateway takes, as
 * far as is known before it is asked.
 *
 * @param amountMinor a positive safe integer, in ISO minor units
 */
export function brokenRule(
  rules: AmountRules,
  amountMinor: number,
  currency: string,
): string | null {
  const { gateway, minimum } = rules;
  const least = minimum[currency] ?? 1;
  const each = stepOf(rules, currency);
  const most = largestAmount(rules, currency);
  if (amountMinor < least) return `${gateway} takes at least ${moneyText(least, currency)}`;
  if (amountMinor > most) return `${gateway} takes at most ${moneyText(most, currency)}`;
  if (amountMinor % each === 0) return null;
  return `${gateway} takes ${currency} in steps of ${moneyText(each, currency)}`;
}

/** The same of a part of a payment, such as a refund: the smallest amount is one of whole payments. */
export function brokenRuleOfPart(
  rules: AmountRules,
  amountMinor: number,
  currency: string,
): string | null {
  return brokenRule({ ...rules, minimum: {} }, amountMinor, currency);
}

/** In ISO minor units, at most what an amount may be at all. */
export function largestAmount(
  { extraDecimals, maximum, maximumOf }: AmountRules,
  currency: string,
): number {
  const own = Math.floor(shifted(maximum, -(extraDecimals[currency] ?? 0)));
  return Math.min(own, maximumOf?.[currency] ?? MAX_AMOUNT_MINOR, MAX_AMOUNT_MINOR);
}

function stepOf({ extraDecimals, step }: AmountRules, currency: string): number {
  const unit = 10 ** Math.max(0, -(extraDecimals[currency] ?? 0));
  return Math.max(unit, step[currency] ?? 1);
}

/** From ISO minor units to the gateway's own; not a whole number where the gateway has no such amount. */
export function toGatewayUnits(rules: AmountRules, amountMinor: number, currency: string): number {
  return shifted(amountMinor, rules.extraDecimals[currency] ?? 0);
}

/** From the gateway's own units to ISO minor units; not a whole number where ISO has no such amount. */
export function fromGatewayUnits(rules: AmountRules, amount: number, currency: string): number {
  return shifted(amount, -(rules.extraDecimals[currency] ?? 0));
}

/** Divides by whole powers only, as a multiplication by 0.01 is not exact. */
function shifted(amount: number, decimals: number): number {
  return decimals >= 0 ? amount * 10 ** decimals : amount / 10 ** -decimals;
}
