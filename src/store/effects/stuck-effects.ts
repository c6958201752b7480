/** Effects that do not get on: refused for good, or tried again and again. */
import { sql } from 'drizzle-orm';
import type { BusinessEffectName } from '../../domain/effects/effects.ts';
import type { Database } from '../database.ts';
import { type ListQuery, type Page, pageOf, readCursor } from '../page.ts';
import { failingEffects } from '../schema/effects.ts';
import { orders } from '../schema/orders.ts';

/** `failed`: refused for good, a person retries it. `waiting`: tried again by itself. */
export const STUCK_STATUSES = ['failed', 'waiting'] as const;
export type StuckStatus = (typeof STUCK_STATUSES)[number];

export interface StuckEffect {
  key: string;
  orderId: string;
  effect: BusinessEffectName;
  status: StuckStatus;
  attempts: number;
  error: string | null;
  /** When the first try failed; null for a failed one, of which the order keeps the last error alone. */
  since: Date | null;
  /** Null where it is not tried again by itself. */
  nextTryAt: Date | null;
}

interface Row extends Record<string, unknown> {
  key: string;
  order_id: string;
  effect: BusinessEffectName;
  status: StuckStatus;
  attempts: number;
  error: string | null;
  since: Date | string | null;
  next_try_at: Date | string | null;
}

/**
 * By key, so that those of an order are together. Failed ones are read from the few orders that wait for a person.
 *
 * @throws CursorError when the cursor is not one that this gave out.
 */
export async function listStuckEffects(
  { db }: Database,
  filter: { status?: StuckStatus | undefined; limit: number; cursor?: string | undefined },
): Promise<Page<StuckEffect>> {
  const { status, limit, cursor } = filter;
  const query: ListQuery = { list: 'stuck_effects', filter: { status } };
  const behind = cursor === undefined ? '' : readCursor(cursor, query).id;
  const { rows } = await db.execute<Row>(sql`
    select * from (
      select ${failingEffects.key}, ${failingEffects.orderId}, ${failingEffects.effect},
        'waiting' as status, ${failingEffects.attempts}, ${failingEffects.error},
        ${failingEffects.firstFailedAt} as since, ${failingEffects.nextTryAt}
      from ${failingEffects}
      union all
      select effect->>'key', ${orders.id}, effect->>'effect', 'failed', (effect->>'attempts')::int,
        effect->>'error', null, null
      from ${orders}, json_array_elements(${orders.view}->'effects') as effect
      where ${orders.needsReview} and effect->>'status' = 'failed'
    ) as stuck
    where key collate "C" > ${behind} collate "C"
      and (${status ?? null}::text is null or status = ${status ?? null}::text)
    order by key collate "C"
    limit ${limit + 1}`);
  return pageOf(rows.map(effectOf), { limit, query }, ({ key }) => ({ atMs: 0, id: key }));
}

function effectOf(row: Row): StuckEffect {
  const { key, effect, status, attempts, error } = row;
  const since = dateOf(row.since);
  return {
    key,
    orderId: row.order_id,
    effect,
    status,
    attempts,
    error,
    since,
    nextTryAt: dateOf(row.next_try_at),
  };
}

function dateOf(value: Date | string | null): Date | null {
  return value === null ? null : new Date(value);
}
