/**
 * Keeps card data out: what never comes in can neither be stored nor logged. Never says, and never
 * logs, what it found.
 */
import { Problem } from './problem.ts';

/** Field names that only ever carry card data. */
const CARD_KEY =
  /^(card|card_?number|pan|number|cvc|cvv2?|exp_month|exp_year|track(_?[12]|_?data)?)$/i;
/** Digits in one piece, or in the groups that are printed on cards; ids with letters around are none. */
const DIGIT_RUN =
  /(?<![A-Za-z0-9])(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}|\d{4}([ -])\d{6}\2\d{4,5})(?![A-Za-z0-9])/g;
/**
 * The ranges that card numbers begin with, and their lengths. Without them every tenth time stamp or
 * numeric id would pass for a card.
 */
const ISSUED = new RegExp(
  `^(${[
    '4(\\d{12}|\\d{15}|\\d{18})',
    '5[0-8]\\d{14}',
    '2(22[1-9]|2[3-9]\\d|[3-6]\\d\\d|7[01]\\d|720)\\d{12}',
    '3[47]\\d{13}',
    '3(0[0-5]|[689]\\d)\\d{11}',
    '35\\d{14}',
    '6\\d{15}',
    '62\\d{17}',
  ].join('|')})$`,
);

/** @throws Problem `cardholder_data_rejected` */
export function refuseCardholderData(value: unknown, pointer = ''): void {
  if (typeof value === 'string' && hasCardNumber(value)) throw rejection(pointer);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const at = `${pointer}/${key.slice(0, 64)}`;
    if (CARD_KEY.test(key)) throw rejection(at);
    if (hasCardNumber(key)) throw rejection(pointer);
    refuseCardholderData(inner, at);
  }
}

function rejection(pointer: string): Problem {
  const errors = [{ pointer, message: 'looks like card data; remove it' }];
  return new Problem('cardholder_data_rejected', { errors });
}

function hasCardNumber(text: string): boolean {
  const runs = text.match(DIGIT_RUN) ?? [];
  return runs.map((run) => run.replace(/\D/g, '')).some((run) => ISSUED.test(run) && isLuhn(run));
}

function isLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}
