/** The report of a month's end: what a bookkeeper needs to close it, as data and as a PDF. */
import { drawReport, type ReportColumn } from '../invoices/draw-report.ts';
import { decimalText } from '../money/text.ts';
import type { AccountMovement } from '../store/settlements/book-entries.ts';
import type { Difference, Month } from '../store/settlements/differences.ts';
import type { MonthEnd } from '../store/settlements/month-end.ts';
import { accountName, type Chart } from './chart.ts';
import { missingText } from './missing-reports.ts';

export interface MonthEndReport extends MonthEnd {
  /** `YYYY-MM` */
  month: string;
  /** Whether its last day is over, in UTC. */
  isOver: boolean;
  accounts: readonly AccountMovement[];
  /** Of the month, by gateway. */
  gateways: readonly Month[];
  /** Open differences of the month, oldest first; the first ones alone where there are many. */
  open: readonly Difference[];
}

/** A month is closed when it is over, its reports are in, and nothing of it is open. */
export function isClosed({
  isOver,
  gateways,
  missing,
}: Pick<MonthEndReport, 'isOver' | 'gateways' | 'missing'>): boolean {
  return isOver && missing.length === 0 && gateways.every(({ open }) => open === 0);
}

/** One line for each reason. */
function stateOf(report: MonthEndReport): string[] {
  if (!report.isOver) return ['Not over yet: what is shown is its present state.'];
  if (isClosed(report)) return ['Closed: nothing is open.'];
  const open = report.gateways.reduce((sum, gateway) => sum + gateway.open, 0);
  return [
    ...(open === 0 ? [] : [`Not closed: ${open} differences are open.`]),
    ...report.missing.map((one) => `Not closed: ${missingText(one)}.`),
  ];
}

const text = (name: string, share: number): ReportColumn => ({ name, share });
const number = (name: string, share: number): ReportColumn => ({ name, share, align: 'right' });

/** The same report gives the same bytes. */
export function monthEndPdf(
  report: MonthEndReport,
  { chart, sellerName }: { chart: Chart; sellerName: string },
): Promise<Buffer> {
  const { month, accounts, gateways, open, fees, payouts, papers } = report;
  return drawReport({
    title: `Month-end report ${month}`,
    lines: [sellerName, ...stateOf(report)].filter((line) => line !== ''),
    at: endOf(month),
    tables: [
      {
        heading: 'Trial balance',
        none: 'No entry has been posted yet.',
        columns: [
          text('Account', 0.4),
          text('', 0.08),
          ...['Before', 'Debit', 'Credit', 'After'].map((name) => number(name, 0.13)),
        ],
        rows: accounts.map(({ account, currency, ...sums }) => [
          accountName(chart, account),
          currency,
          ...[sums.openingMinor, sums.debitMinor, sums.creditMinor, sums.closingMinor].map(
            (minor) => decimalText(minor, currency),
          ),
        ]),
      },
      {
        heading: 'Gateways',
        none: 'No report has been imported for this month.',
        columns: [
          text('Gateway', 0.4),
          ...['Lines', 'Open', 'Decided'].map((name) => number(name, 0.2)),
        ],
        rows: gateways.map(({ gateway, lines, open: left, decided }) => [
          gateway,
          ...[lines, left, decided].map(String),
        ]),
      },
      {
        heading: 'Open differences',
        none: 'None.',
        columns: [
          ...[text('No.', 0.08), text('Kind', 0.2), text('Reference', 0.32), text('', 0.08)],
          ...[number('Books', 0.16), number('Report', 0.16)],
        ],
        rows: open.map(({ id, kind, reference, currency, expectedMinor, foundMinor }) => [
          ...[id, kind, reference, currency],
          ...[expectedMinor, foundMinor].map((minor) =>
            minor === null ? '–' : decimalText(minor, currency),
          ),
        ]),
      },
      {
        heading: 'Fees',
        none: 'No gateway has reported a line.',
        columns: [
          ...[text('Gateway', 0.4), text('', 0.1), number('Lines', 0.14)],
          ...[number('Fees', 0.18), number('Tax on fees', 0.18)],
        ],
        rows: fees.map(({ gateway, currency, lines, feeMinor, taxMinor }) => [
          ...[gateway, currency, String(lines)],
          ...[feeMinor, taxMinor].map((minor) => decimalText(minor, currency)),
        ]),
      },
      {
        heading: 'Payouts',
        none: 'No gateway has paid out.',
        columns: [
          ...[text('Day', 0.14), text('Gateway', 0.16), text('Payout', 0.34)],
          ...[number('Lines', 0.1), text('', 0.08), number('Amount', 0.18)],
        ],
        rows: payouts.map(({ day, gateway, payoutId, lines, currency, amountMinor, kind }) => [
          ...[day, gateway, kind === 'returned' ? `${payoutId} (came back)` : payoutId],
          ...[String(lines), currency],
          decimalText(kind === 'returned' ? -amountMinor : amountMinor, currency),
        ]),
      },
      {
        heading: 'Papers',
        none: 'None was issued.',
        columns: [
          ...[text('Kind', 0.3), number('Number', 0.14), number('First', 0.14)],
          ...[number('Last', 0.14), text('', 0.1), number('Amount', 0.18)],
        ],
        rows: papers.map(({ kind, count, first, last, currency, amountMinor }) => [
          kind === 'invoice' ? 'Invoices' : 'Credit notes',
          ...[count, first, last].map(String),
          currency,
          decimalText(amountMinor, currency),
        ]),
      },
    ],
  });
}

/** The first moment after the month, in UTC. */
export function endOf(month: string): Date {
  const [year = 0, ofYear = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, ofYear, 1));
}
