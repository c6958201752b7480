/**
 * Who may use what they paid for. One row for an order's epoch; a revocation that comes first leaves a
 * tombstone, so that the grant it overtook grants nothing.
 */
import { and, asc, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { prepared } from '../prepared.ts';
import { entitlements } from '../schema/effects.ts';

export interface EntitlementChange {
  orderId: string;
  /** Counts the grants of one order; a revocation ends the grant of its own epoch. */
  epoch: number;
  customerId: string;
  /** The effect's key. */
  key: string;
}

export interface Entitlement {
  orderId: string;
  epoch: number;
  grantedAt: Date;
  revokedAt: Date | null;
}

const GRANT = prepared((db) =>
  db
    .insert(entitlements)
    .values({
      orderId: sql.placeholder('orderId'),
      epoch: sql.placeholder('epoch'),
      customerId: sql.placeholder('customerId'),
      grantKey: sql.placeholder('key'),
      grantedAt: sql`now()`,
    })
    .onConflictDoNothing()
    .prepare('grant-entitlement'),
);

/** Grants once. What was granted or revoked before stays as it is. */
export async function grantEntitlement(
  database: Database,
  change: EntitlementChange,
): Promise<void> {
  await GRANT(database).execute({ ...change });
}

/** Revokes once, also what was never granted. */
export async function revokeEntitlement(
  { db }: Database,
  { orderId, epoch, customerId, key }: EntitlementChange,
): Promise<void> {
  await db
    .insert(entitlements)
    .values({ orderId, epoch, customerId, revokeKey: key, revokedAt: sql`now()` })
    .onConflictDoUpdate({
      target: [entitlements.orderId, entitlements.epoch],
      set: { revokeKey: key, revokedAt: sql`now()` },
      setWhere: isNull(entitlements.revokedAt),
    });
}

const READ_REVOCATION = prepared((db) =>
  db
    .select({ revokedAt: entitlements.revokedAt })
    .from(entitlements)
    .where(
      and(
        eq(entitlements.orderId, sql.placeholder('orderId')),
        eq(entitlements.epoch, sql.placeholder('epoch')),
      ),
    )
    .prepare('read-revocation'),
);

export async function isRevoked(
  database: Database,
  { orderId, epoch }: Pick<EntitlementChange, 'orderId' | 'epoch'>,
): Promise<boolean> {
  const [row] = await READ_REVOCATION(database).execute({ orderId, epoch });
  return row !== undefined && row.revokedAt !== null;
}

/** What a customer was granted, oldest first, with when it ended. */
export async function listEntitlements(
  { db }: Database,
  customerId: string,
): Promise<Entitlement[]> {
  const rows = await db
    .select()
    .from(entitlements)
    .where(and(eq(entitlements.customerId, customerId), isNotNull(entitlements.grantedAt)))
    .orderBy(asc(entitlements.grantedAt), asc(entitlements.orderId), asc(entitlements.epoch));
  return rows.flatMap(({ orderId, epoch, grantedAt, revokedAt }) =>
    grantedAt === null ? [] : [{ orderId, epoch, grantedAt, revokedAt }],
  );
}
