/**
 * Credit notes: what corrects an invoice after a refund. Numbered without gaps in a series of their own,
 * issued once for a refund, never changed afterwards.
 */
import { and, asc, eq, getTableColumns, inArray, sql } from 'drizzle-orm';
import type { Address, Seller } from '../../domain/details.ts';
import { type CreditedTaxes, creditLines, type PricedLines } from '../../money/line-items.ts';
import type { Database } from '../database.ts';
import { creditNotes, invoices, numberSeries } from '../schema/effects.ts';
import {
  asJson,
  DEFAULT_NUMBERS,
  insertNumbered,
  isPrinted,
  type Numbered,
  type NumberPattern,
  printedAs,
} from './number-series.ts';

export interface NewCreditNote {
  orderId: string;
  refundId: string;
  /** The effect's key. */
  key: string;
  customerId: string;
  /** The invoice that is corrected. */
  invoiceNumber: number | null;
  email: string | null;
  customerName: string | null;
  customerAddress: Address | null;
  seller: Seller | null;
  /** Those of the invoice; null where it has none. */
  lines: PricedLines | null;
  money: OrderMoney;
  /** Minor units of `currency`. */
  amountMinor: number;
  currency: string;
}

/** What the order's record says, in minor units of its currency; only what is invoiced has tax that can be taken back. */
export interface OrderMoney {
  /** Received, let off by the gateway or written off, less what was lost to a bank. */
  settledMinor: number;
  /** What has gone back, and what of it came back again, by the gateway's id. */
  refunds: readonly { refundId: string; amountMinor: number; status: 'succeeded' | 'reversed' }[];
  /** Those of them that have a credit note, or will have one; the others went back before there was an invoice. */
  corrected: ReadonlySet<string>;
}

export interface CreditNote extends Omit<NewCreditNote, 'lines' | 'money'> {
  /** What of the invoice's lines it takes back, rate by rate; null where the invoice has none. */
  credited: CreditedTaxes | null;
  number: number;
  /** As it is printed; null in notes of a release that knew one way of printing it. */
  printed: string | null;
  /** The number of the corrected invoice as it is printed there; null as above. */
  invoicePrinted: string | null;
  issuedAt: Date;
}

/** Issues the credit note, or answers the one that was issued before for the same refund. */
export async function issueCreditNote(
  database: Database,
  note: NewCreditNote,
  numbers: NumberPattern = DEFAULT_NUMBERS.credit_note,
): Promise<CreditNote> {
  const { lines } = note;
  const issued =
    lines === null
      ? await insertNote(database, { ...note, numbers, credited: null })
      : await insertInTurn(database, { ...note, lines, numbers });
  const known = await findCreditNote(database, note);
  if (known === null && issued !== null) throw new Error(`the credit note of ${note.key} is gone`);
  if (known === null)
    throw new Error(`the credit note of ${note.key} was issued for another refund`);
  return known;
}

type Issuing = NewCreditNote & { numbers: NumberPattern };

/** What is left to credit depends on the notes before: they are issued one after the other, as their numbers are. */
function insertInTurn(
  { db }: Database,
  note: Issuing & { lines: PricedLines },
): Promise<Numbered | null> {
  const { orderId, invoiceNumber, lines, amountMinor, money } = note;
  return db.transaction(async (tx) => {
    await tx
      .select({ last: numberSeries.last })
      .from(numberSeries)
      .where(eq(numberSeries.name, 'credit_note'))
      .for('update');
    const { refundId, credited, invoiceNumber: corrects } = creditNotes;
    const before = await tx
      .select({ refundId, credited, corrects, amountMinor: creditNotes.amountMinor })
      .from(creditNotes)
      .where(eq(creditNotes.orderId, orderId));
    const issued = await tx
      .select({ amountMinor: invoices.amountMinor })
      .from(invoices)
      .where(eq(invoices.orderId, orderId));
    const earlier = before
      .filter((one) => invoiceNumber === null || one.corrects === invoiceNumber)
      .flatMap((one) => one.credited ?? []);
    const surplus = surplusOf(money, sumOf(issued), before);
    return insertNote(
      { db: tx },
      { ...note, credited: creditLines(lines, earlier, amountMinor, surplus) },
    );
  });
}

interface Noted {
  refundId: string;
  amountMinor: number;
  credited: CreditedTaxes | null;
}

/** Money that was paid twice, or that came back after its credit note was issued: it can go back without taking back tax. */
function surplusOf(
  { settledMinor, refunds, corrected }: OrderMoney,
  invoicedMinor: number,
  before: readonly Noted[],
): number {
  const noted = new Set(before.map(({ refundId }) => refundId));
  const uninvoiced = refunds.filter(
    ({ refundId, status }) =>
      status === 'succeeded' && !corrected.has(refundId) && !noted.has(refundId),
  );
  const reversed = new Set(
    refunds.filter(({ status }) => status === 'reversed').map(({ refundId }) => refundId),
  );
  const cameBack = before.filter(({ refundId }) => reversed.has(refundId));
  const wentBack = before.reduce((all, { credited }) => all + (credited?.beyond ?? 0), 0);
  const beyond = Math.max(0, settledMinor - sumOf(uninvoiced) - invoicedMinor);
  return Math.max(0, beyond + sumOf(cameBack) - wentBack);
}

function sumOf(all: readonly { amountMinor: number }[]): number {
  return all.reduce((total, { amountMinor }) => total + amountMinor, 0);
}

function insertNote(
  database: Parameters<typeof insertNumbered>[0],
  note: Issuing & { credited: CreditedTaxes | null },
): Promise<Numbered | null> {
  const { orderId, refundId, key, customerId, invoiceNumber, amountMinor, currency } = note;
  const { email, customerName, customerAddress, seller, credited, numbers } = note;
  return insertNumbered(database, 'credit_note', {
    known: sql`select from ${creditNotes}
      where order_id = ${orderId} and refund_id = ${refundId}`,
    insert: sql`insert into ${creditNotes} (
        number, printed, order_id, refund_id, key, customer_id, invoice_number, email, customer_name,
        customer_address, seller, credited, amount_minor, currency
      )
      select number, ${printedAs(numbers)}, ${orderId}, ${refundId}, ${key}, ${customerId}, ${invoiceNumber}::bigint,
        ${email}, ${customerName}, ${asJson(customerAddress)}::json, ${asJson(seller)}::json,
        ${asJson(credited)}::json, ${amountMinor}::bigint, ${currency}
      from numbered`,
  });
}

const ALL = { ...getTableColumns(creditNotes), invoicePrinted: invoices.printed };

/** Of one refund, by the gateway's id; null before there is one. */
export async function findCreditNote(
  { db }: Database,
  { orderId, refundId }: Pick<NewCreditNote, 'orderId' | 'refundId'>,
): Promise<CreditNote | null> {
  const [note] = await db
    .select(ALL)
    .from(creditNotes)
    .leftJoin(invoices, eq(invoices.number, creditNotes.invoiceNumber))
    .where(and(eq(creditNotes.orderId, orderId), eq(creditNotes.refundId, refundId)));
  return note ?? null;
}

/** The credit note of a number as it is printed; null where none has it. */
export async function creditNoteByNumber(
  { db }: Database,
  printed: string,
): Promise<CreditNote | null> {
  const numbered = db
    .select({ number: creditNotes.number })
    .from(creditNotes)
    .where(isPrinted('credit_note', printed));
  const [note] = await db
    .select(ALL)
    .from(creditNotes)
    .leftJoin(invoices, eq(invoices.number, creditNotes.invoiceNumber))
    .where(inArray(creditNotes.number, numbered));
  return note ?? null;
}

/** The order's credit notes in the order of their numbers. */
export async function listCreditNotes({ db }: Database, orderId: string): Promise<CreditNote[]> {
  return db
    .select(ALL)
    .from(creditNotes)
    .leftJoin(invoices, eq(invoices.number, creditNotes.invoiceNumber))
    .where(eq(creditNotes.orderId, orderId))
    .orderBy(asc(creditNotes.number));
}
