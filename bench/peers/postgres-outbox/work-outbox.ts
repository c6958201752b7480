/**
 * Works the outbox: claims rows that nobody else holds, performs their effects, and deletes them in
 * the transaction that held them. A worker that dies gives its rows back; what it had already done is
 * found done.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import type { Effect } from '../../side.ts';
import { performEffect } from '../effects.ts';

/** So many effects at once keep a small database busy, and a dead worker gives no more back. */
const BATCH_SIZE = 16;

/**
 * Polling, because `NOTIFY` takes a lock of the whole database at commit, which would end the group
 * commit of the webhooks. Ten milliseconds are less than an effect outside would ever take.
 */
const IDLE_PAUSE_MS = 10;

interface Job {
  id: string;
  order_id: string;
  effect: Effect;
  amount_minor: number;
  currency: string;
}

export async function workOutbox(pool: Pool): Promise<never> {
  for (;;) {
    const done = await workBatch(pool);
    if (done < BATCH_SIZE) await sleep(IDLE_PAUSE_MS);
  }
}

/** @returns how many jobs there were */
async function workBatch(pool: Pool): Promise<number> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const jobs = await claim(client);
    await Promise.all(
      jobs.map(({ effect, order_id: orderId, amount_minor: amountMinor, currency }) =>
        performEffect(pool, effect, { orderId, amountMinor, currency }),
      ),
    );
    await remove(client, jobs);
    await client.query('commit');
    return jobs.length;
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

async function claim(client: PoolClient): Promise<Job[]> {
  const { rows } = await client.query<Job>({
    name: 'claim',
    text: `select id, order_id, effect, amount_minor, currency from outbox
           order by id limit $1 for update skip locked`,
    values: [BATCH_SIZE],
  });
  return rows;
}

async function remove(client: PoolClient, jobs: Job[]): Promise<void> {
  if (jobs.length === 0) return;
  await client.query({
    name: 'remove',
    text: 'delete from outbox where id = any($1::bigint[])',
    values: [jobs.map(({ id }) => id)],
  });
}
