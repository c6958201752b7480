/**
 * What is remembered of orders. `ledger` and `view` are `json`, never `jsonb`: their key order has a
 * meaning, and jsonb would sort the keys and refuse texts that a gateway may well send.
 */
import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  json,
  pgTable,
  primaryKey,
  text,
  unique,
} from 'drizzle-orm/pg-core';
import type { Address, Shipping } from '../../domain/details.ts';
import type { CommandAnswer, Outcome, Source } from '../../domain/events.ts';
import type { DisputeStatus } from '../../domain/facts/facts.ts';
import type { Ledger } from '../../domain/ledger.ts';
import type { OrderState } from '../../domain/order.ts';
import type { ReviewReason } from '../../domain/reviews/reasons.ts';
import type { OrderView } from '../../domain/view.ts';
import type { PricedLines } from '../../money/line-items.ts';
import { instant, instantOrNever, isMoneyOrNone, minorUnits } from './columns.ts';

export interface People {
  name?: string | undefined;
  address?: Address | undefined;
  shipping?: Shipping | undefined;
}

export const orders = pgTable(
  'orders',
  {
    id: text().primaryKey(),
    fingerprint: text().notNull(),
    amountMinor: minorUnits().notNull(),
    currency: text().notNull(),
    gateway: text().notNull(),
    customerId: text().notNull(),
    email: text(),
    description: text(),
    /**
     * The customer's name and address, and the shipping. Null in orders that were created before they were
     * kept: their payments were opened without, and a call that is repeated has to be the same call.
     */
    people: json().$type<People>(),
    /** What was sold, line by line; null where the shop did not say it. */
    lines: json().$type<PricedLines>(),
    metadata: json().$type<Record<string, string>>().notNull(),
    state: text().$type<OrderState>().notNull(),
    needsReview: boolean().notNull().default(false),
    /** Of the reviews that are open. */
    reviewReasons: text().array().$type<ReviewReason[]>().notNull().default([]),
    version: integer().notNull(),
    revision: bigint({ mode: 'number' }).notNull(),
    ledger: json().$type<Ledger>().notNull(),
    view: json().$type<OrderView>().notNull(),
    settlementWindowMs: bigint({ mode: 'number' }),
    createdAt: instant().notNull(),
    expiresAt: instant().notNull(),
    updatedAt: instant().notNull(),
    startedAt: instant(),
    /** When its e-mail address was last corrected. */
    correctedAt: instant(),
    /** When what the shop sent of the customer was erased; null where it was not. */
    erasedAt: instant(),
    closed: boolean().notNull().default(false),
    /** When the order wakes by itself; `infinity` where only something from outside can wake it. */
    nextDeadlineAt: instantOrNever().notNull().default('infinity'),
  },
  (table) => [
    ...isMoneyOrNone('orders', table.amountMinor, table.currency),
    check('orders_revision_counts', sql`${table.revision} >= 0`),
    index('orders_by_age').on(table.createdAt, table.id),
    index('orders_by_state').on(table.state, table.createdAt, table.id),
    index('orders_by_customer').on(table.customerId, table.createdAt, table.id),
    index('orders_by_email')
      // An index holds no text of any length.
      .on(sql`lower(left(${table.email}, 320))`, table.createdAt, table.id)
      .where(sql`${table.email} is not null`),
    index('orders_by_gateway').on(table.gateway, table.createdAt, table.id),
    index('orders_by_currency').on(table.currency, table.createdAt, table.id),
    index('orders_by_amount').on(table.amountMinor, table.createdAt, table.id),
    index('orders_by_review_reason')
      .using('gin', table.reviewReasons)
      .where(sql`${table.needsReview}`),
    index('orders_for_review').on(table.createdAt, table.id).where(sql`${table.needsReview}`),
    index('orders_unstarted').on(table.createdAt).where(sql`${table.startedAt} is null`),
    // The age is in it so that open orders are counted by the index alone.
    index('orders_open')
      .on(table.nextDeadlineAt, table.id, table.createdAt)
      .where(sql`not ${table.closed}`),
  ],
);

export const orderEvents = pgTable(
  'order_events',
  {
    orderId: text()
      .notNull()
      .references(() => orders.id),
    seq: integer().notNull(),
    at: instant().notNull(),
    source: text().$type<Source>().notNull(),
    type: text().notNull(),
    eventId: text().notNull(),
    outcome: text().$type<Outcome>().notNull(),
    reason: text().notNull(),
    version: integer().notNull(),
    /** Who decided, by the name or id of the key, and why; null where nobody did, and before it was kept. */
    actor: text(),
    note: text(),
    answer: json().$type<CommandAnswer>(),
  },
  (table) => [
    primaryKey({ columns: [table.orderId, table.seq] }),
    index('order_events_by_event').on(table.orderId, table.eventId),
  ],
);

/** One row for every time that an order was seen to have moved to another state. */
export const orderStateLog = pgTable(
  'order_state_log',
  {
    orderId: text()
      .notNull()
      .references(() => orders.id),
    revision: bigint({ mode: 'number' }).notNull(),
    version: integer().notNull(),
    fromState: text().$type<OrderState>().notNull(),
    toState: text().$type<OrderState>().notNull(),
    at: instant().notNull(),
  },
  (table) => [primaryKey({ columns: [table.orderId, table.revision] })],
);

/** How the run of an open order ended; `missing`: Temporal knows none of it. */
export type LostRunEnd =
  | 'terminated'
  | 'cancelled'
  | 'failed'
  | 'timed_out'
  | 'completed'
  | 'reset'
  | 'missing';

/** Runs that were ended or lost while their orders were open, which went on from their records. */
export const lostRuns = pgTable(
  'lost_runs',
  {
    orderId: text().notNull(),
    runId: text().notNull(),
    how: text().$type<LostRunEnd>().notNull(),
    endedBy: text(),
    reason: text(),
    noticedAt: instant().notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.orderId, table.runId] })],
);

/**
 * Who corrected or erased personal data, when and why; never the data. A correction is of one order, an erasure of all
 * that a customer had ordered by then.
 */
export const personalDataChanges = pgTable(
  'personal_data_changes',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    kind: text().$type<'correction' | 'erasure'>().notNull(),
    customerId: text().notNull(),
    orderId: text().references(() => orders.id),
    actor: text().notNull(),
    note: text().notNull(),
    at: instant().notNull().defaultNow(),
    /** Null while orders of an erasure are still needed. */
    finishedAt: instant(),
  },
  (table) => [
    index('personal_data_changes_by_customer').on(table.customerId, table.id),
    index('personal_data_changes_open').on(table.id).where(sql`${table.finishedAt} is null`),
  ],
);

/**
 * Which order a gateway's payment belongs to; the first order that named it keeps it. A payment by hand has `manual:` and
 * its order's id for a gateway, as its reference may be another order's too.
 */
export const gatewayPayments = pgTable(
  'gateway_payments',
  {
    gateway: text().notNull(),
    paymentId: text().notNull(),
    orderId: text()
      .notNull()
      .references(() => orders.id),
  },
  (table) => [
    primaryKey({ columns: [table.gateway, table.paymentId] }),
    index('gateway_payments_by_payment').on(table.paymentId),
  ],
);

/** Under which ids the refunds of an order are known: the gateway's, and ours. */
export const orderRefunds = pgTable(
  'order_refunds',
  {
    refundId: text().notNull(),
    orderId: text()
      .notNull()
      .references(() => orders.id),
  },
  (table) => [primaryKey({ columns: [table.refundId, table.orderId] })],
);

/** Disputes of all orders as their records have them, so that they can be listed by their deadlines. */
export const orderDisputes = pgTable(
  'order_disputes',
  {
    /** Of two disputes with one deadline, the one that was heard of first comes first. */
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    orderId: text()
      .notNull()
      .references(() => orders.id),
    /** The gateway's id. */
    disputeId: text().notNull(),
    paymentId: text().notNull(),
    gateway: text().notNull(),
    amountMinor: minorUnits().notNull(),
    currency: text().notNull(),
    status: text().$type<DisputeStatus>().notNull(),
    /** Until when the shop may answer; `infinity` where no answer is awaited. */
    respondBy: instantOrNever().notNull().default('infinity'),
    /** When its order heard of it. */
    createdAt: instant().notNull().defaultNow(),
  },
  (table) => [
    unique('order_disputes_once').on(table.orderId, table.disputeId),
    index('order_disputes_by_deadline').on(table.respondBy, table.id),
    index('order_disputes_by_status').on(table.status, table.respondBy, table.id),
  ],
);
