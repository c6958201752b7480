/**
 * What gateways report, how it differs from the orders, and the entries that follow from it. Lines and entries
 * are never changed; a line learns its payout later at most.
 */
import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  date,
  index,
  integer,
  json,
  pgTable,
  primaryKey,
  text,
  unique,
} from 'drizzle-orm/pg-core';
import { instant, minorUnits } from './columns.ts';

/** One row a file that was imported: the same bytes are one import. */
export const settlementImports = pgTable(
  'settlement_imports',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    gateway: text().notNull(),
    /** The gateway's account that the file is of, as whoever imported it named it; empty where unnamed. */
    account: text().notNull(),
    format: text().notNull(),
    sha256: text().notNull(),
    /** The zone of the values, and the zone whose days the books have. */
    valueZone: text().notNull(),
    bookZone: text().notNull(),
    lines: integer().notNull(),
    /** Lines that no earlier file had. */
    newLines: integer().notNull(),
    firstDay: date({ mode: 'string' }).notNull(),
    lastDay: date({ mode: 'string' }).notNull(),
    importedBy: text().notNull(),
    importedAt: instant().notNull().defaultNow(),
  },
  (table) => [unique('settlement_imports_once').on(table.gateway, table.account, table.sha256)],
);

/** Amounts are minor units with the sign of the gateway's balance: what comes in is positive. */
export const settlementLines = pgTable(
  'settlement_lines',
  {
    gateway: text().notNull(),
    lineId: text().notNull(),
    /** Both are written in one transaction; a foreign key would look each of a million lines up. */
    importId: bigint({ mode: 'number' }).notNull(),
    fileLine: integer().notNull(),
    kind: text().notNull(),
    category: text().notNull(),
    paymentId: text(),
    reference: text(),
    orderHint: text(),
    grossMinor: minorUnits().notNull(),
    feeMinor: minorUnits().notNull(),
    taxMinor: minorUnits().notNull(),
    netMinor: minorUnits().notNull(),
    currency: text().notNull(),
    customerMinor: minorUnits(),
    customerCurrency: text(),
    payoutId: text(),
    occurredAt: instant().notNull(),
    /** The day in the zone of the account's books. */
    day: date({ mode: 'string' }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.gateway, table.lineId] }),
    check(
      'settlement_lines_net',
      sql`${table.netMinor} = ${table.grossMinor} - ${table.feeMinor} - ${table.taxMinor}`,
    ),
    // The gateways' ids differ from each other, and a million rows are written into each index.
    index('settlement_lines_by_reference').on(table.reference),
    index('settlement_lines_by_payout').on(table.payoutId),
  ],
);

export const DIFFERENCE_STATES = ['open', 'decided', 'resolved'] as const;
export type DifferenceState = (typeof DIFFERENCE_STATES)[number];

/** `resolved`: bank and books agree by now, without anyone's decision. */
export const settlementDifferences = pgTable(
  'settlement_differences',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    kind: text().notNull(),
    gateway: text().notNull(),
    /** The gateway's id of the payment, refund, dispute, line or payout that it is about. */
    reference: text().notNull(),
    paymentId: text(),
    orderId: text(),
    /** `YYYY-MM` of the first line or posting: the month that stays open with it. */
    month: text().notNull(),
    /** What the books have; null where they have nothing. */
    expectedMinor: minorUnits(),
    /** What the report has; null where it has nothing. */
    foundMinor: minorUnits(),
    currency: text().notNull(),
    proposal: text().notNull(),
    state: text().$type<DifferenceState>().notNull().default('open'),
    decision: text(),
    note: text(),
    decidedBy: text(),
    decidedAt: instant(),
    foundAt: instant().notNull().defaultNow(),
    /** When its order was asked to sync because of it. */
    syncedAt: instant(),
    resolvedAt: instant(),
  },
  (table) => [
    unique('settlement_differences_once').on(table.kind, table.gateway, table.reference),
    index('settlement_differences_by_state').on(table.state, table.id),
    index('settlement_differences_by_month').on(table.month),
  ],
);

/** When the lines of a gateway were last held against the books: what orders have posted since is judged next. */
export const settlementJudgements = pgTable('settlement_judgements', {
  gateway: text().primaryKey(),
  judgedAt: instant().notNull(),
});

/**
 * Entries of money that no order's effect posts: fees, payouts, conversions, what is not yet explained. Both
 * sides are in one row, so that an entry that does not balance cannot be written.
 */
export const settlementEntries = pgTable(
  'settlement_entries',
  {
    key: text().notNull(),
    debit: text().notNull(),
    credit: text().notNull(),
    amountMinor: minorUnits().notNull(),
    currency: text().notNull(),
    gateway: text().notNull(),
    kind: text().notNull(),
    reference: text().notNull(),
    lineId: text(),
    orderId: text(),
    /** The net of the line in the settlement currency, where the entry comes of one. */
    settledMinor: minorUnits(),
    settledCurrency: text(),
    day: date({ mode: 'string' }).notNull(),
    postedAt: instant().notNull().defaultNow(),
  },
  (table) => [
    // In the order in which they are exported; an entry's day follows from what its key names.
    primaryKey({ columns: [table.day, table.key] }),
    check('settlement_entries_amount_positive', sql`${table.amountMinor} > 0`),
    check('settlement_entries_two_accounts', sql`${table.debit} <> ${table.credit}`),
    // Entries of lines are never looked for: they are as many as the lines.
    index('settlement_entries_by_reference')
      .on(table.gateway, table.reference)
      .where(sql`${table.lineId} is null`),
  ],
);

export const SETTLEMENT_DAY_STATES = ['requested', 'fetching', 'imported', 'failed'] as const;
export type SettlementDayState = (typeof SETTLEMENT_DAY_STATES)[number];

/** One row a day that was asked of a gateway's API; it is fetched page by page and imported as a whole. */
export const settlementDays = pgTable(
  'settlement_days',
  {
    gateway: text().notNull(),
    day: date({ mode: 'string' }).notNull(),
    state: text().$type<SettlementDayState>().notNull(),
    /** Which fetch the cursor and the items are of. */
    fetchId: text().notNull(),
    /** Where the page before ended; null at the start, and behind the last page. */
    cursor: text(),
    isWhole: boolean().notNull().default(false),
    /** How often the present fetch was tried. */
    tries: integer().notNull().default(0),
    /** Why the last try failed. */
    problem: text(),
    /** Of the newest fetch that was imported. */
    importId: bigint({ mode: 'number' }),
    /** Names the API key, or the schedule. */
    requestedBy: text().notNull(),
    requestedAt: instant().notNull().defaultNow(),
    changedAt: instant().notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.gateway, table.day] })],
);

/** What was fetched of a day and is not imported yet; what nobody needs of it any more is deleted. */
export const settlementDayItems = pgTable(
  'settlement_day_items',
  {
    gateway: text().notNull(),
    day: date({ mode: 'string' }).notNull(),
    lineId: text().notNull(),
    payoutId: text(),
    data: json().notNull(),
  },
  (table) => [primaryKey({ columns: [table.gateway, table.day, table.lineId] })],
);
