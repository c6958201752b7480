import assert from 'node:assert/strict';
import { STRIKES } from '../../chaos/gateway-deck.ts';
import { profileOf } from '../../chaos/profile.ts';
import { loadShortfallsOf } from '../../chaos/shortfalls.ts';
import { EXIT_CODES, type SummaryParts, summarize } from '../../chaos/summary.ts';
import { FAILPOINTS, type FailpointName } from '../../src/process/failpoints.ts';

const FULL = profileOf('full', undefined);
const MANY = 1_000;

const everyFailpoint = (hits: number) =>
  Object.fromEntries(FAILPOINTS.map((name) => [name, hits])) as Record<FailpointName, number>;
const gateway = (strikes: number) => ({
  ...(Object.fromEntries(STRIKES.map((name) => [name, strikes])) as Record<
    (typeof STRIKES)[number],
    number
  >),
  calls: MANY,
  sticky500: MANY,
  crmFailures: 0,
});

describe('the size of a run', () => {
  const reached = {
    orders: MANY,
    hostileSignals: MANY,
    failpoints: everyFailpoint(3),
    gateway: gateway(30),
  };

  it('is reached by two hundred orders, three deaths at each failpoint and 150 failures of the gateway', () => {
    assert.deepEqual(loadShortfallsOf(reached, FULL), []);
  });

  it('is not reached as long as one failpoint, or one kind of failure, is short of it', () => {
    const failpoints = { ...reached.failpoints, 'grant.afterCommitBeforeReturn': 2 };
    assert.deepEqual(loadShortfallsOf({ ...reached, failpoints }, FULL), [
      'grant.afterCommitBeforeReturn: 2 of 3',
    ]);
    const fewer = { ...reached.gateway, error500: 19 };
    assert.deepEqual(loadShortfallsOf({ ...reached, gateway: fewer }, FULL), [
      'error500: 19 of 20',
    ]);
  });
});

describe('the verdict of a run without violations', () => {
  const parts: SummaryParts = {
    settings: { seed: 1, profile: 'full', orders: 199 },
    profile: FULL,
    lives: {},
    operations: [],
    deliveries: [],
    told: [],
    strikes: [],
    waits: [],
    takenUp: new Map(),
    failpoints: everyFailpoint(3),
    gateway: gateway(30),
    hostileSignals: MANY,
    histories: 0,
    memory: [],
    drainMs: 0,
    latenessMs: 0,
    durationMs: 0,
    violations: [],
  };

  it('is short, and no pass, where it did not reach its size', () => {
    const { verdict, shortfalls } = summarize(parts);
    assert.equal(verdict, 'short');
    assert.equal(EXIT_CODES[verdict], 2);
    assert.ok(shortfalls.includes('orders: 199 of 200'), shortfalls.join());
    assert.ok(shortfalls.includes('diskFulls: 0 of 1'), shortfalls.join());
  });

  it('is inconclusive where the driver was late, whatever its size', () => {
    assert.equal(summarize({ ...parts, latenessMs: 3_000 }).verdict, 'inconclusive');
  });

  it('is a violation where there is one, whatever its size', () => {
    const violations = [{ invariant: 'I1', subject: 'ord_1', detail: 'granted twice' }];
    assert.equal(summarize({ ...parts, violations }).verdict, 'violated');
  });
});
