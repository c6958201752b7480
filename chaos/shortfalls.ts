/**
 * In what a run fell short of the size that its profile asks for. The load goes on for that, and a run that
 * does not reach it has not passed.
 */
import { FAILPOINTS } from '../src/process/failpoints.ts';
import type { FailpointHits } from './failpoints.ts';
import type { FaultName } from './fault-schedule.ts';
import { STRIKES } from './gateway-deck.ts';
import type { GatewayCounts } from './gateway-gate.ts';
import { orderCount, type Profile } from './profile.ts';
import { killedBy } from './recovery.ts';
import type { Summary } from './summary.ts';

/** What can be counted while the load goes on, and made more of. */
export interface Reached {
  orders: number;
  hostileSignals: number;
  failpoints: FailpointHits;
  gateway: GatewayCounts;
}

type Size = [name: string, count: number, least: number];

const FREQUENT_STRIKES = ['timeoutAfter', 'timeoutBefore', 'error500'] as const;

/** @returns what the load has not reached yet, each with how much of it there is */
export function loadShortfallsOf(reached: Reached, profile: Profile): string[] {
  return inWords(loadSizes(reached, profile));
}

export function shortfallsOf(summary: Omit<Summary, 'shortfalls'>, profile: Profile): string[] {
  const { reordered, reorderable, deliveries, raced } = summary;
  const { least, floods, floodDeliveries } = profile;
  const fromOrders = orderCount(profile) * least.deliveriesAnOrder;
  const faults = Object.entries(profile.faults) as [FaultName, number][];
  return inWords([
    ...loadSizes(summary, profile),
    ...faults.map(([name, planned]): Size => [name, countOf(summary, name), planned]),
    ['deliveries', deliveries, floods * floodDeliveries + fromOrders],
    ['requests and deliveries that raced another of their order', raced, least.raced],
    [
      'orders that heard of their events out of order',
      reordered,
      Math.floor(least.reorderedPart * reorderable),
    ],
  ]);
}

function loadSizes(reached: Reached, profile: Profile): Size[] {
  const { orders, hostileSignals, failpoints, gateway } = reached;
  const { least } = profile;
  const strikes = STRIKES.reduce((sum, strike) => sum + gateway[strike], 0);
  return [
    ['orders', orders, orderCount(profile)],
    ['hostile signals', hostileSignals, profile.hostileSignals],
    ...FAILPOINTS.map((name): Size => [name, failpoints[name], least.failpointHits]),
    ['failures of the gateway', strikes, least.strikes],
    ...FREQUENT_STRIKES.map((name): Size => [name, gateway[name], least.frequentStrikes]),
    ['calls answered 500 for ever', gateway.sticky500, profile.stickyErrors],
  ];
}

function countOf({ kills, outages }: Omit<Summary, 'shortfalls'>, name: FaultName): number {
  const killed = killedBy(name);
  return killed === null ? (outages[name] ?? 0) : kills[killed];
}

function inWords(sizes: readonly Size[]): string[] {
  return sizes
    .filter(([, count, least]) => count < least)
    .map(([name, count, least]) => `${name}: ${count} of ${least}`);
}
