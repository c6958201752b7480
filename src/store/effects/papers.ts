/** Invoices and credit notes together, as they were issued in a month or on a day. */
import { sql } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { type ListQuery, type Page, pageOf, readCursor } from '../page.ts';
import { creditNotes, invoices } from '../schema/effects.ts';
import type { Period } from '../settlements/book-entries.ts';

export const PAPER_KINDS = ['invoice', 'credit_note'] as const;
export type PaperKind = (typeof PAPER_KINDS)[number];

export interface Paper {
  kind: PaperKind;
  number: number;
  /** As it is printed; null in papers of a release that knew one way of printing it. */
  printed: string | null;
  orderId: string;
  /** Of a credit note: the gateway's id of the refund. */
  refundId: string | null;
  /** Of a credit note: the number of the invoice that it corrects. */
  corrects: number | null;
  correctsPrinted: string | null;
  customerId: string;
  /** Minor units of `currency`: what was due, or what is given back. */
  amountMinor: number;
  /** What of it the gateway let the customer off; null where nothing, and in credit notes. */
  discountMinor: number | null;
  currency: string;
  issuedAt: Date;
}

interface Row extends Record<string, unknown> {
  kind: PaperKind;
  number: string;
  printed: string | null;
  order_id: string;
  refund_id: string | null;
  corrects: string | null;
  corrects_printed: string | null;
  customer_id: string;
  amount_minor: string;
  discount_minor: string | null;
  currency: string;
  issued_at: Date | string;
}

const START = { atMs: 0, id: '' };
/** Rows of a few hundred bytes each. */
const PAGE = 1_000;

/**
 * One page, oldest first.
 *
 * @throws CursorError
 */
export async function listPapers(
  { db }: Database,
  { from, to }: Period,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<Page<Paper>> {
  const query: ListQuery = { list: 'papers', filter: { from, to } };
  const { atMs, id } = cursor === undefined ? START : readCursor(cursor, query);
  const { rows } = await db.execute<Row>(sql`
    select * from (
      select 'invoice' as kind, number, printed, order_id, null as refund_id,
        null::bigint as corrects, null as corrects_printed, customer_id, amount_minor,
        discount_minor, currency, issued_at
      from ${invoices}
      union all
      select 'credit_note', n.number, n.printed, n.order_id, n.refund_id, n.invoice_number,
        i.printed, n.customer_id, n.amount_minor, null, n.currency, n.issued_at
      from ${creditNotes} n left join ${invoices} i on i.number = n.invoice_number
    ) papers
    where issued_at >= (${from}::date)::timestamp at time zone 'UTC'
      and issued_at < (${to}::date + 1)::timestamp at time zone 'UTC'
      and (issued_at, (kind || ':' || number) collate "C")
        > (to_timestamp(${atMs}::double precision / 1000), ${id} collate "C")
    order by issued_at, (kind || ':' || number) collate "C"
    limit ${limit + 1}`);
  return pageOf(rows.map(paperOf), { limit, query }, ({ kind, number, issuedAt }) => ({
    atMs: issuedAt.getTime(),
    id: `${kind}:${number}`,
  }));
}

/** All of them, page after page. */
export async function* everyPaper(database: Database, period: Period): AsyncGenerator<Paper> {
  let cursor: string | undefined;
  do {
    const page = await listPapers(database, period, { limit: PAGE, cursor });
    yield* page.items;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}

function paperOf(row: Row): Paper {
  return {
    kind: row.kind,
    number: Number(row.number),
    printed: row.printed,
    orderId: row.order_id,
    refundId: row.refund_id,
    corrects: row.corrects === null ? null : Number(row.corrects),
    correctsPrinted: row.corrects_printed,
    customerId: row.customer_id,
    amountMinor: Number(row.amount_minor),
    discountMinor: row.discount_minor === null ? null : Number(row.discount_minor),
    currency: row.currency,
    issuedAt: new Date(row.issued_at),
  };
}
