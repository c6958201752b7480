/**
 * What the shop sent of a customer: corrected, erased, and all that is known of one. Papers and books are no part of it:
 * they keep what they were issued with.
 */
import { and, asc, eq, inArray, or, sql } from 'drizzle-orm';
import type { Address } from '../../domain/details.ts';
import { CHANGE_CHANNEL } from '../change-channel.ts';
import type { Database } from '../database.ts';
import { type ListQuery, type Page, pageOf, readCursor } from '../page.ts';
import { creditNotes, invoices } from '../schema/effects.ts';
import { orders, personalDataChanges } from '../schema/orders.ts';
import { STORED_ORDER, type StoredOrder } from './orders.ts';

/** Who asks for it, by the name or id of the key, and why. */
export interface Asked {
  actor: string;
  note: string;
}

/**
 * `unanswered`: a call that opens a payment waits for its answer, and a repeat of that call has to be the same call.
 * `erased`: there is nothing to correct any more.
 */
export type CorrectionOutcome = 'corrected' | 'unchanged' | 'unanswered' | 'erased' | 'unknown';

/** An order at rest asks its gateway nothing again. */
const IS_UNANSWERED = `not closed and exists (
  select from json_array_elements(ledger->'attempts') as attempt
  where attempt->>'status' in ('requested', 'unknown') and attempt->>'paymentId' is null
)`;

/** One statement: of a correction and a call that begins meanwhile, the later one sees the other. */
const CORRECT = `
  with found as (
    select id, customer_id, email, erased_at, ${IS_UNANSWERED} as is_unanswered
    from orders where id = $1 for no key update
  ), changed as (
    update orders set email = $2, corrected_at = now() from found
    where orders.id = found.id and found.erased_at is null and not found.is_unanswered
      and found.email is distinct from $2
    returning orders.id, found.customer_id
  ), logged as (
    insert into personal_data_changes (kind, customer_id, order_id, actor, note, finished_at)
    select 'correction', customer_id, id, $3, $4, now() from changed
  )
  select case
      when changed.id is not null then 'corrected'
      when found.erased_at is not null then 'erased'
      when found.email is not distinct from $2 then 'unchanged'
      else 'unanswered'
    end as outcome,
    case when changed.id is not null then pg_notify('${CHANGE_CHANNEL}', changed.id) end
  from found left join changed on true`;

/** The same address again changes nothing, and is no second entry. */
export async function correctEmail(
  { pool }: Pick<Database, 'pool'>,
  { orderId, email, actor, note }: Asked & { orderId: string; email: string },
): Promise<CorrectionOutcome> {
  const values = [orderId, email, actor, note];
  const { rows } = await pool.query<{ outcome: CorrectionOutcome }>(CORRECT, values);
  return rows[0]?.outcome ?? 'unknown';
}

/** Why an order is not erased yet. */
export const KEPT_REASONS = ['order_open', 'needs_review'] as const;
export type KeptReason = (typeof KEPT_REASONS)[number];

export interface Erasure {
  /** Orders whose data are erased, by now. */
  erasedOrders: number;
  /** Orders that still need them, oldest first, up to a bound; `isFinished` says whether there are any. */
  kept: { orderId: string; reason: KeptReason }[];
  isFinished: boolean;
}

/** As many as one answer names; the others are erased all the same. */
const MAX_KEPT = 100;
/** Orders of one statement, which has five seconds. */
const BATCH = 500;

/** An order has its time from an API's clock, which may be ahead of the database's. */
const ASK_TO_ERASE = `
  insert into personal_data_changes (kind, customer_id, actor, note, at)
  select 'erasure', $1, $2, $3,
    greatest(now(), (select max(created_at) from orders where customer_id = $1))
  where exists (
    select from orders where customer_id = $1 and erased_at is null and not exists (
      select from personal_data_changes as asked
      where asked.customer_id = $1 and asked.kind = 'erasure' and asked.finished_at is null
        and asked.at >= orders.created_at
    )
  )`;

/** A failed effect may be a paper that is still to be issued, and an open review may need to ask the customer. */
const ERASE = `
  with wanted as (
    select orders.id from orders
    where customer_id = $1 and closed and not needs_review and erased_at is null
      and created_at <= (
        select max(at) from personal_data_changes
        where customer_id = $1 and kind = 'erasure' and finished_at is null
      )
    order by created_at limit ${BATCH} for update
  )
  update orders
  set email = null, people = '{}', description = null, lines = null, metadata = '{}',
    erased_at = now()
  from wanted where orders.id = wanted.id
  returning pg_notify('${CHANGE_CHANNEL}', orders.id)`;

const FINISH = `
  update personal_data_changes as asked set finished_at = now()
  where customer_id = $1 and kind = 'erasure' and finished_at is null and not exists (
    select from orders
    where customer_id = $1 and erased_at is null and created_at <= asked.at
  )`;

/**
 * Erases what the shop sent of a customer with orders until now: e-mail address, name, address, shipping, description,
 * lines and metadata. What is still needed is erased later by `continueErasures`. Asked again it changes nothing that is done.
 * Null where no order names the customer.
 */
export async function eraseCustomer(
  { pool }: Pick<Database, 'pool'>,
  { customerId, actor, note }: Asked & { customerId: string },
): Promise<Erasure | null> {
  await pool.query(ASK_TO_ERASE, [customerId, actor, note]);
  await carryOut({ pool }, customerId);
  const { rows } = await pool.query<{ id: string; is_erased: boolean; needs_review: boolean }>(
    `select id, erased_at is not null as is_erased, needs_review
     from orders where customer_id = $1 order by created_at, id`,
    [customerId],
  );
  if (rows.length === 0) return null;
  const kept = rows.filter((order) => !order.is_erased);
  return {
    erasedOrders: rows.length - kept.length,
    kept: kept.slice(0, MAX_KEPT).map(({ id, needs_review }) => ({
      orderId: id,
      reason: needs_review ? 'needs_review' : 'order_open',
    })),
    isFinished: kept.length === 0,
  };
}

/** Carries on with erasures whose orders were still needed. */
export async function continueErasures({ pool }: Pick<Database, 'pool'>): Promise<void> {
  const { rows } = await pool.query<{ customer_id: string }>(
    'select distinct customer_id from personal_data_changes where finished_at is null',
  );
  for (const row of rows) await carryOut({ pool }, row.customer_id);
}

async function carryOut({ pool }: Pick<Database, 'pool'>, customerId: string): Promise<void> {
  let erased: number;
  do {
    erased = (await pool.query(ERASE, [customerId])).rowCount ?? 0;
  } while (erased === BATCH);
  await pool.query(FINISH, [customerId]);
}

/** What an invoice or a credit note prints of the customer. */
export interface PrintedPaper {
  kind: 'invoice' | 'credit_note';
  number: number;
  printed: string | null;
  orderId: string;
  email: string | null;
  name: string | null;
  address: Address | null;
  issuedAt: Date;
}

export interface PersonalDataChange {
  kind: 'correction' | 'erasure';
  orderId: string | null;
  actor: string;
  note: string;
  at: Date;
  /** Null while orders of an erasure are still needed. */
  finishedAt: Date | null;
}

/** Behind one change at a time, or, without one, behind everything else of that time. */
export interface ChangePosition {
  at: Date;
  changeId: number | null;
}

/** Corrections of the order, and what was asked to be erased of its customer since it was created. Oldest first. */
export async function changesOfOrder(
  { db }: Database,
  orderId: string,
  { limit, behind }: { limit: number; behind?: ChangePosition | undefined },
): Promise<(PersonalDataChange & { id: number })[]> {
  const { id, kind, actor, note, at, finishedAt, customerId } = personalDataChanges;
  const time = behind && sql`${behind.at.toISOString()}::timestamptz`;
  return db
    .select({ id, kind, orderId: personalDataChanges.orderId, actor, note, at, finishedAt })
    .from(personalDataChanges)
    .innerJoin(orders, eq(orders.customerId, customerId))
    .where(
      and(
        eq(orders.id, orderId),
        or(
          eq(personalDataChanges.orderId, orderId),
          and(eq(kind, 'erasure'), sql`${at} >= ${orders.createdAt}`),
        ),
        behind &&
          (behind.changeId === null
            ? sql`${at} >= ${time}`
            : sql`(${at}, ${id}) > (${time}, ${behind.changeId})`),
      ),
    )
    .orderBy(asc(at), asc(id))
    .limit(limit);
}

/**
 * The customer's orders, oldest first.
 *
 * @throws CursorError when the cursor is not one that this gave out.
 */
export async function ordersOfCustomer(
  { db }: Database,
  customerId: string,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<Page<StoredOrder>> {
  const query: ListQuery = { list: 'personal_data', filter: { customerId } };
  const behind = cursor === undefined ? undefined : readCursor(cursor, query);
  const found = await db
    .select(STORED_ORDER)
    .from(orders)
    .where(
      and(
        eq(orders.customerId, customerId),
        behind &&
          sql`(${orders.createdAt}, ${orders.id}) > (${new Date(behind.atMs).toISOString()}::timestamptz, ${behind.id})`,
      ),
    )
    .orderBy(asc(orders.createdAt), asc(orders.id))
    .limit(limit + 1);
  return pageOf(found, { limit, query }, ({ createdAt, id }) => ({
    atMs: createdAt.getTime(),
    id,
  }));
}

/** What was printed of these orders. */
export async function papersOfOrders(
  { db }: Database,
  orderIds: readonly string[],
): Promise<PrintedPaper[]> {
  const of = [...orderIds];
  const [issued, credited] = await Promise.all([
    db.select().from(invoices).where(inArray(invoices.orderId, of)).orderBy(asc(invoices.number)),
    db
      .select()
      .from(creditNotes)
      .where(inArray(creditNotes.orderId, of))
      .orderBy(asc(creditNotes.number)),
  ]);
  const printed =
    (kind: PrintedPaper['kind']) => (paper: (typeof issued | typeof credited)[number]) => {
      const {
        number,
        printed: asPrinted,
        orderId,
        email,
        customerName: name,
        customerAddress: address,
        issuedAt,
      } = paper;
      return { kind, number, printed: asPrinted, orderId, email, name, address, issuedAt };
    };
  return [...issued.map(printed('invoice')), ...credited.map(printed('credit_note'))];
}

/** Who corrected or erased data of this customer, oldest first. */
export async function changesOfCustomer(
  { db }: Database,
  customerId: string,
): Promise<PersonalDataChange[]> {
  const { kind, orderId, actor, note, at, finishedAt } = personalDataChanges;
  return db
    .select({ kind, orderId, actor, note, at, finishedAt })
    .from(personalDataChanges)
    .where(eq(personalDataChanges.customerId, customerId))
    .orderBy(asc(personalDataChanges.id));
}
