/**
 * Adyen's settlement details report (docs.adyen.com/reporting/settlement-reconciliation): every row of one closed batch,
 * in the transaction's currency (GC) and the settlement's (NC), without signs and with a pair of columns for each.
 */
import { type Reference, readReference } from '../../gateways/adyen/payloads.ts';
import {
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
import type { CsvFormat } from './format.ts';

/** By journal type. One that is not listed stops the file. */
const KINDS = {
  Settled: 'capture',
  SettledReversed: 'capture_reversal',
  Refunded: 'refund',
  RefundedReversed: 'refund_failure',
  Chargeback: 'dispute',
  SecondChargeback: 'dispute',
  ChargebackReversed: 'dispute_reversal',
  Fee: 'fee',
  MiscCosts: 'fee',
  PaymentCost: 'fee',
  AuthorisationSchemeFee: 'fee',
  InvoiceDeduction: 'fee',
  DepositCorrection: 'reserve',
  /** What a batch owes is carried to the next one: a row in each, which cancel each other out. */
  Balancetransfer: 'advance',
  MatchedStatement: 'adjustment',
  ManualCorrected: 'adjustment',
  InternalCompanyPayout: 'transfer',
  MerchantPayout: 'payout',
  BankInstructionReturned: 'payout_reversal',
} as const satisfies Record<string, LineKind>;

/** Their sum is the whole fee. A column `Payment Fees (NC)` repeats it, and is not read. */
const FEES = ['Commission (NC)', 'Markup (NC)', 'Scheme Fees (NC)', 'Interchange (NC)'] as const;

/** The column of Adyen's own id of the payment. */
const PAYMENT = 'Psp Reference';

const OF_PAYMENTS: readonly LineKind[] = ['capture', 'capture_reversal'];
const OF_ORDERS: readonly LineKind[] = [
  ...OF_PAYMENTS,
  'refund',
  'refund_failure',
  'dispute',
  'dispute_reversal',
];

export const adyenSettlement: CsvFormat = {
  type: 'csv',
  id: 'adyen.settlement_details',
  idColumn: PAYMENT,
  gateway: 'adyen',
  defaultZone: 'Europe/Amsterdam',
  zoneLabels: {
    columns: ['Booking Date TimeZone', 'TimeZone'],
    ofDefault: ['CET', 'CEST'],
  },
  required: [
    'Merchant Account',
    PAYMENT,
    'Merchant Reference',
    'Booking Date|Creation Date',
    'Type',
    'Modification Reference',
    'Gross Currency',
    'Gross Debit (GC)',
    'Gross Credit (GC)',
    'Net Currency',
    'Net Debit (NC)',
    'Net Credit (NC)',
    ...FEES,
    'Batch Number',
  ],
  isOne: (header) => header.has(PAYMENT) && header.has('Net Credit (NC)'),
  clock: (_header, zone) => ({ valueZone: zone, bookZone: zone }),
  read(row) {
    const word = row.cell('Type');
    const kind = kindOf(KINDS, { line: row.line, word, column: 'Type' });
    const currency = currencyOf(row, 'Net Currency');
    const netMinor = differenceOf(row, 'Net', '(NC)', currency);
    const feeMinor = FEES.reduce((sum, fee) => sum + optionalAmountOf(row, fee, currency), 0);
    const isOfOrder = OF_ORDERS.includes(kind);
    const batch = `${idOf(row, 'Merchant Account')}.${idOf(row, 'Batch Number')}`;
    const owner = readReference(row.cell('Merchant Reference'));
    const modification = isOfOrder ? modificationOf(row, word) : null;
    return checked(
      {
        lineId: lineIdOf(row, { word, batch, modification }),
        kind,
        category: word,
        // A payment of other software is known by Adyen's own id.
        paymentId: !isOfOrder ? null : idOf(row, owner === null ? PAYMENT : 'Merchant Reference'),
        reference: OF_PAYMENTS.includes(kind)
          ? captureOf(row, owner, modification)
          : kind === 'payout'
            ? batch
            : modification,
        orderHint: isOfOrder ? orderHintOf(owner?.orderId) : null,
        ...amountsOf(row, { currency, netMinor, feeMinor, isOfOrder }),
        feeMinor,
        taxMinor: 0,
        netMinor,
        currency,
        payoutId: batch,
        at: timeOf(row, row.cell('Booking Date') === '' ? 'Creation Date' : 'Booking Date'),
        fileLine: row.line,
      },
      { gross: 'Gross Credit (GC)', net: 'Net Credit (NC)' },
    );
  },
};

/** Credit less debit. One of them is empty or 0. */
function differenceOf(row: Row, side: 'Gross' | 'Net', unit: string, currency: string): number {
  const [debitColumn, creditColumn] = [`${side} Debit ${unit}`, `${side} Credit ${unit}`];
  const debit = optionalAmountOf(row, debitColumn, currency);
  const credit = optionalAmountOf(row, creditColumn, currency);
  if (debit < 0 || credit < 0 || (debit > 0 && credit > 0))
    throw new ReportError(
      row.line,
      debitColumn,
      `and ${creditColumn} may not both be filled, nor be negative`,
    );
  return credit - debit;
}

/**
 * The gross amount in the currency of the settlement. Rates are shortened, so that of a converted payment it is what the
 * net amount and the fees come to.
 */
function amountsOf(
  row: Row,
  about: { currency: string; netMinor: number; feeMinor: number; isOfOrder: boolean },
): Pick<SettlementLine, 'grossMinor' | 'customerMinor' | 'customerCurrency'> {
  const { currency, netMinor, feeMinor, isOfOrder } = about;
  const none = { customerMinor: null, customerCurrency: null };
  // Payouts and costs may name any currency there, without an amount.
  if (!isOfOrder) return { grossMinor: netMinor + feeMinor, ...none };
  const customerCurrency = currencyOf(row, 'Gross Currency');
  const customerMinor = differenceOf(row, 'Gross', '(GC)', customerCurrency);
  if (customerCurrency === currency) return { grossMinor: customerMinor, ...none };
  return { grossMinor: netMinor + feeMinor, customerMinor, customerCurrency };
}

/** What the row is about, as its webhook has it: a capture, refund or dispute. */
function modificationOf(row: Row, word: string): string {
  const id = optionalIdOf(row, 'Modification Reference') ?? idOf(row, PAYMENT);
  return word === 'SecondChargeback' ? `${id}:second` : id;
}

/** Captured by itself, a payment has one capture, under its own id. */
function captureOf(row: Row, owner: Reference | null, modification: string | null): string | null {
  return owner?.isManual === true ? modification : idOf(row, PAYMENT);
}

/** Adyen gives its rows no id; what is about no payment is known by all that the row says. */
function lineIdOf(
  row: Row,
  { word, batch, modification }: { word: string; batch: string; modification: string | null },
): string {
  if (modification !== null) return [word, batch, modification].join('.');
  const parts = [
    'Creation Date',
    PAYMENT,
    'Modification Reference',
    'Net Currency',
    'Net Debit (NC)',
    'Net Credit (NC)',
  ].map((column) => row.cell(column).replaceAll(/[^\w.:-]+/g, '_'));
  return [word, batch, ...parts].join('.').slice(0, 255);
}
