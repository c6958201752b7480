/** Exact decimals of files: from text to minor units and back, digit by digit and never through a float. */
import { minorDigits } from './currencies.ts';

const DECIMAL = /^(-?)(\d{1,15})(?:\.(\d{1,9}))?$/;
const ZEROS = /^0*$/;

/**
 * `-12.30` in INR becomes -1230, `500.00` in JPY becomes 500. Digits that the currency does not have must be 0.
 *
 * @throws RangeError that says what is wrong with the text; it does not repeat it.
 */
export function minorOfDecimal(text: string, currency: string): number {
  const digits = minorDigits(currency);
  if (digits === null) throw new RangeError('the currency is not one of ISO 4217');
  const found = DECIMAL.exec(text);
  if (found === null) throw new RangeError(notDecimal(text));
  const [, sign = '', whole = '', fraction = ''] = found;
  if (!ZEROS.test(fraction.slice(digits)))
    throw new RangeError(`has more than the ${digits} decimals that ${currency} has`);
  const minor = Number(whole + fraction.slice(0, digits).padEnd(digits, '0'));
  if (!Number.isSafeInteger(minor)) throw new RangeError('is larger than any amount of money here');
  return sign === '-' && minor !== 0 ? -minor : minor;
}

function notDecimal(text: string): string {
  if (text === '') return 'is empty';
  if (text.includes(','))
    return 'has a comma: run the report with a point as decimal separator and no separator of thousands';
  if (/e/i.test(text))
    return 'is in scientific notation: a spreadsheet program has changed it, so download the report again';
  return 'is no decimal number such as -12.30';
}

/** -1230 and INR become `-12.30`, without separators of thousands: for files that programs read. */
export function decimalOfMinor(amountMinor: number | bigint, currency: string): string {
  const digits = minorDigits(currency) ?? 0;
  const text = String(amountMinor);
  const sign = text.startsWith('-') ? '-' : '';
  const all = text.slice(sign.length).padStart(digits + 1, '0');
  const point = all.length - digits;
  return digits === 0 ? sign + all : `${sign}${all.slice(0, point)}.${all.slice(point)}`;
}
