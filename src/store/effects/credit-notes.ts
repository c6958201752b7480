/**
 * Credit notes: what corrects an invoice after a refund. Numbered without gaps in a series of their own,
 * issued once for a refund, never changed afterwards.
 */
import { and, asc, eq, getTableColumns, inArray, sql } from 'drizzle-orm';
import type { Address, Seller } from '../../domain/details.ts';
import type { Database } from '../database.ts';
import { creditNotes, invoices } from '../schema/effects.ts';
import {
  asJson,
  DEFAULT_NUMBERS,
  insertNumbered,
  isPrinted,
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
  /** Minor units of `currency`. */
  amountMinor: number;
  currency: string;
}

export interface CreditNote extends NewCreditNote {
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
  const { orderId, refundId, key, customerId, invoiceNumber, amountMinor, currency } = note;
  const { email, customerName, customerAddress, seller } = note;
  const issued = await insertNumbered(database, 'credit_note', {
    known: sql`select from ${creditNotes}
      where order_id = ${orderId} and refund_id = ${refundId}`,
    insert: sql`insert into ${creditNotes} (
        number, printed, order_id, refund_id, key, customer_id, invoice_number, email, customer_name,
        customer_address, seller, amount_minor, currency
      )
      select number, ${printedAs(numbers)}, ${orderId}, ${refundId}, ${key}, ${customerId}, ${invoiceNumber}::bigint,
        ${email}, ${customerName}, ${asJson(customerAddress)}::json, ${asJson(seller)}::json,
        ${amountMinor}::bigint, ${currency}
      from numbered`,
  });
  const known = await findCreditNote(database, note);
  if (known === null && issued !== null) throw new Error(`the credit note of ${key} is gone`);
  if (known === null) throw new Error(`the credit note of ${key} was issued for another refund`);
  return known;
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
