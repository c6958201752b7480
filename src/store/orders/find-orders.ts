/**
 * Finds orders, newest first. Each filter has an index of its own, so that any search reads as many rows as it
 * finds and not as many as there are.
 */
import { and, count, desc, eq, gte, lte, type SQL, sql } from 'drizzle-orm';
import type { OrderState } from '../../domain/order.ts';
import type { ReviewReason } from '../../domain/reviews/reasons.ts';
import { boundedCount, COUNTED_UP_TO, type ListCount } from '../counts.ts';
import type { Database } from '../database.ts';
import { type ListQuery, type Position, pageOf, readCursor } from '../page.ts';
import { invoices } from '../schema/effects.ts';
import { gatewayPayments, orderRefunds, orders } from '../schema/orders.ts';
import { STORED_ORDER, type StoredOrder } from './orders.ts';

/** All that are given have to be true of an order. */
export interface OrderFilter {
  /** The gateway's id. */
  paymentId?: string | undefined;
  /** The gateway's id, or ours. */
  refundId?: string | undefined;
  customer?: string | undefined;
  /** In whatever case. */
  email?: string | undefined;
  /** Both inclusive. */
  createdFrom?: Date | undefined;
  createdTo?: Date | undefined;
  gateway?: string | undefined;
  currency?: string | undefined;
  /** Of the order, in minor units. */
  amountMinor?: number | undefined;
  state?: OrderState | undefined;
  needsReview?: boolean | undefined;
  /** Of a review that is open. */
  reviewReason?: ReviewReason | undefined;
  /** As it is printed, of capitals in whatever case; or the number alone. */
  invoiceNumber?: number | string | undefined;
}

export interface OrderPage {
  limit: number;
  cursor?: string | undefined;
}

/** @throws CursorError when the cursor is not one that this gave out for the same filter. */
export async function listOrders(
  database: Database,
  filter: OrderFilter,
  { limit, cursor }: OrderPage,
): Promise<{ orders: StoredOrder[]; nextCursor: string | null }> {
  const query: ListQuery = { list: 'orders', filter: { ...filter } };
  const behind = cursor === undefined ? undefined : readCursor(cursor, query);
  const found = await findOrders(database, filter, { limit: limit + 1, behind });
  const page = pageOf(found, { limit, query }, ({ createdAt, id }) => ({
    atMs: createdAt.getTime(),
    id,
  }));
  return { orders: page.items, nextCursor: page.nextCursor };
}

/** How many orders a filter finds, counted up to a bound. */
export async function countOrders(
  database: Database,
  filter: OrderFilter,
  upTo = COUNTED_UP_TO,
): Promise<ListCount> {
  const [found] = await countQuery(database, filter, upTo);
  return boundedCount(found?.counted ?? 0, upTo);
}

/** Found as a page of them is, by the same indexes. To be run or to be explained. */
export function countQuery({ db }: Database, filter: OrderFilter, upTo: number) {
  const found = db
    .select({ id: orders.id })
    .from(orders)
    .where(and(...conditionsOf(filter)))
    .orderBy(desc(orders.createdAt), desc(orders.id))
    .limit(upTo + 1)
    .as('found');
  return db.select({ counted: count() }).from(found);
}

/** The query, to be run or to be explained. */
export function findOrders(
  { db }: Database,
  filter: OrderFilter,
  { limit, behind }: { limit: number; behind?: Position | undefined },
) {
  return db
    .select(STORED_ORDER)
    .from(orders)
    .where(and(...conditionsOf(filter), behind && olderThan(behind)))
    .orderBy(desc(orders.createdAt), desc(orders.id))
    .limit(limit);
}

function conditionsOf(filter: OrderFilter): (SQL | undefined)[] {
  const { paymentId, refundId, invoiceNumber, email, createdFrom, createdTo } = filter;
  return [
    when(paymentId, (id) =>
      isOneOf(sql`select order_id from ${gatewayPayments} where payment_id = ${id}`),
    ),
    when(refundId, (id) =>
      isOneOf(sql`select order_id from ${orderRefunds} where refund_id = ${id}`),
    ),
    when(invoiceNumber, (number) =>
      isOneOf(
        sql`select order_id from ${invoices}
          where ${typeof number === 'number' ? eq(invoices.number, number) : isPrintedLike(number)}`,
      ),
    ),
    when(filter.customer, (id) => eq(orders.customerId, id)),
    when(email, (address) => sql`lower(left(${orders.email}, 320)) = lower(left(${address}, 320))`),
    when(createdFrom, (time) => gte(orders.createdAt, time)),
    when(createdTo, (time) => lte(orders.createdAt, time)),
    when(filter.gateway, (name) => eq(orders.gateway, name)),
    when(filter.currency, (code) => eq(orders.currency, code)),
    when(filter.amountMinor, (minor) => eq(orders.amountMinor, minor)),
    when(filter.state, (state) => eq(orders.state, state)),
    when(filter.needsReview, reviewNeeded),
    when(
      filter.reviewReason,
      (reason) =>
        sql`${reviewNeeded(true)} and ${orders.reviewReasons} @> array[${reason}]::text[]`,
    ),
  ];
}

function when<T>(value: T | undefined, condition: (value: T) => SQL): SQL | undefined {
  return value === undefined ? undefined : condition(value);
}

/** An array that is made first: PostgreSQL looks its few orders up and does not walk through all by age. */
function isOneOf(orderIds: SQL): SQL {
  return sql`${orders.id} = any (array(${orderIds}))`;
}

/** Spelled as the partial indexes are, so that they are used. */
function reviewNeeded(needed: boolean): SQL {
  return needed ? sql`${orders.needsReview}` : sql`not ${orders.needsReview}`;
}

/** Older invoices have the number alone. The index is of the number as it is printed, not of its capitals. */
function isPrintedLike(text: string): SQL {
  const [, digits] = /^INV-(\d{1,15})$/i.exec(text) ?? [];
  const number =
    digits === undefined ? sql`false` : sql`number = ${Number(digits)} and printed is null`;
  return sql`(printed in (${text}, upper(${text})) or (${number}))`;
}

function olderThan({ atMs, id }: Position): SQL {
  return sql`(${orders.createdAt}, ${orders.id}) < (${new Date(atMs).toISOString()}::timestamptz, ${id})`;
}
