/**
 * Thousands of lives of an order, each from one seed: everything goes wrong that can, every promise is
 * checked after every step, and when the faults are over all is as the gateway has it.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { liveMany } from '../../scripts/simulate-many.ts';
import { shrink, tellOf } from './shrink.ts';
import { createSimulation } from './simulation.ts';

/** Seconds; `npm run simulate` looks further. */
const SEEDS = Number(process.env.SIMULATOR_SEEDS ?? 2_000);
/** It computes and waits for nothing: how long that takes says only how busy the machine is. */
const NO_TIMEOUT = 0;
/** Few enough not to starve the servers that other tests have started; the others live on all cores. */
const LIVES_HERE = 100;
/** A mutant needs no explanation, and shrinking lives each failing seed hundreds of times. */
const IS_SHRUNK = process.env.SIMULATOR_SHRINK !== '0';

/** Seeds that once failed, with a word why. */
const KEPT = JSON.parse(readFileSync(new URL('../seeds.json', import.meta.url), 'utf8')) as Record<
  string,
  string
>;

function live(seed: number): void {
  const life = createSimulation(seed).run();
  if (life.violation !== null) assert.fail(tellOf(IS_SHRUNK ? shrink(seed) : life));
}

describe('a simulated order', () => {
  it('lives the same life from the same seed', () => {
    const once = createSimulation(7, { isTraced: true }).run();
    assert.deepEqual(createSimulation(7, { isTraced: true }).run(), once);
    assert.ok(once.notebook.length > 0);
  });

  it(`keeps every promise in ${SEEDS} lives`, async function () {
    this.timeout(NO_TIMEOUT);
    // A mutant is alive in this process alone.
    for (let seed = 1; seed <= Math.min(SEEDS, LIVES_HERE); seed += 1) live(seed);
    if (SEEDS <= LIVES_HERE) return;
    const more = { from: LIVES_HERE + 1, seeds: SEEDS - LIVES_HERE };
    const { broken } = await liveMany({ ...more, onProgress: () => {} });
    for (const [seed] of broken.values()) live(seed ?? 0);
    assert.equal(broken.size, 0);
  });

  for (const [seed, why] of Object.entries(KEPT))
    it(`keeps every promise in life ${seed}: ${why}`, () => live(Number(seed)));
});
