/** What is wrong with the numbers of papers though each of them is well written. */
import type { Environment } from './settings.ts';

/** Rule 46 of India's CGST Rules: a consecutive number of at most sixteen characters. */
const GST_MAX_LENGTH = 16;
/** What a series may grow to: a number that becomes too long would keep an invoice from being issued. */
const DIGITS_TO_GROW = 8;

const DEFAULTS = { INVOICE_NUMBERS: 'INV-######', CREDIT_NOTE_NUMBERS: 'CN-######' } as const;
type Name = keyof typeof DEFAULTS;

/** One line for each; what is not well written itself has its own line. */
export function unfitPaperNumbers(given: Environment): string[] {
  const prefixOf = (name: Name): string => (given[name] ?? DEFAULTS[name]).replace(/#+$/, '');
  const names = Object.keys(DEFAULTS) as Name[];
  const isGst = /\bGSTIN\b/i.test(`${given.SELLER_TAX_IDS ?? ''} ${given.SELLER_ADDRESS ?? ''}`);
  const tooLong = names.filter((name) => {
    const text = given[name] ?? DEFAULTS[name];
    const digits = text.length - prefixOf(name).length;
    return prefixOf(name).length + Math.max(digits, DIGITS_TO_GROW) > GST_MAX_LENGTH;
  });
  return [
    ...(isGst
      ? tooLong.map(
          (name) =>
            `${name} is too long: with a GSTIN a number has at most ${GST_MAX_LENGTH} characters, and the series needs room for ${DIGITS_TO_GROW} digits; use at most ${GST_MAX_LENGTH - DIGITS_TO_GROW} characters before them`,
        )
      : []),
    ...(prefixOf('INVOICE_NUMBERS') === prefixOf('CREDIT_NOTE_NUMBERS')
      ? [
          'CREDIT_NOTE_NUMBERS begins as INVOICE_NUMBERS does: an invoice and a credit note would be called the same',
        ]
      : []),
    ...taken(given, 'INVOICE_NUMBERS', DEFAULTS.CREDIT_NOTE_NUMBERS),
    ...taken(given, 'CREDIT_NOTE_NUMBERS', DEFAULTS.INVOICE_NUMBERS),
  ];
}

/** Papers of before keep what they are called. */
function taken(given: Environment, name: Name, by: string): string[] {
  const prefix = by.replace(/#+$/, '');
  return given[name]?.replace(/#+$/, '') === prefix
    ? [
        `${name} begins with ${prefix}, as the other kind of papers does where nothing is set: use another prefix`,
      ]
    : [];
}
