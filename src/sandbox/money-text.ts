/**
 * Writes an amount for a person. The digits after the point are those of ISO 4217 and not of
 * the locale data, which shows forints and rupiahs without theirs and so hides a factor of 100.
 */

const DEFAULT_DIGITS = 2;
const WITHOUT_DIGITS = 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF';
const WITH_THREE_DIGITS = 'BHD IQD JOD KWD LYD OMR TND';
const WITH_FOUR_DIGITS = 'CLF UYW';

const DIGITS = new Map<string, number>([
  ...WITHOUT_DIGITS.split(' ').map((code) => [code, 0] as const),
  ...WITH_THREE_DIGITS.split(' ').map((code) => [code, 3] as const),
  ...WITH_FOUR_DIGITS.split(' ').map((code) => [code, 4] as const),
]);

/** `4999` and `INR` become `₹49.99`; `amountMinor` is in the currency's minor unit. */
export function moneyText(amountMinor: number, currency: string): string {
  const digits = DIGITS.get(currency) ?? DEFAULT_DIGITS;
  const format = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return format.format(amountMinor / 10 ** digits);
}
