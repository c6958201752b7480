/**
 * Stripe's reports (docs.stripe.com/reports): itemized balance change and payout reconciliation as CSV, and the
 * list of balance transactions of the API. Columns and their order are chosen by whoever runs a report.
 */
import { z } from 'zod';
import { fromStripeAmount } from '../../gateways/stripe/amounts.ts';
import {
  amountOf,
  checked,
  currencyOf,
  idOf,
  kindOf,
  optionalIdOf,
  orderHintOf,
  type Row,
  timeOf,
} from '../cells.ts';
import { type LineKind, ReportError, type SettlementLine } from '../line.ts';
import type { CsvFormat, JsonFormat } from './format.ts';
import { itemOf } from './item.ts';
import { localTimeOf } from './local-time.ts';

/** By reporting category. One that is not listed stops the file. */
const KINDS = {
  charge: 'capture',
  partial_capture_reversal: 'capture_reversal',
  refund: 'refund',
  refund_failure: 'refund_failure',
  dispute: 'dispute',
  dispute_reversal: 'dispute_reversal',
  fee: 'fee',
  other_adjustment: 'adjustment',
  risk_reserved_funds: 'reserve',
  advance: 'advance',
  advance_funding: 'advance',
  payout: 'payout',
  payout_reversal: 'payout_reversal',
} as const satisfies Record<string, LineKind>;

const OF_PAYMENTS: readonly LineKind[] = ['capture', 'capture_reversal'];

const REQUIRED = [
  'balance_transaction_id',
  'created|created_utc',
  'currency',
  'gross',
  'fee',
  'net',
  'reporting_category',
  'source_id',
  'payment_intent_id',
];

function clock(header: ReadonlySet<string>, zone: string) {
  // Where both are there, the one with its zone in the name leaves no question.
  return { valueZone: header.has('created_utc') ? 'UTC' : zone, bookZone: zone };
}

const isItemized = (header: ReadonlySet<string>) =>
  header.has('balance_transaction_id') && header.has('reporting_category');

export const stripeBalance: CsvFormat = {
  type: 'csv',
  id: 'stripe.balance',
  idColumn: 'balance_transaction_id',
  gateway: 'stripe',
  defaultZone: 'UTC',
  required: REQUIRED,
  isOne: (header) => isItemized(header) && !header.has('automatic_payout_id'),
  clock,
  read,
};

export const stripePayouts: CsvFormat = {
  ...stripeBalance,
  id: 'stripe.payout_reconciliation',
  required: [...REQUIRED, 'automatic_payout_id'],
  isOne: (header) => isItemized(header) && header.has('automatic_payout_id'),
};

function read(row: Row): SettlementLine {
  const word = row.cell('reporting_category');
  const kind = kindOf(KINDS, { line: row.line, word, column: 'reporting_category' });
  const currency = currencyOf(row, 'currency');
  const sourceId = optionalIdOf(row, 'source_id');
  const paymentId =
    optionalIdOf(row, 'payment_intent_id') ??
    optionalIdOf(row, 'charge_id') ??
    (OF_PAYMENTS.includes(kind) ? sourceId : null);
  const grossMinor = amountOf(row, 'gross', currency);
  return checked(
    {
      lineId: idOf(row, 'balance_transaction_id'),
      kind,
      category: word,
      paymentId,
      reference: OF_PAYMENTS.includes(kind) ? paymentId : sourceId,
      orderHint: orderHintOf(row.cell('payment_metadata[orderId]')),
      grossMinor,
      feeMinor: amountOf(row, 'fee', currency),
      taxMinor: 0,
      netMinor: amountOf(row, 'net', currency),
      currency,
      ...customerOf(row, grossMinor),
      payoutId: kind === 'payout' ? sourceId : optionalIdOf(row, 'automatic_payout_id'),
      at: timeOf(row, row.cell('created_utc') === '' ? 'created' : 'created_utc'),
      fileLine: row.line,
    },
    { gross: 'gross', net: 'net' },
  );
}

/** The amount that the customer saw; the account's own where the report does not say. */
function customerOf(row: Row, grossMinor: number) {
  if (row.cell('customer_facing_amount') === '')
    return { customerMinor: null, customerCurrency: null };
  const customerCurrency = currencyOf(row, 'customer_facing_currency');
  const customerMinor = amountOf(row, 'customer_facing_amount', customerCurrency);
  if (customerMinor !== 0 && Math.sign(customerMinor) === -Math.sign(grossMinor))
    throw new ReportError(row.line, 'customer_facing_amount', 'has another sign than gross');
  return { customerMinor, customerCurrency };
}

/** Integers in the API's minor units, which are not always those of ISO 4217. */
const transactionSchema = z.object({
  id: z.string(),
  amount: z.int(),
  fee: z.int(),
  net: z.int(),
  currency: z.string(),
  reporting_category: z.string(),
  created: z.int(),
  source: z.union([
    z.string(),
    z.object({
      id: z.string(),
      payment_intent: z.string().nullish(),
      /** What the customer paid or got back, in the customer's currency; always positive. */
      amount: z.int().optional(),
      currency: z.string().optional(),
      metadata: z.object({ orderId: z.string().optional() }).nullish().catch(null),
    }),
    z.null(),
  ]),
});
type Transaction = z.infer<typeof transactionSchema>;

const pageSchema = z.object({
  object: z.literal('list'),
  url: z.literal('/v1/balance_transactions'),
  has_more: z.boolean(),
  data: z.array(z.unknown()),
});

export const stripeApi: JsonFormat = {
  type: 'json',
  id: 'stripe.balance_transactions',
  idColumn: 'id',
  gateway: 'stripe',
  defaultZone: 'UTC',
  isOne: (page) => pageSchema.safeParse(page).success,
  *read(pages) {
    let line = 0;
    for (const [index, page] of pages.entries()) {
      const { has_more: hasMore, data } = pageSchema.parse(page);
      if (hasMore !== index < pages.length - 1)
        throw new ReportError(
          null,
          'has_more',
          'the list is not whole: send all of its pages in one array',
        );
      for (const item of data) {
        line += 1;
        yield fromApi(item, line);
      }
    }
  },
  readItem: fromApi,
};

function fromApi(item: unknown, line: number): SettlementLine {
  const data = itemOf(transactionSchema, item, { line, list: 'data' });
  const row: Row = {
    line,
    cell: (name) => (name === 'currency' ? data.currency : name === 'id' ? data.id : ''),
  };
  const currency = currencyOf(row, 'currency');
  const kind = kindOf(KINDS, { line, word: data.reporting_category, column: 'reporting_category' });
  const source = typeof data.source === 'object' ? data.source : null;
  const sourceId = typeof data.source === 'string' ? data.source : (source?.id ?? null);
  const isOfPayment = OF_PAYMENTS.includes(kind);
  if (isOfPayment && source === null)
    throw new ReportError(line, 'source', 'has no payment_intent: ask with expand[]=data.source');
  // Money that came without a PaymentIntent has its charge's id alone, as in the reports.
  const paymentId = source?.payment_intent ?? (isOfPayment ? sourceId : null);
  const amount = (column: 'amount' | 'fee' | 'net') =>
    unitsOf(data[column], currency, { line, column });
  return checked(
    {
      lineId: idOf(row, 'id'),
      kind,
      category: data.reporting_category,
      paymentId,
      reference: isOfPayment ? paymentId : sourceId,
      orderHint: orderHintOf(source?.metadata?.orderId),
      grossMinor: amount('amount'),
      feeMinor: amount('fee'),
      taxMinor: 0,
      netMinor: amount('net'),
      currency,
      ...convertedFrom(data, kind, line),
      payoutId: kind === 'payout' ? sourceId : null,
      at: localTimeOf(data.created),
      fileLine: line,
    },
    { gross: 'amount', net: 'net' },
  );
}

/** Kinds whose source has the amount of the one transaction that is about it; a dispute has several. */
const OF_ONE_SOURCE: readonly LineKind[] = ['capture', 'refund', 'refund_failure'];

/** What the customer paid or got, where that was in another currency than the account's. */
function convertedFrom({ amount, currency, source }: Transaction, kind: LineKind, line: number) {
  const none = { customerMinor: null, customerCurrency: null };
  if (!OF_ONE_SOURCE.includes(kind) || source === null || typeof source === 'string') return none;
  const { amount: customerAmount, currency: code = currency } = source;
  if (customerAmount === undefined || code === currency) return none;
  const customerCurrency = currencyOf({ line, cell: () => code }, 'source');
  const minor = unitsOf(customerAmount, customerCurrency, { line, column: 'source' });
  return { customerMinor: amount < 0 ? -minor : minor, customerCurrency };
}

function unitsOf(amount: number, currency: string, at: { line: number; column: string }): number {
  try {
    return fromStripeAmount(amount, currency);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ReportError(at.line, at.column, `is no whole number of minor units of ${currency}`);
  }
}
