/**
 * The order row: the guard that outlives Temporal's retention, and what every reader reads. It is
 * inserted by the API before the workflow starts; afterwards only record.ts may change what the order decides, and
 * personal-data.ts what the shop sent of the customer.
 */
import { and, asc, eq, isNull, lt, sql } from 'drizzle-orm';
import type { Address, OrderDetails, Shipping } from '../../domain/details.ts';
import type { Ledger } from '../../domain/ledger.ts';
import type { OrderView } from '../../domain/view.ts';
import type { PricedLines } from '../../money/line-items.ts';
import type { Database } from '../database.ts';
import { asJson } from '../effects/number-series.ts';
import { prepared } from '../prepared.ts';
import { duplicateDeliveries } from '../schema/edge.ts';
import { failingEffects } from '../schema/effects.ts';
import { type LostRunEnd, lostRuns, orders, type People } from '../schema/orders.ts';
import { wakesAt } from './record.ts';

/** A new order as the API accepted it; `amount` in minor units, `expiresAt` in epoch milliseconds. */
export interface NewOrder {
  id: string;
  /** Of the request's content: the same id with another fingerprint is a conflict. */
  fingerprint: string;
  amount: number;
  currency: string;
  gateway: string;
  customer: {
    id: string;
    email?: string | undefined;
    name?: string | undefined;
    address?: Address | undefined;
  };
  shipping?: Shipping | undefined;
  description?: string | undefined;
  lines?: PricedLines | null | undefined;
  metadata: Record<string, string>;
  ledger: Ledger;
  view: OrderView;
  expiresAt: number;
  settlementWindowMs?: number | undefined;
}

export interface StoredOrder {
  id: string;
  fingerprint: string;
  email: string | null;
  description: string | null;
  people: People | null;
  /** What was sold, line by line; null where the shop did not say it. */
  lines: PricedLines | null;
  metadata: Record<string, string>;
  view: OrderView;
  revision: number;
  createdAt: Date;
  /** When its e-mail address was last corrected; null where it was not. */
  correctedAt: Date | null;
  /** When what the shop sent of the customer was erased; null where it was not. */
  erasedAt: Date | null;
  /** When the workflow was seen to be started; null until then. */
  startedAt: Date | null;
  /** At rest: no run of it is open, and nothing but an input from outside begins one. */
  closed: boolean;
  /** Repeats that were dropped at the edge; they are not in the view's counters. */
  duplicates: number;
  /** Effects that are being tried and have not succeeded yet. */
  failing: FailingEffect[];
  /** The last run of it that Temporal ended or lost; null where none was. */
  lostRun: LostRunNotice | null;
}

/** Times are ISO 8601 texts. */
export interface FailingEffect {
  key: string;
  attempts: number;
  error: string;
  since: string;
  nextTryAt: string | null;
}

export interface LostRunNotice {
  /** When it was noticed, as ISO 8601 text. */
  at: string;
  how: LostRunEnd;
  endedBy: string | null;
  reason: string | null;
}

const ISO_TIME = sql.raw(`'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`);

/** The columns of a `StoredOrder`. */
export const STORED_ORDER = {
  id: orders.id,
  fingerprint: orders.fingerprint,
  email: orders.email,
  description: orders.description,
  people: orders.people,
  lines: orders.lines,
  metadata: orders.metadata,
  view: orders.view,
  revision: orders.revision,
  createdAt: orders.createdAt,
  correctedAt: orders.correctedAt,
  erasedAt: orders.erasedAt,
  startedAt: orders.startedAt,
  closed: orders.closed,
  duplicates: sql<number>`(
    select coalesce(sum(${duplicateDeliveries.count}), 0)
    from ${duplicateDeliveries} where ${duplicateDeliveries.orderId} = ${orders.id}
  )`.mapWith(Number),
  failing: sql<FailingEffect[]>`(
    select coalesce(json_agg(json_build_object(
      'key', ${failingEffects.key},
      'attempts', ${failingEffects.attempts},
      'error', ${failingEffects.error},
      'since', to_char(${failingEffects.firstFailedAt} at time zone 'UTC', ${ISO_TIME}),
      'nextTryAt', to_char(${failingEffects.nextTryAt} at time zone 'UTC', ${ISO_TIME})
    )), '[]')
    from ${failingEffects} where ${failingEffects.orderId} = ${orders.id}
  )`,
  lostRun: sql<LostRunNotice | null>`(
    select json_build_object(
      'at', to_char(${lostRuns.noticedAt} at time zone 'UTC', ${ISO_TIME}),
      'how', ${lostRuns.how},
      'endedBy', ${lostRuns.endedBy},
      'reason', ${lostRuns.reason}
    )
    from ${lostRuns} where ${lostRuns.orderId} = ${orders.id}
    order by ${lostRuns.noticedAt} desc limit 1
  )`,
};

const INSERT = prepared((db) =>
  db
    .insert(orders)
    .values({
      id: sql.placeholder('id'),
      fingerprint: sql.placeholder('fingerprint'),
      amountMinor: sql.placeholder('amountMinor'),
      currency: sql.placeholder('currency'),
      gateway: sql.placeholder('gateway'),
      customerId: sql.placeholder('customerId'),
      email: sql.placeholder('email'),
      description: sql.placeholder('description'),
      people: sql.placeholder('people'),
      // As text: drizzle would make JSON's own null of none.
      lines: sql`${sql.placeholder('lines')}::json`,
      metadata: sql.placeholder('metadata'),
      state: sql.placeholder('state'),
      version: sql.placeholder('version'),
      revision: sql.placeholder('revision'),
      ledger: sql.placeholder('ledger'),
      view: sql.placeholder('view'),
      settlementWindowMs: sql.placeholder('settlementWindowMs'),
      createdAt: sql.placeholder('createdAt'),
      expiresAt: sql.placeholder('expiresAt'),
      updatedAt: sql.placeholder('updatedAt'),
      nextDeadlineAt: sql.placeholder('nextDeadlineAt'),
    })
    .onConflictDoNothing()
    .returning(STORED_ORDER)
    .prepare('insert-order'),
);

/** The order when it is new; null for one that is there, which stays as it is, whatever its content. */
export async function insertOrder(
  database: Database,
  order: NewOrder,
): Promise<StoredOrder | null> {
  const { ledger, view, shipping } = order;
  const { name, address } = order.customer;
  const people: People = { name, address, shipping };
  const [inserted] = await INSERT(database).execute({
    ...order,
    amountMinor: order.amount,
    customerId: order.customer.id,
    email: order.customer.email ?? null,
    description: order.description ?? null,
    people,
    lines: asJson(order.lines ?? null),
    state: view.state,
    version: view.version,
    revision: ledger.revision,
    settlementWindowMs: order.settlementWindowMs ?? null,
    createdAt: new Date(ledger.terms.createdAt),
    expiresAt: new Date(order.expiresAt),
    updatedAt: new Date(ledger.updatedAt),
    nextDeadlineAt: wakesAt(ledger),
  });
  return inserted ?? null;
}

const READ = prepared((db) =>
  db
    .select(STORED_ORDER)
    .from(orders)
    .where(eq(orders.id, sql.placeholder('id')))
    .prepare('read-order'),
);

export async function readOrder(database: Database, id: string): Promise<StoredOrder | null> {
  const [order] = await READ(database).execute({ id });
  return order ?? null;
}

const READ_DETAILS = prepared((db) =>
  db
    .select({ description: orders.description, email: orders.email, people: orders.people })
    .from(orders)
    .where(eq(orders.id, sql.placeholder('id')))
    .prepare('read-details'),
);

/** What is sent to the order's gateway; null for an order that was created before it was kept. */
export async function readDetails(database: Database, id: string): Promise<OrderDetails | null> {
  const [order] = await READ_DETAILS(database).execute({ id });
  if (order === undefined || order.people === null) return null;
  const { description, email, people } = order;
  const { name = null, address = null, shipping = null } = people;
  return { description, email, name, address, shipping };
}

/** Remembers that their workflows exist; the first time counts. */
export async function markStarted({ pool }: Database, ids: readonly string[]): Promise<void> {
  const text = `
    update orders set started_at = now() where id = any($1) and started_at is null`;
  await pool.query({ name: 'mark-started', text, values: [ids] });
}

/** Orders whose workflow never came to life, oldest first, for the sweeper to start. */
export async function findUnstarted(
  { db }: Database,
  { olderThanMs, limit }: { olderThanMs: number; limit: number },
): Promise<{ id: string; ledger: Ledger }[]> {
  return db
    .select({ id: orders.id, ledger: orders.ledger })
    .from(orders)
    .where(
      and(
        isNull(orders.startedAt),
        lt(orders.createdAt, sql`now() - ${olderThanMs} * interval '1 millisecond'`),
      ),
    )
    .orderBy(asc(orders.createdAt))
    .limit(limit);
}
