/**
 * Effects that are being tried and have not succeeded yet. An order's workflow knows only that they are under
 * way, as a try that fails is no event of its history; so each failed try is noted here, where it costs one row.
 */
import { eq, sql } from 'drizzle-orm';
import type { BusinessEffectName } from '../../domain/effects/effects.ts';
import { ANNOUNCE_LISTS } from '../change-channel.ts';
import type { Database } from '../database.ts';
import { failingEffects } from '../schema/effects.ts';

export interface FailedTry {
  key: string;
  orderId: string;
  effect: BusinessEffectName;
  /** How often it has been tried by now. */
  attempts: number;
  error: string;
  /** Null where it is not tried again by itself. */
  nextTryAt: Date | null;
}

export async function noteFailedTry({ db }: Database, failed: FailedTry): Promise<void> {
  const { attempts, error, nextTryAt } = failed;
  await db
    .insert(failingEffects)
    .values(failed)
    .onConflictDoUpdate({
      target: failingEffects.key,
      set: { attempts, error, nextTryAt, lastFailedAt: sql`now()` },
    })
    .returning(ANNOUNCE_LISTS);
}

/** The effect has ended, one way or the other. */
export async function forgetFailedTries({ db }: Database, key: string): Promise<void> {
  await db.delete(failingEffects).where(eq(failingEffects.key, key)).returning(ANNOUNCE_LISTS);
}

/**
 * Retries come a minute apart at most. A row that is older was left behind by a process that died between the
 * last try and its note.
 */
const COUNT_FAILING = `
  select effect as name, count(*)::int as count
  from failing_effects
  where first_failed_at < now() - interval '10 minutes'
    and last_failed_at > now() - interval '5 minutes'
  group by effect`;

/** Effects that have been failing for more than ten minutes, by name; one that is not listed has none. */
export async function countFailingEffects({
  pool,
}: Pick<Database, 'pool'>): Promise<{ name: string; count: number }[]> {
  return (await pool.query(COUNT_FAILING)).rows;
}
