/**
 * What effects leave behind: access, invoices and credit notes, postings and messages to the CRM. Every table has a
 * unique effect key or cause, so that an effect that runs again finds itself done.
 */
import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  index,
  integer,
  json,
  pgTable,
  primaryKey,
  text,
  unique,
} from 'drizzle-orm/pg-core';
import type { Address, Seller } from '../../domain/details.ts';
import type { PostingKind } from '../../domain/effects/effects.ts';
import type { CreditedTaxes, PricedLines } from '../../money/line-items.ts';
import { bytea, instant, isMoneyOrNone, isPositiveMoney, minorUnits } from './columns.ts';

/** A row without `grantedAt` is a tombstone: revoked before the grant came, so it grants nothing. */
export const entitlements = pgTable(
  'entitlements',
  {
    orderId: text().notNull(),
    epoch: integer().notNull(),
    customerId: text().notNull(),
    grantKey: text(),
    grantedAt: instant(),
    revokeKey: text(),
    revokedAt: instant(),
  },
  (table) => [
    primaryKey({ columns: [table.orderId, table.epoch] }),
    index('entitlements_by_customer').on(table.customerId, table.orderId, table.epoch),
  ],
);

/** The last number given out in each series of papers. */
export const numberSeries = pgTable('number_series', {
  name: text().primaryKey(),
  last: bigint({ mode: 'number' }).notNull(),
});

/** Sellers' pictures by what is in them: a paper names the one that it was issued with. */
export const sellerLogos = pgTable('seller_logos', {
  sha256: text().primaryKey(),
  content: bytea().notNull(),
});

export const invoices = pgTable(
  'invoices',
  {
    number: bigint({ mode: 'number' }).primaryKey(),
    /** As it is printed; null in invoices of a release that knew one way of printing it. */
    printed: text().unique(),
    orderId: text().notNull(),
    epoch: integer().notNull(),
    key: text().notNull().unique(),
    customerId: text().notNull(),
    email: text(),
    description: text(),
    customerName: text(),
    customerAddress: json().$type<Address>(),
    /** Who sold, as it was called then; null in the first layout, which prints none. */
    seller: json().$type<Seller>(),
    /** What was sold, line by line; null where the order did not say it. */
    lines: json().$type<PricedLines>(),
    /** How it is drawn: an invoice keeps the layout in which it was issued, and so its bytes. */
    layout: integer().notNull().default(1),
    amountMinor: minorUnits().notNull(),
    /** What the gateway let the customer off; null where nothing, and in papers from before it was kept. */
    discountMinor: minorUnits(),
    currency: text().notNull(),
    gateway: text().notNull(),
    issuedAt: instant().notNull().defaultNow(),
  },
  (table) => [
    unique('invoices_once').on(table.orderId, table.epoch),
    index('invoices_taxed_by_time').on(table.issuedAt).where(sql`${table.lines} is not null`),
    check(
      'invoices_discount_in_amount',
      sql`${table.discountMinor} > 0 and ${table.discountMinor} < ${table.amountMinor}`,
    ),
    ...isMoneyOrNone('invoices', table.amountMinor, table.currency),
  ],
);

export const creditNotes = pgTable(
  'credit_notes',
  {
    number: bigint({ mode: 'number' }).primaryKey(),
    /** As it is printed; null in notes of a release that knew one way of printing it. */
    printed: text().unique(),
    orderId: text().notNull(),
    refundId: text().notNull(),
    key: text().notNull().unique(),
    customerId: text().notNull(),
    /** The invoice that this note corrects. */
    invoiceNumber: bigint({ mode: 'number' }).references(() => invoices.number),
    email: text(),
    customerName: text(),
    customerAddress: json().$type<Address>(),
    /** Who sold, as it was called then; null in notes of a release that kept none. */
    seller: json().$type<Seller>(),
    /** What of the invoice's lines it takes back, rate by rate; null where the invoice has none. */
    credited: json().$type<CreditedTaxes>(),
    amountMinor: minorUnits().notNull(),
    currency: text().notNull(),
    issuedAt: instant().notNull().defaultNow(),
  },
  (table) => [
    unique('credit_notes_once').on(table.orderId, table.refundId),
    index('credit_notes_taxed_by_time')
      .on(table.issuedAt)
      .where(sql`${table.credited} is not null`),
    ...isPositiveMoney('credit_notes', table.amountMinor, table.currency),
  ],
);

/** Two rows an entry, one a side. A deferred constraint trigger refuses entries that do not balance. */
export const postings = pgTable(
  'postings',
  {
    key: text().notNull(),
    side: text().$type<'debit' | 'credit'>().notNull(),
    account: text().notNull(),
    amountMinor: minorUnits().notNull(),
    currency: text().notNull(),
    orderId: text().notNull(),
    kind: text().$type<PostingKind>().notNull(),
    reference: text().notNull(),
    postedAt: instant().notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.key, table.side] }),
    check('postings_side_known', sql`${table.side} in ('debit', 'credit')`),
    ...isPositiveMoney('postings', table.amountMinor, table.currency),
    index('postings_by_order').on(table.orderId),
    // Settlement lines name what they are about by the gateway's id alone.
    index('postings_by_reference').on(table.reference),
    // One row an entry: what is exported is read in the order of time.
    index('postings_by_time').on(table.postedAt, table.key).where(sql`${table.side} = 'debit'`),
  ],
);

/** One row while an effect is tried and has not succeeded; see failing-effects.ts. */
export const failingEffects = pgTable(
  'failing_effects',
  {
    key: text().primaryKey(),
    orderId: text().notNull(),
    effect: text().notNull(),
    attempts: integer().notNull(),
    error: text().notNull(),
    firstFailedAt: instant().notNull().defaultNow(),
    lastFailedAt: instant().notNull().defaultNow(),
    nextTryAt: instant(),
  },
  (table) => [index('failing_effects_by_order').on(table.orderId)],
);

const message = () => ({
  key: text().primaryKey(),
  orderId: text().notNull(),
  type: text().notNull(),
  /** Exactly what is posted, fixed before the first try so that every try says the same. */
  body: text().notNull(),
  createdAt: instant().notNull().defaultNow(),
  /** When the other side first took it; null where nothing is to be posted. */
  sentAt: instant(),
  /** How often the other side took it. */
  timesSent: integer().notNull().default(0),
});

export const crmUpdates = pgTable('crm_updates', message(), (table) => [
  index('crm_updates_by_order').on(table.orderId),
]);

export const accessUpdates = pgTable('access_updates', message(), (table) => [
  index('access_updates_by_order').on(table.orderId),
]);
