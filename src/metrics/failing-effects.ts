/** Effects that have been tried for more than ten minutes, as a gauge: a refusal has a gauge of its own. */
import { LRUCache } from 'lru-cache';
import { Gauge, type Registry } from 'prom-client';
import { BUSINESS_EFFECTS } from '../domain/effects/effects.ts';
import type { Database } from '../store/database.ts';
import { countFailingEffects } from '../store/effects/failing-effects.ts';

/** As the other counts of the database. */
const FRESH_FOR_MS = 5_000;

/** Gives the function that brings the gauge up to date; where the database does not answer it stays as it was. */
export function createFailingEffectsGauge(
  registry: Registry,
  database: Pick<Database, 'pool'>,
): () => Promise<void> {
  const gauge = new Gauge({
    name: 'payonce_failing_effects',
    help: 'Effects that have been tried for more than ten minutes and have not succeeded yet.',
    labelNames: ['effect'],
    registers: [registry],
  });
  const cache = new LRUCache<'counts', { name: string; count: number }[]>({
    max: 1,
    ttl: FRESH_FOR_MS,
    fetchMethod: () => countFailingEffects(database),
  });
  return async () => {
    const counted = await cache.fetch('counts').catch(() => undefined);
    if (counted === undefined) return;
    for (const effect of BUSINESS_EFFECTS)
      gauge.set({ effect }, counted.find(({ name }) => name === effect)?.count ?? 0);
  };
}
