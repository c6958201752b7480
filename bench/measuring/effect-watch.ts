/**
 * Tells when an order's three effects are durable, by looking into the side's database from outside.
 * All sides are looked at equally often; one query asks for all orders that somebody waits for.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { EFFECTS, type Effect, type RunningSide } from '../side.ts';

/** Fine enough for latencies of tens of milliseconds, and too seldom to cost a side anything. */
const LOOK_EVERY_MS = 20;

/** An order whose effects take longer has lost them. */
const GIVE_UP_AFTER_MS = 60_000;

export interface EffectWatch {
  /** Resolves when the order is done; rejects when it is not in a minute. */
  untilDone(orderId: string): Promise<void>;
  /** @throws Error when any effect of any order is missing or there more than once */
  expectExactly(orders: number): Promise<void>;
  close(): Promise<void>;
}

interface Waiter {
  resolve(): void;
  reject(error: Error): void;
  giveUpAt: number;
}

type EffectRows = NonNullable<RunningSide['effectRows']>;

/** For a side without effects: an order is done when its calls are answered. */
export const NO_EFFECTS: EffectWatch = {
  untilDone: async () => undefined,
  expectExactly: async () => undefined,
  close: async () => undefined,
};

export function watchEffects(databaseUrl: string, effectRows: EffectRows): EffectWatch {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  const waiters = new Map<string, Waiter>();
  let isLooking = false;

  async function look(): Promise<void> {
    const ids = [...waiters.keys()];
    const { rows } = await pool.query<{ order_id: string }>(doneQuery(effectRows), [ids]);
    for (const { order_id: id } of rows) {
      waiters.get(id)?.resolve();
      waiters.delete(id);
    }
    for (const [id, { reject, giveUpAt }] of waiters) {
      if (Date.now() < giveUpAt) continue;
      reject(new Error(`order ${id} has not had its three effects in ${GIVE_UP_AFTER_MS} ms`));
      waiters.delete(id);
    }
  }

  async function lookUntilNobodyWaits(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    try {
      while (waiters.size > 0) {
        await sleep(LOOK_EVERY_MS);
        await look();
      }
    } catch (error) {
      for (const { reject } of waiters.values()) reject(error as Error);
      waiters.clear();
    } finally {
      isLooking = false;
    }
  }

  return {
    untilDone: (orderId) =>
      new Promise((resolve, reject) => {
        waiters.set(orderId, { resolve, reject, giveUpAt: Date.now() + GIVE_UP_AFTER_MS });
        void lookUntilNobodyWaits();
      }),
    expectExactly: (orders) => expectExactly(pool, effectRows, orders),
    close: () => pool.end(),
  };
}

function doneQuery(effectRows: EffectRows): string {
  return EFFECTS.map(
    (effect) =>
      `select order_id from (${effectRows[effect]}) as ${effect} where order_id = any($1)`,
  ).join(' intersect ');
}

async function expectExactly(pool: pg.Pool, effectRows: EffectRows, orders: number) {
  for (const effect of EFFECTS) {
    const { rows } = await pool.query<{ rows: string; orders: string }>(
      countQuery(effectRows, effect),
    );
    const [found] = rows;
    if (Number(found?.rows) === orders && Number(found?.orders) === orders) continue;
    throw new Error(
      `${orders} orders were paid, and there are ${found?.rows} rows of the effect ${effect} for ${found?.orders} orders`,
    );
  }
}

function countQuery(effectRows: EffectRows, effect: Effect): string {
  return `select count(*) as rows, count(distinct order_id) as orders from (${effectRows[effect]}) as ${effect}`;
}
