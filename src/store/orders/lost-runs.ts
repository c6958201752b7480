/**
 * Runs that Temporal ended or lost while their orders were open, by somebody's command or with its store. Their orders
 * went on from their records; here it is kept when and why, for whoever reads an order.
 */
import { and, asc, eq, type SQL, sql } from 'drizzle-orm';
import { CHANGE_CHANNEL } from '../change-channel.ts';
import type { Database } from '../database.ts';
import { type LostRunEnd, lostRuns } from '../schema/orders.ts';

export interface LostRun {
  /** The run that ended; where Temporal knows none any more, the one that was begun in its place. */
  runId: string;
  how: LostRunEnd;
  /** Who ended it, as Temporal knows its callers; null where nobody did, and where it does not say. */
  endedBy: string | null;
  /** In the words of who ended it, or of what it failed with. */
  reason: string | null;
}

/** Of what somebody typed at Temporal. */
const MAX_TEXT = 500;

const INSERT = `
  with noted as (
    insert into lost_runs (order_id, run_id, how, ended_by, reason)
    select $1::text, $2::text, $3::text, left($4::text, ${MAX_TEXT}), left($5::text, ${MAX_TEXT})
    -- An order that was never started has lost nothing: it came while Temporal was away.
    where $3::text <> 'missing'
      or exists (select from orders where id = $1::text and started_at is not null)
    on conflict do nothing
    returning order_id
  )
  select pg_notify('${CHANGE_CHANNEL}', order_id) from noted`;

/** Once for each run, by whichever process sees it first. */
export async function noteLostRun(
  { pool }: Pick<Database, 'pool'>,
  orderId: string,
  { runId, how, endedBy, reason }: LostRun,
): Promise<void> {
  const values = [orderId, runId, how, storable(endedBy), storable(reason)];
  await pool.query({ name: 'note-lost-run', text: INSERT, values });
}

/** PostgreSQL's texts have no NUL. */
function storable(text: string | null): string | null {
  const given = text?.replaceAll('\0', ' ').trim() ?? '';
  return given === '' ? null : given;
}

/** Behind one run at a time, or, without one, behind everything else of that time. */
export interface LostRunPosition {
  at: Date;
  runId: string | null;
}

/** Oldest first. */
export async function listLostRuns(
  { db }: Database,
  orderId: string,
  { limit, behind }: { limit: number; behind?: LostRunPosition | undefined },
): Promise<(LostRun & { noticedAt: Date })[]> {
  const { runId, how, endedBy, reason, noticedAt } = lostRuns;
  return db
    .select({ runId, how, endedBy, reason, noticedAt })
    .from(lostRuns)
    .where(and(eq(lostRuns.orderId, orderId), behind && isBehind(behind)))
    .orderBy(asc(noticedAt), asc(runId))
    .limit(limit);
}

function isBehind({ at, runId }: LostRunPosition): SQL {
  const time = sql`${at.toISOString()}::timestamptz`;
  if (runId === null) return sql`${lostRuns.noticedAt} >= ${time}`;
  return sql`(${lostRuns.noticedAt}, ${lostRuns.runId}) > (${time}, ${runId})`;
}

const WORDS: Readonly<Record<LostRunEnd, string>> = {
  terminated: 'its run was terminated',
  cancelled: 'its run was cancelled',
  failed: 'its run had failed',
  timed_out: 'its run had timed out',
  completed: 'its run had ended',
  reset: 'its run was reset',
  missing: 'Temporal had no run of it',
};

/** What happened, in words for an operator. */
export function lostRunText({ how, endedBy, reason }: Omit<LostRun, 'runId'>): string {
  const by = endedBy === null ? '' : ` by ${endedBy}`;
  const why = reason === null ? '' : ` (${reason})`;
  return `${WORDS[how]}${by}${why}; it went on from its record`;
}
