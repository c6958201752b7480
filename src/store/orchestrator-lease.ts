/**
 * Which Temporal namespace serves this database. Two of them would each run every open order, so the APIs of one
 * renew a lease, and those of another are refused while it is fresh.
 */
import type { Database } from './database.ts';

export interface Orchestrator {
  /** Temporal's own id of the namespace. */
  namespaceId: string;
  /** Address and name of the namespace, for people. */
  place: string;
}

export type Lease =
  | { status: 'held' }
  | { status: 'refused'; holder: Orchestrator; renewedSecondsAgo: number };

/** Four renewals may fail before another namespace may take the database. */
export const LEASE_MS = 20_000;

/** The database's clock decides, as those of two machines may differ. */
const RENEW = `
  insert into orchestrator_lease as lease (namespace_id, place) values ($1, $2)
  on conflict (is_only) do update
    set namespace_id = excluded.namespace_id, place = excluded.place, renewed_at = now()
    where lease.namespace_id in ($1, $3) or lease.renewed_at < now() - $4 * interval '1 millisecond'
  returning 1`;

const HOLDER = `
  select namespace_id as "namespaceId", place,
         greatest(0, extract(epoch from now() - renewed_at))::float8 as "renewedSecondsAgo"
  from orchestrator_lease`;

/**
 * Takes the lease, or renews it.
 *
 * @param formerId the id that this process knew its namespace by before it was lost and made again
 * @throws Error when the database does not answer
 */
export async function renewLease(
  { pool }: Pick<Database, 'pool'>,
  { namespaceId, place }: Orchestrator,
  formerId: string,
): Promise<Lease> {
  const { rowCount } = await pool.query(RENEW, [namespaceId, place, formerId, LEASE_MS]);
  if (rowCount === 1) return { status: 'held' };
  const found = await readHolder({ pool });
  if (found === undefined) return { status: 'held' };
  const { renewedSecondsAgo, ...holder } = found;
  return { status: 'refused', holder, renewedSecondsAgo };
}

/** Who holds the lease, or held it last; undefined before the first and once it is freed. */
export async function readHolder({
  pool,
}: Pick<Database, 'pool'>): Promise<(Orchestrator & { renewedSecondsAgo: number }) | undefined> {
  const { rows } = await pool.query<Orchestrator & { renewedSecondsAgo: number }>(HOLDER);
  return rows[0];
}

/** Any namespace may take the database from now on: for one that was put back, whose APIs are stopped. */
export async function freeLease({ pool }: Pick<Database, 'pool'>): Promise<void> {
  await pool.query('delete from orchestrator_lease');
}
