/** Finds what looks like the number of a payment card in a text. Never says which number it was. */

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

export function hasCardNumber(text: string): boolean {
  return (text.match(DIGIT_RUN) ?? []).some((run) => isCardNumber(digitsOf(run)));
}

/** Leaves of every card number what may be shown: the issuer's first six digits and the last four. */
export function maskCardNumbers(text: string): string {
  return text.replace(DIGIT_RUN, (run) => {
    const digits = digitsOf(run);
    return isCardNumber(digits) ? `${digits.slice(0, 6)}…${digits.slice(-4)}` : run;
  });
}

function digitsOf(run: string): string {
  return run.replace(/\D/g, '');
}

function isCardNumber(digits: string): boolean {
  return ISSUED.test(digits) && isLuhn(digits);
}

function isLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}
