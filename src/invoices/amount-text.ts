/** Money and texts as an invoice prints them. */
import { decimalText } from '../money/text.ts';

/** `INR 49.99`, `JPY 500`: the code first, held to its amount. */
export function amountText(amountMinor: number, currency: string): string {
  return `${currency}\u00A0${decimalText(amountMinor, currency)}`;
}

const UNPRINTABLE = /[^\x20-\x7E\xA0-\xFF€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]/gu;

/** PDF's built-in fonts know Western European letters; others become a question mark. */
export function printable(text: string): string {
  return text.normalize('NFC').replaceAll(/\s+/g, ' ').replaceAll(UNPRINTABLE, '?');
}
