/**
 * Razorpay's settlement recon (razorpay.com/docs/api/settlements/fetch-recon): the dashboard's CSV in rupees, whose
 * fee is without tax, and the API's JSON in paise, whose fee includes it. The same money, opposite arithmetic.
 */
import { z } from 'zod';
import {
  amountOf,
  checked,
  currencyOf,
  idOf,
  kindOf,
  optionalAmountOf,
  optionalIdOf,
  orderHintOf,
  type Row,
  timeOf,
} from '../cells.ts';
import { type LineKind, ReportError, type SettlementLine } from '../line.ts';
import type { CsvFormat, JsonFormat } from './format.ts';
import { itemOf } from './item.ts';
import { localTimeOf } from './local-time.ts';

const KINDS = {
  payment: 'capture',
  refund: 'refund',
  transfer: 'transfer',
  adjustment: 'adjustment',
} as const satisfies Record<string, LineKind>;

const FEE = 'fee (exclusive tax)';

export const razorpayDashboard: CsvFormat = {
  type: 'csv',
  id: 'razorpay.recon_csv',
  idColumn: 'entity_id',
  gateway: 'razorpay',
  // No value has a zone; the dashboard shows Indian time.
  defaultZone: 'Asia/Kolkata',
  required: [
    'transaction_entity',
    'entity_id',
    'amount',
    'currency',
    FEE,
    'tax',
    'debit',
    'credit',
    'entity_created_at',
    'dispute_id',
    'settlement_id',
  ],
  isOne: (header) => header.has('transaction_entity') && header.has(FEE),
  clock: (_header, zone) => ({ valueZone: zone, bookZone: zone }),
  read(row) {
    const currency = currencyOf(row, 'currency');
    return lineOf({
      line: row.line,
      type: row.cell('transaction_entity'),
      typeColumn: 'transaction_entity',
      entityId: idOf(row, 'entity_id'),
      currency,
      amountMinor: amountOf(row, 'amount', currency),
      feeMinor: optionalAmountOf(row, FEE, currency),
      taxMinor: optionalAmountOf(row, 'tax', currency),
      debitMinor: optionalAmountOf(row, 'debit', currency),
      creditMinor: optionalAmountOf(row, 'credit', currency),
      paymentId: null,
      disputeId: optionalIdOf(row, 'dispute_id'),
      settlementId: optionalIdOf(row, 'settlement_id'),
      orderHint: hintIn(row.cell('order_notes')) ?? hintIn(row.cell('payment_notes')),
      at: timeOf(row, 'entity_created_at'),
    });
  },
};

interface ReconRow {
  line: number;
  type: string;
  typeColumn: string;
  entityId: string;
  currency: string;
  /** Always positive: the direction is in debit and credit. */
  amountMinor: number;
  /** Without tax. */
  feeMinor: number;
  taxMinor: number;
  debitMinor: number;
  creditMinor: number;
  /** The payment of a refund or transfer; of a payment it is the entity itself. */
  paymentId: string | null;
  disputeId: string | null;
  settlementId: string | null;
  orderHint: string | null;
  at: string;
}

function lineOf(row: ReconRow): SettlementLine {
  const { line, debitMinor, creditMinor, amountMinor, disputeId, entityId } = row;
  const named = kindOf(KINDS, { line, word: row.type, column: row.typeColumn });
  if (debitMinor < 0 || creditMinor < 0 || (debitMinor > 0 && creditMinor > 0))
    throw new ReportError(line, 'debit', 'and credit may not both be filled, nor be negative');
  const isCredit = debitMinor === 0 && (creditMinor > 0 || named === 'capture');
  const kind = kindOfDispute(named, { disputeId, isCredit });
  const paymentId = named === 'capture' ? entityId : row.paymentId;
  return checked(
    {
      lineId: entityId,
      kind,
      category: row.type,
      paymentId,
      reference: kind === 'dispute' || kind === 'dispute_reversal' ? disputeId : entityId,
      orderHint: row.orderHint,
      grossMinor: isCredit || amountMinor === 0 ? amountMinor : -amountMinor,
      feeMinor: row.feeMinor,
      taxMinor: row.taxMinor,
      netMinor: creditMinor - debitMinor,
      currency: row.currency,
      customerMinor: null,
      customerCurrency: null,
      payoutId: row.settlementId,
      at: row.at,
      fileLine: line,
    },
    { gross: 'amount', net: isCredit ? 'credit' : 'debit' },
  );
}

/** What a dispute takes and gives back comes as an adjustment that names it. */
function kindOfDispute(
  kind: LineKind,
  { disputeId, isCredit }: { disputeId: string | null; isCredit: boolean },
): LineKind {
  if (kind !== 'adjustment' || disputeId === null) return kind;
  return isCredit ? 'dispute_reversal' : 'dispute';
}

/** Notes are a text, an object or an empty list. */
function hintIn(notes: unknown): string | null {
  if (typeof notes === 'string' && !notes.includes('orderId')) return null;
  const { data } = z
    .union([z.string().transform(parsed), z.looseObject({})])
    .pipe(z.looseObject({ orderId: z.string() }))
    .safeParse(notes);
  return orderHintOf(data?.orderId);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const optionalText = z.string().nullish();

/** Integers in paise; times in epoch seconds. */
const itemSchema = z.object({
  entity_id: z.string(),
  type: z.string(),
  debit: z.int(),
  credit: z.int(),
  amount: z.int(),
  currency: z.string(),
  fee: z.int(),
  tax: z.int(),
  created_at: z.int(),
  settlement_id: optionalText,
  payment_id: optionalText,
  dispute_id: optionalText,
  notes: z.unknown(),
});

const pageSchema = z.object({
  entity: z.literal('collection'),
  count: z.int(),
  items: z.array(z.looseObject({ entity_id: z.unknown() })),
});

export const razorpayApi: JsonFormat = {
  type: 'json',
  id: 'razorpay.recon_api',
  idColumn: 'entity_id',
  gateway: 'razorpay',
  defaultZone: 'Asia/Kolkata',
  isOne: (page) => pageSchema.safeParse(page).success,
  *read(pages) {
    let line = 0;
    for (const page of pages) {
      const { count, items } = pageSchema.parse(page);
      if (count !== items.length)
        throw new ReportError(null, 'count', 'is not the number of items: the answer is cut off');
      for (const item of items) {
        line += 1;
        yield fromApi(item, line);
      }
    }
  },
  readItem: fromApi,
};

function fromApi(item: unknown, line: number): SettlementLine {
  const data = itemOf(itemSchema, item, { line, list: 'items' });
  const texts: Record<string, string | null | undefined> = {
    currency: data.currency,
    entity_id: data.entity_id,
    payment_id: data.payment_id,
    dispute_id: data.dispute_id,
    settlement_id: data.settlement_id,
  };
  const row: Row = { line, cell: (name) => texts[name] ?? '' };
  return lineOf({
    line,
    type: data.type,
    typeColumn: 'type',
    entityId: idOf(row, 'entity_id'),
    currency: currencyOf(row, 'currency'),
    amountMinor: data.amount,
    feeMinor: data.fee - data.tax,
    taxMinor: data.tax,
    debitMinor: data.debit,
    creditMinor: data.credit,
    paymentId: optionalIdOf(row, 'payment_id'),
    disputeId: optionalIdOf(row, 'dispute_id'),
    settlementId: optionalIdOf(row, 'settlement_id'),
    orderHint: hintIn(data.notes),
    at: localTimeOf(data.created_at),
  });
}
