/** Probes: whether the process lives, and whether it can serve. They say nothing else. */
import type { Request, Response } from 'express';
import { LRUCache } from 'lru-cache';
import type { ApiDependencies } from '../api-dependencies.ts';
import { replyOf, send } from './reply.ts';

/** Probes of many kinds may come at once; the dependencies are asked once a second. */
const FRESH_FOR_MS = 1_000;
/** A database that takes longer for `select 1` does not serve. */
const DATABASE_TIMEOUT_MS = 1_000;

export function healthz(_request: Request, response: Response): void {
  send(response, replyOf({ status: 200, body: { status: 'ok' } }));
}

export function createReadyz({ database, orders, drain, access }: ApiDependencies) {
  const checks = new LRUCache<'checks', Checks>({
    max: 1,
    ttl: FRESH_FOR_MS,
    fetchMethod: async () => {
      const [temporal, db] = await Promise.all([orders.isReachable(), isServing()]);
      return { temporal: verdict(temporal), database: verdict(db) };
    },
  });

  async function isServing(): Promise<boolean> {
    const timeout = new Promise<boolean>((resolve) => {
      setTimeout(resolve, DATABASE_TIMEOUT_MS, false).unref();
    });
    const asked = database.pool.query('select 1').then(
      () => true,
      () => false,
    );
    return Promise.race([asked, timeout]);
  }

  return async (_request: Request, response: Response): Promise<void> => {
    const found = { ...(await checks.forceFetch('checks')) };
    const isReady = !drain.isDraining() && Object.values(found).every((state) => state === 'ok');
    const status = drain.isDraining() ? 'draining' : isReady ? 'ready' : 'not ready';
    // One gateway with a wrong key makes no process unready: the others still serve, and so do its webhooks.
    const body = { status, checks: found, gateways: access.read() };
    send(response, replyOf({ status: isReady ? 200 : 503, body }));
  };
}

type Checks = Record<'temporal' | 'database', 'ok' | 'fail'>;

function verdict(isGood: boolean): 'ok' | 'fail' {
  return isGood ? 'ok' : 'fail';
}
