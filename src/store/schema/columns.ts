/** Column kinds that every table shares, so that money and time are stored one way only. */
import { sql } from 'drizzle-orm';
import { type AnyPgColumn, bigint, check, customType, timestamp } from 'drizzle-orm/pg-core';

export const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

/** An instant to the millisecond, which is what the ledger and JSON carry. */
export const instant = () => timestamp({ withTimezone: true, precision: 3 });

/** The same as text, because a JavaScript date has no `infinity`. */
export const instantOrNever = () => timestamp({ withTimezone: true, precision: 3, mode: 'string' });

/** Minor units of the currency in the same row; the check keeps them exact as a JavaScript number. */
export const minorUnits = () => bigint({ mode: 'number' });

export function isPositiveMoney(table: string, amount: AnyPgColumn, currency: AnyPgColumn) {
  return [
    check(`${table}_amount_positive`, sql`${amount} between 1 and ${sql.raw(MAX_EXACT)}`),
    isCurrency(table, currency),
  ];
}

/** What an order asks for, and its invoice: a coupon may leave nothing. */
export function isMoneyOrNone(table: string, amount: AnyPgColumn, currency: AnyPgColumn) {
  return [
    check(`${table}_amount_in_range`, sql`${amount} between 0 and ${sql.raw(MAX_EXACT)}`),
    isCurrency(table, currency),
  ];
}

function isCurrency(table: string, currency: AnyPgColumn) {
  return check(`${table}_currency_iso`, sql`${currency} ~ '^[A-Z]{3}$'`);
}

const MAX_EXACT = String(Number.MAX_SAFE_INTEGER);
