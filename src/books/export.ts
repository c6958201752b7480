/** The books as files: CSV for spreadsheets, and plain-text accounting for Beancount and hledger. */
import { decimalOfMinor } from '../money/decimal.ts';
import type { BookEntry } from '../store/settlements/book-entries.ts';
import { accountName, type Chart } from './chart.ts';

export const EXPORT_FORMATS = ['csv', 'beancount', 'hledger'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

interface Writer {
  contentType: string;
  extension: string;
  head(accounts: readonly string[]): string;
  entry(entry: NamedEntry): string;
}

/** With the bookkeeper's account names, and amounts as decimals. */
interface NamedEntry extends BookEntry {
  debitName: string;
  creditName: string;
  amount: string;
  /** Such as `116.22 USD`; null where no line is behind it. */
  settled: string | null;
}

const CSV_HEAD = [
  'date',
  'entry',
  'account',
  'debit',
  'credit',
  'currency',
  'kind',
  'reference',
  'order',
  'line',
  'settled',
];

/** Accounts are open from before the first entry of any export, so that exports fit together. */
const OPENED = '1970-01-01';

const WRITERS: Readonly<Record<ExportFormat, Writer>> = {
  csv: {
    contentType: 'text/csv; charset=utf-8',
    extension: 'csv',
    head: () => csvLine(CSV_HEAD),
    entry: (entry) => {
      const { day, key, amount, currency, kind, reference, settled } = entry;
      const rest = [
        currency,
        kind,
        reference,
        entry.orderId ?? '',
        entry.lineId ?? '',
        settled ?? '',
      ];
      return (
        csvLine([day, key, entry.debitName, amount, '', ...rest]) +
        csvLine([day, key, entry.creditName, '', amount, ...rest])
      );
    },
  },
  beancount: {
    contentType: 'text/plain; charset=utf-8',
    extension: 'beancount',
    head: (accounts) => declared(accounts, (name) => `${OPENED} open ${name}\n`),
    entry: ({ day, kind, reference, key, orderId, lineId, settled, ...entry }) =>
      [
        `${day} * ${quoted(kind)} ${quoted(reference)}`,
        `  entry: ${quoted(key)}`,
        ...(orderId === null ? [] : [`  order: ${quoted(orderId)}`]),
        ...(lineId === null ? [] : [`  line: ${quoted(lineId)}`]),
        ...(settled === null ? [] : [`  settled: ${quoted(settled)}`]),
        `  ${entry.debitName}  ${entry.amount} ${entry.currency}`,
        `  ${entry.creditName}  -${entry.amount} ${entry.currency}`,
        '',
        '',
      ].join('\n'),
  },
  hledger: {
    contentType: 'text/plain; charset=utf-8',
    extension: 'journal',
    head: (accounts) => declared(accounts, (name) => `account ${name}\n`),
    entry: ({ day, kind, reference, key, orderId, lineId, settled, ...entry }) =>
      [
        `${day} * ${inComment(kind)} | ${inComment(reference)}`,
        `    ; entry: ${inComment(key)}`,
        ...(orderId === null ? [] : [`    ; order: ${inComment(orderId)}`]),
        ...(lineId === null ? [] : [`    ; line: ${inComment(lineId)}`]),
        ...(settled === null ? [] : [`    ; settled: ${inComment(settled)}`]),
        `    ${entry.debitName}  ${entry.amount} ${entry.currency}`,
        `    ${entry.creditName}  -${entry.amount} ${entry.currency}`,
        '',
        '',
      ].join('\n'),
  },
};

export function exportHeaders(format: ExportFormat, name: string): Record<string, string> {
  const { contentType, extension } = WRITERS[format];
  return {
    'content-type': contentType,
    'content-disposition': `attachment; filename="${name}.${extension}"`,
  };
}

/** The same entries give the same bytes. */
export async function* exportTexts(
  entries: AsyncIterable<BookEntry>,
  { format, chart, accounts }: { format: ExportFormat; chart: Chart; accounts: readonly string[] },
): AsyncGenerator<string> {
  const writer = WRITERS[format];
  yield writer.head(accounts.map((account) => accountName(chart, account)).sort());
  for await (const entry of entries) yield writer.entry(named(entry, chart));
}

function declared(accounts: readonly string[], textOf: (name: string) => string): string {
  return accounts.length === 0 ? '' : `${accounts.map(textOf).join('')}\n`;
}

function named(entry: BookEntry, chart: Chart): NamedEntry {
  const { settledMinor, settledCurrency } = entry;
  return {
    ...entry,
    debitName: accountName(chart, entry.debit),
    creditName: accountName(chart, entry.credit),
    amount: decimalOfMinor(entry.amountMinor, entry.currency),
    settled:
      settledMinor === null || settledCurrency === null
        ? null
        : `${decimalOfMinor(settledMinor, settledCurrency)} ${settledCurrency}`,
  };
}

/** One line of a CSV file, its line break included. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\n`;
}

/** A spreadsheet would take a text that begins like a formula for one. */
function csvCell(text: string): string {
  const safe = /^[=+@\t\r-]/.test(text) && !/^-?[\d.]+( [A-Z]{3})?$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** A semicolon begins a comment, a comma ends a tag, and a bar separates payee and note. */
function inComment(text: string): string {
  return text.replaceAll(/[;,|\r\n]/g, '_');
}
