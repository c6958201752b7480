/** Cells of a report, read strictly: what is not exactly as documented stops the file with its place. */
import { minorDigits } from '../money/currencies.ts';
import { minorOfDecimal } from '../money/decimal.ts';
import { type LineKind, ReportError, type SettlementLine } from './line.ts';

/** A row of a CSV file: cells by the names of the header. */
export interface Row {
  line: number;
  /** Empty for a column that the report does not have. */
  cell(name: string): string;
}

const VISIBLE = /^[\x21-\x7e]{1,255}$/;
const ORDER_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const LOCAL_TIME = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)$/;
const WORD = /^[A-Za-z][A-Za-z0-9_]{0,39}$/;

export function idOf(row: Row, column: string): string {
  const id = optionalIdOf(row, column);
  if (id === null) throw new ReportError(row.line, column, 'is empty');
  return id;
}

export function optionalIdOf(row: Row, column: string): string | null {
  const text = row.cell(column);
  if (text === '') return null;
  if (!VISIBLE.test(text))
    throw new ReportError(row.line, column, 'is no id: 1 to 255 visible ASCII characters');
  return text;
}

/** ISO 4217, in capitals as here and not as Stripe writes it. */
export function currencyOf(row: Row, column: string): string {
  const code = row.cell(column).toUpperCase();
  if (minorDigits(code) === null)
    throw new ReportError(row.line, column, 'is no currency of ISO 4217 that is known here');
  return code;
}

export function amountOf(row: Row, column: string, currency: string): number {
  try {
    return minorOfDecimal(row.cell(column), currency);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ReportError(row.line, column, error.message);
  }
}

/** The same where an empty cell stands for nothing. */
export function optionalAmountOf(row: Row, column: string, currency: string): number {
  return row.cell(column) === '' ? 0 : amountOf(row, column, currency);
}

/** `YYYY-MM-DD hh:mm:ss`, without a zone: that of the report. */
export function timeOf(row: Row, column: string): string {
  const text = row.cell(column);
  const [, year, month, day, hour, minute, second] = LOCAL_TIME.exec(text) ?? [];
  const isoText = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const at = Date.parse(`${isoText}Z`);
  // A date that a calendar does not have is moved to the next month by some parsers, and refused by others.
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 19) !== isoText)
    throw new ReportError(row.line, column, notTime(text));
  return isoText.replace('T', ' ');
}

function notTime(text: string): string {
  if (/^\d+(\.\d+)?$/.test(text))
    return 'is a number: a spreadsheet program has changed the date, so download the report again';
  return 'is no time such as 2026-01-31 23:59:59, without a zone';
}

export function orderHintOf(text: string | null | undefined): string | null {
  return text !== null && text !== undefined && ORDER_ID.test(text) ? text : null;
}

/** A word that is not in the table carries money of which nothing is known. */
export function kindOf<Word extends string>(
  kinds: Readonly<Record<Word, LineKind>>,
  { line, word, column }: { line: number; word: string; column: string },
): LineKind {
  const kind = Object.hasOwn(kinds, word) ? kinds[word as Word] : undefined;
  if (kind !== undefined) return kind;
  const named = WORD.test(word) ? `“${word}” ` : '';
  throw new ReportError(
    line,
    column,
    `the type ${named}is not known here, and a row may carry money: report it, nothing of the file is imported`,
  );
}

/** The side on which a kind of row stands; those that may stand on both are not named. */
const SIGNS: Readonly<Partial<Record<LineKind, 1 | -1>>> = {
  capture: 1,
  capture_reversal: -1,
  refund: -1,
  refund_failure: 1,
  dispute: -1,
  dispute_reversal: 1,
};

/** What holds for every row of every format. */
export function checked(
  line: SettlementLine,
  columns: { gross: string; net: string },
): SettlementLine {
  const { grossMinor, feeMinor, taxMinor, netMinor, kind, fileLine } = line;
  if (grossMinor - feeMinor - taxMinor !== netMinor)
    throw new ReportError(
      fileLine,
      columns.net,
      'is not the gross amount less fee and tax: the row is damaged, or the columns are those of another report',
    );
  const sign = SIGNS[kind];
  if (sign !== undefined && Math.sign(grossMinor) === -sign)
    throw new ReportError(
      fileLine,
      columns.gross,
      `has the wrong sign for this type: ${sign > 0 ? 'it brings' : 'it takes'} money`,
    );
  return line;
}
