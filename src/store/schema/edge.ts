/** What the HTTP edge remembers by itself, before or without any workflow. */
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
  uuid,
} from 'drizzle-orm/pg-core';
import { bytea, instant, minorUnits } from './columns.ts';

/** Duplicates that were dropped before a signal was sent: one row an event, with a count. */
export const duplicateDeliveries = pgTable(
  'duplicate_deliveries',
  {
    orderId: text().notNull(),
    eventId: text().notNull(),
    type: text().notNull(),
    count: integer().notNull().default(1),
    firstAt: instant().notNull().defaultNow(),
    lastAt: instant().notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.orderId, table.eventId] })],
);

/** A key without a status is being worked on until its lease ends; `token` identifies whose work counts. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    owner: text().notNull(),
    key: text().notNull(),
    fingerprint: text().notNull(),
    token: uuid().notNull(),
    leasedUntil: instant().notNull(),
    status: integer(),
    headers: json().$type<Record<string, string>>(),
    body: text(),
    createdAt: instant().notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.owner, table.key] }),
    index('idempotency_keys_by_age').on(table.createdAt),
    check(
      'idempotency_keys_answer_whole',
      sql`num_nulls(${table.status}, ${table.headers}, ${table.body}) in (0, 3)`,
    ),
  ],
);

export const PARKED_STATUSES = ['parked', 'redelivered', 'attached', 'closed'] as const;
export type ParkedStatus = (typeof PARKED_STATUSES)[number];

/** The one row that distinguishes this installation from others on the same gateway account. */
export const installation = pgTable(
  'installation',
  {
    isOnly: boolean().primaryKey().default(true),
    id: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
  },
  (table) => [
    check('installation_only_one', sql`${table.isOnly}`),
    check('installation_id_form', sql`${table.id} ~ '^ins_[0-9a-f]{32}$'`),
  ],
);

/** The one Temporal namespace whose APIs serve this database now; another one may take it once they are gone. */
export const orchestratorLease = pgTable(
  'orchestrator_lease',
  {
    isOnly: boolean().primaryKey().default(true),
    /** Temporal's own id of the namespace, which no other namespace ever has. */
    namespaceId: text().notNull(),
    /** Address and name, for people. */
    place: text().notNull(),
    renewedAt: instant().notNull().defaultNow(),
  },
  (table) => [check('orchestrator_lease_only_one', sql`${table.isOnly}`)],
);

/** Signed events that no order could take, kept byte for byte until a person or a later try. */
export const parkedEvents = pgTable(
  'parked_events',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    gateway: text().notNull(),
    /** The gateway's event id, or the hash of the body where it gave none. */
    identity: text().notNull(),
    eventId: text(),
    orderId: text(),
    reason: text().notNull(),
    body: bytea().notNull(),
    /** What the event says, where it could be read: what has happened to which payment, and its money. */
    type: text(),
    paymentId: text(),
    amountMinor: minorUnits(),
    currency: text(),
    status: text().$type<ParkedStatus>().notNull().default('parked'),
    deliveries: integer().notNull().default(1),
    receivedAt: instant().notNull().defaultNow(),
    lastReceivedAt: instant().notNull().defaultNow(),
    redeliveredAt: instant(),
    /** Who attached, closed or redelivered it, why, and when that was. */
    decidedBy: text(),
    note: text(),
    decidedAt: instant(),
  },
  (table) => [
    unique('parked_events_once').on(table.gateway, table.identity),
    index('parked_events_by_status').on(table.status, table.id),
  ],
);
