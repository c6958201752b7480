/** Lets one process at a time do something to an order that no key makes one. */
import type { Database } from '../database.ts';

const LOCK_CLASS = 7_297_298;

/**
 * Runs `act` while no other process is in here with the same order; does nothing where one is.
 *
 * @param act takes less than the few seconds that PostgreSQL leaves a transaction without a statement
 */
export async function withOrderLock(
  { pool }: Pick<Database, 'pool'>,
  orderId: string,
  act: () => Promise<void>,
): Promise<void> {
  const client = await pool.connect();
  let lost: Error | undefined;
  // A connection that ends meanwhile would end the process without a listener; it gives the lock back either way.
  const onError = (error: Error): void => {
    lost = error;
  };
  client.on('error', onError);
  try {
    await client.query('begin');
    const text = 'select pg_try_advisory_xact_lock($1, hashtext($2)) as locked';
    const { rows } = await client.query<{ locked: boolean }>(text, [LOCK_CLASS, orderId]);
    if (rows[0]?.locked === true) await act();
  } finally {
    await client.query('rollback').catch((error: Error) => onError(error));
    client.off('error', onError);
    client.release(lost);
  }
}
