/** Money and texts as an invoice prints them. Amounts are converted by decimal text, never by division. */

/** The currency's own number of decimals and its code, which every font has: `INR 49.99`, `JPY 500`. */
export function amountText(amountMinor: number, currency: string): string {
  const format = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
    currencyDisplay: 'code',
  });
  const decimals = format.resolvedOptions().maximumFractionDigits ?? 0;
  return format.format(`${amountMinor}e-${decimals}` as `${number}`);
}

const UNPRINTABLE = /[^\x20-\x7E\xA0-\xFF€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]/gu;

/** PDF's built-in fonts know Western European letters; others become a question mark. */
export function printable(text: string): string {
  return text.normalize('NFC').replaceAll(/\s+/g, ' ').replaceAll(UNPRINTABLE, '?');
}
