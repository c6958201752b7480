/**
 * The currencies of ISO 4217 and their minor units, as a table of our own: the locale data of a Node
 * release shows forints and rupiahs without theirs, and another release shows them again.
 * As of 2026; test/money/currencies.test.ts names each difference from the package that it is held against.
 */

const IN_USE: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2:
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE ' +
    'CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD ' +
    'HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK ' +
    'MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD ' +
    'RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH ' +
    'USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};

/** Two digits each, and the first day (UTC) on which no new order may be in it. Old ones still print. */
const WITHDRAWN: Readonly<Record<string, string>> = {
  ANG: '2025-07-01',
  BGN: '2026-01-01',
  CUC: '2021-07-01',
  HRK: '2023-01-01',
  SLL: '2024-04-01',
  ZWL: '2024-09-01',
};

const WITHDRAWN_DIGITS = 2;

const DIGITS: ReadonlyMap<string, number> = new Map([
  ...Object.entries(IN_USE).flatMap(([digits, codes]) =>
    codes.split(' ').map((code) => [code, Number(digits)] as const),
  ),
  ...Object.keys(WITHDRAWN).map((code) => [code, WITHDRAWN_DIGITS] as const),
]);

/** Every currency that an order may be in or may have been in, in the order of the alphabet. */
export const CURRENCIES: readonly string[] = [...DIGITS.keys()].sort();

/** How many digits the minor unit has: 2 for INR, 0 for JPY, 3 for KWD; null for a code that is none. */
export function minorDigits(currency: string): number | null {
  return DIGITS.get(currency) ?? null;
}

/** The ISO date from which the currency is withdrawn; null for one that is not, as far as is known. */
export function withdrawnFrom(currency: string): string | null {
  return WITHDRAWN[currency] ?? null;
}

/** @param at epoch milliseconds */
export function isWithdrawn(currency: string, at: number): boolean {
  const from = withdrawnFrom(currency);
  return from !== null && at >= Date.parse(from);
}
