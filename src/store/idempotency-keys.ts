/**
 * Idempotency-Key: one caller's key is claimed once, worked on by one request at a time, and answered
 * the same for ever after. A request that lost its claim to a later one may neither answer nor release.
 */
import { randomUUID } from 'node:crypto';
import { and, eq, isNull, lt, type SQL, sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import { idempotencyKeys } from './schema/edge.ts';

/** A claim under way; only its holder may store the answer. */
export interface KeyClaim {
  owner: string;
  key: string;
  token: string;
}

export interface StoredResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export type KeyState =
  | { status: 'claimed'; claim: KeyClaim }
  | { status: 'replay'; response: StoredResponse }
  | { status: 'in_progress' }
  | { status: 'reused' };

export interface ClaimRequest {
  /** The id of the API key that asks: keys of different callers never meet. */
  owner: string;
  key: string;
  /** Of method, path and body. */
  fingerprint: string;
  /** How long the work may take before another request may take it over. */
  leaseMs: number;
}

/** Callers retry for days at most; a month covers those who retry by hand. */
const KEPT_DAYS = 30;

/** Claims the key in one statement, so that of any number of requests exactly one gets it. */
export async function claimKey({ db }: Database, request: ClaimRequest): Promise<KeyState> {
  const { owner, key, fingerprint, leaseMs } = request;
  const token = randomUUID();
  const leasedUntil = sql`now() + ${leaseMs} * interval '1 millisecond'`;
  const [own] = await db
    .insert(idempotencyKeys)
    .values({ owner, key, fingerprint, token, leasedUntil })
    .onConflictDoUpdate({
      target: [idempotencyKeys.owner, idempotencyKeys.key],
      set: { token, leasedUntil },
      setWhere: sql`${idempotencyKeys.status} is null
        and ${idempotencyKeys.leasedUntil} < now()
        and ${idempotencyKeys.fingerprint} = ${fingerprint}`,
    })
    .returning({ token: idempotencyKeys.token });
  if (own !== undefined) return { status: 'claimed', claim: { owner, key, token } };
  const [other] = await db
    .select()
    .from(idempotencyKeys)
    .where(and(eq(idempotencyKeys.owner, owner), eq(idempotencyKeys.key, key)));
  // Released between the two statements: the caller's next try claims it.
  if (other === undefined) return { status: 'in_progress' };
  if (other.fingerprint !== fingerprint) return { status: 'reused' };
  const { status, headers, body } = other;
  if (status === null || headers === null || body === null) return { status: 'in_progress' };
  return { status: 'replay', response: { status, headers, body } };
}

/** Keeps the answer for every later request with this key, unless the claim was taken over. */
export async function storeResponse(
  { db }: Database,
  claim: KeyClaim,
  response: StoredResponse,
): Promise<void> {
  await db.update(idempotencyKeys).set(response).where(isHeld(claim));
}

/** Gives the key back unanswered: the request was refused before it could have any effect. */
export async function releaseKey({ db }: Database, claim: KeyClaim): Promise<void> {
  await db.delete(idempotencyKeys).where(isHeld(claim));
}

/** Forgets keys past their time and answers how many. */
export async function deleteExpiredKeys({ db }: Database): Promise<number> {
  const { rowCount } = await db
    .delete(idempotencyKeys)
    .where(lt(idempotencyKeys.createdAt, sql`now() - ${KEPT_DAYS} * interval '1 day'`));
  return rowCount ?? 0;
}

function isHeld({ owner, key, token }: KeyClaim): SQL | undefined {
  return and(
    eq(idempotencyKeys.owner, owner),
    eq(idempotencyKeys.key, key),
    eq(idempotencyKeys.token, token),
    isNull(idempotencyKeys.status),
  );
}
