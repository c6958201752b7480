/** One row of a gateway's report in our words, whatever format it came in. */

/** What a row is about. The gateway's own word for it is kept beside it. */
export const LINE_KINDS = [
  'capture',
  /** The part of an authorization that was booked and never captured. */
  'capture_reversal',
  'refund',
  /** A refund that came back. */
  'refund_failure',
  'dispute',
  'dispute_reversal',
  /** A cost that has a row of its own: the amount is its gross, not its fee. */
  'fee',
  'adjustment',
  /** Money that the gateway withholds, and its release. */
  'reserve',
  /** An instant payout that is taken from later days. */
  'advance',
  /** Money that was passed on to another account of the gateway. */
  'transfer',
  'payout',
  /** A payout that failed or was cancelled: the money is at the gateway again. */
  'payout_reversal',
] as const;

export type LineKind = (typeof LINE_KINDS)[number];

/** Amounts are ISO minor units with the sign of the gateway's balance: what comes in is positive. */
export interface SettlementLine {
  /** The gateway's id of the row: the same row in another file is the same line. */
  lineId: string;
  kind: LineKind;
  /** The gateway's own word, such as `risk_reserved_funds`. */
  category: string;
  /** As orders know the payment. */
  paymentId: string | null;
  /** What the money belongs to, as orders know it: the capture, the refund, the dispute, the payout. */
  reference: string | null;
  /** The order that the gateway's metadata name; anyone with the gateway's key can write them. */
  orderHint: string | null;
  grossMinor: number;
  /** Positive where it costs; without tax. */
  feeMinor: number;
  /** Tax on the fee. */
  taxMinor: number;
  /** Gross less fee and tax. */
  netMinor: number;
  /** The settlement currency. */
  currency: string;
  /** What the customer paid or got, in the customer's currency; null where the report does not say. */
  customerMinor: number | null;
  customerCurrency: string | null;
  /** The payout that paid the line out; null where the report does not say. */
  payoutId: string | null;
  /** `YYYY-MM-DD hh:mm:ss` in the zone in which the report writes its values. */
  at: string;
  /** The line of the file, or of a JSON answer the number of the item; from 1. */
  fileLine: number;
}

/** A report that cannot be read. It names the place and repeats nothing of what stands there. */
export class ReportError extends Error {
  override readonly name = 'ReportError';
  /** From 1; null where it is about the file as a whole. */
  readonly line: number | null;
  /** The column's name in the report. */
  readonly column: string | null;
  readonly reason: string;

  constructor(line: number | null, column: string | null, reason: string) {
    const place = [
      ...(line === null ? [] : [`line ${line}`]),
      ...(column === null ? [] : [`column ${column}`]),
    ];
    super(place.length === 0 ? reason : `${place.join(', ')}: ${reason}`);
    this.line = line;
    this.column = column;
    this.reason = reason;
  }
}
