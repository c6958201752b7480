/**
 * Invoices: numbered without gaps, issued once for an order's epoch, never changed afterwards.
 */
import { and, desc, eq, sql } from 'drizzle-orm';
import type { Address, Seller } from '../../domain/details.ts';
import type { PricedLines } from '../../money/line-items.ts';
import type { Database } from '../database.ts';
import { invoices } from '../schema/effects.ts';
import {
  asJson,
  DEFAULT_NUMBERS,
  insertNumbered,
  isPrinted,
  type NumberPattern,
  printedAs,
} from './number-series.ts';

export interface NewInvoice {
  orderId: string;
  /** Counts the times that the order came to be paid. */
  epoch: number;
  /** The effect's key. */
  key: string;
  customerId: string;
  email: string | null;
  description: string | null;
  customerName: string | null;
  customerAddress: Address | null;
  seller: Seller | null;
  /** What was sold, line by line; null where the order did not say it. */
  lines: PricedLines | null;
  /** How it is drawn; a new invoice has the newest. */
  layout: number;
  /** Minor units of `currency`: what was due. */
  amountMinor: number;
  /** What of it the gateway let the customer off; null where it was paid as it was due. */
  discountMinor: number | null;
  currency: string;
  /** By what it was paid, as it is printed: the gateway, or such as `cash` for money by hand. */
  gateway: string;
}

export interface Invoice extends NewInvoice {
  number: number;
  /** As it is printed; null in invoices of a release that knew one way of printing it. */
  printed: string | null;
  issuedAt: Date;
}

/** Issues the invoice, or answers the one that was issued before, whatever is asked for now. */
export async function issueInvoice(
  database: Database,
  invoice: NewInvoice,
  numbers: NumberPattern = DEFAULT_NUMBERS.invoice,
): Promise<Invoice> {
  const { orderId, epoch, key, customerId, email, description } = invoice;
  const { customerName, customerAddress, seller, lines, layout } = invoice;
  const { amountMinor, discountMinor, currency, gateway } = invoice;
  const issued = await insertNumbered(database, 'invoice', {
    known: sql`select from ${invoices} where order_id = ${orderId} and epoch = ${epoch}`,
    insert: sql`insert into ${invoices} (
        number, printed, order_id, epoch, key, customer_id, email, description,
        customer_name, customer_address, seller, lines, layout, amount_minor, discount_minor,
        currency, gateway
      )
      select number, ${printedAs(numbers)}, ${orderId}, ${epoch}, ${key}, ${customerId}, ${email}, ${description},
        ${customerName}, ${asJson(customerAddress)}::json, ${asJson(seller)}::json, ${asJson(lines)}::json, ${layout}::int,
        ${amountMinor}::bigint, ${discountMinor}::bigint, ${currency}, ${gateway}
      from numbered`,
  });
  if (issued !== null) return { ...invoice, ...issued };
  const known = await findInvoice(database, invoice);
  if (known === null) throw new Error(`the invoice of ${key} was issued for another order`);
  return known;
}

async function findInvoice(
  { db }: Database,
  { orderId, epoch }: Pick<NewInvoice, 'orderId' | 'epoch'>,
): Promise<Invoice | null> {
  const [invoice] = await db
    .select()
    .from(invoices)
    .where(and(eq(invoices.orderId, orderId), eq(invoices.epoch, epoch)));
  return invoice ?? null;
}

/** The invoice of a number as it is printed; null where none has it. */
export async function invoiceByNumber({ db }: Database, printed: string): Promise<Invoice | null> {
  const [invoice] = await db.select().from(invoices).where(isPrinted('invoice', printed));
  return invoice ?? null;
}

/** The order's latest invoice; null before there is one. */
export async function readInvoice({ db }: Database, orderId: string): Promise<Invoice | null> {
  const [invoice] = await db
    .select()
    .from(invoices)
    .where(eq(invoices.orderId, orderId))
    .orderBy(desc(invoices.epoch))
    .limit(1);
  return invoice ?? null;
}
