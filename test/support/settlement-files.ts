/** Reports of gateways as texts, and what the readers make of them. */
import { Readable, Writable } from 'node:stream';
import { ReportError, type SettlementLine } from '../../src/settlements/line.ts';
import {
  type ReadOptions,
  type ReadReport,
  readReport,
} from '../../src/settlements/read-report.ts';

const STRIPE_COLUMNS = [
  'balance_transaction_id',
  'created_utc',
  'currency',
  'gross',
  'fee',
  'net',
  'reporting_category',
  'source_id',
  'payment_intent_id',
  'automatic_payout_id',
  'customer_facing_amount',
  'customer_facing_currency',
  'payment_metadata[orderId]',
  'description',
] as const;

export type StripeRow = Partial<Record<(typeof STRIPE_COLUMNS)[number], string>>;

const STRIPE_ROW: StripeRow = {
  created_utc: '2026-01-26 10:00:00',
  currency: 'usd',
  fee: '0.00',
};

/** Stripe's itemized payout reconciliation; `without` leaves columns away. */
export function stripeReport(rows: readonly StripeRow[], without: readonly string[] = []): string {
  const columns = STRIPE_COLUMNS.filter((column) => !without.includes(column));
  return csv(
    columns,
    rows.map((row) => columns.map((column) => ({ ...STRIPE_ROW, ...row })[column] ?? '')),
  );
}

const RAZORPAY_COLUMNS = [
  'transaction_entity',
  'entity_id',
  'amount',
  'currency',
  'fee (exclusive tax)',
  'tax',
  'debit',
  'credit',
  'payment_method',
  'entity_created_at',
  'payment_notes',
  'order_id',
  'order_receipt',
  'order_notes',
  'dispute_id',
  'settlement_id',
  'settled_at',
  'settlement_utr',
] as const;

export type RazorpayRow = Partial<Record<(typeof RAZORPAY_COLUMNS)[number], string>>;

const RAZORPAY_ROW: RazorpayRow = {
  currency: 'INR',
  'fee (exclusive tax)': '0.00',
  tax: '0.00',
  debit: '0.00',
  credit: '0.00',
  entity_created_at: '2026-01-26 10:00:00',
  settlement_id: 'setl_1',
};

/** The settlement recon of Razorpay's dashboard. */
export function razorpayReport(rows: readonly RazorpayRow[]): string {
  return csv(
    RAZORPAY_COLUMNS,
    rows.map((row) =>
      RAZORPAY_COLUMNS.map((column) => ({ ...RAZORPAY_ROW, ...row })[column] ?? ''),
    ),
  );
}

const ADYEN_COLUMNS = [
  'Company Account',
  'Merchant Account',
  'Psp Reference',
  'Merchant Reference',
  'Payment Method',
  'Creation Date',
  'TimeZone',
  'Type',
  'Modification Reference',
  'Gross Currency',
  'Gross Debit (GC)',
  'Gross Credit (GC)',
  'Exchange Rate',
  'Net Currency',
  'Net Debit (NC)',
  'Net Credit (NC)',
  'Commission (NC)',
  'Markup (NC)',
  'Scheme Fees (NC)',
  'Interchange (NC)',
  'Batch Number',
  'Booking Date',
  'Booking Date TimeZone',
  'Payment Fees (NC)',
] as const;

export type AdyenRow = Partial<Record<(typeof ADYEN_COLUMNS)[number], string>>;

const ADYEN_ROW: AdyenRow = {
  'Company Account': 'Shop',
  'Merchant Account': 'ShopECOM',
  'Creation Date': '2026-01-25 09:00:00',
  TimeZone: 'CET',
  'Gross Currency': 'EUR',
  'Exchange Rate': '1',
  'Net Currency': 'EUR',
  'Batch Number': '7',
  'Booking Date': '2026-01-26 11:00:00',
  'Booking Date TimeZone': 'CET',
};

/** Adyen's settlement details of one batch; `without` leaves columns away. */
export function adyenReport(rows: readonly AdyenRow[], without: readonly string[] = []): string {
  const columns = ADYEN_COLUMNS.filter((column) => !without.includes(column));
  return csv(
    columns,
    rows.map((row) => columns.map((column) => ({ ...ADYEN_ROW, ...row })[column] ?? '')),
  );
}

export function csv(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, ...rows].map((cells) => `${cells.map(cellText).join(',')}\n`).join('');
}

function cellText(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** In pieces of a few bytes, so that every boundary falls somewhere else than a row's end. */
export function streamOf(file: string | Buffer, pieceBytes = 7): Readable {
  const bytes = Buffer.from(file);
  const pieces = Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, index) =>
    bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes),
  );
  return Readable.from(pieces);
}

export interface Read {
  report: ReadReport;
  lines: SettlementLine[];
}

export async function readLines(file: string | Buffer, options: ReadOptions = {}): Promise<Read> {
  const lines: SettlementLine[] = [];
  const report = await readReport(streamOf(file), options, {
    textOf(line) {
      lines.push(line);
      return 'x';
    },
    to: new Writable({ write: (_chunk, _encoding, done) => done() }),
  });
  return { report, lines };
}

/** What stops the file. */
export async function refusalOf(
  file: string | Buffer,
  options?: ReadOptions,
): Promise<ReportError> {
  try {
    await readLines(file, options);
  } catch (error) {
    if (error instanceof ReportError) return error;
    throw error;
  }
  throw new Error('the file was read to its end');
}
