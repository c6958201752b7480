/**
 * In what a run fell short of the size that its profile asks for. A busy machine bears fewer orders, and a
 * document that quotes the run has to say so.
 */
import { FAILPOINTS } from '../src/process/failpoints.ts';
import { STRIKES } from './gateway-deck.ts';
import { orderCount, type Profile } from './profile.ts';
import type { Summary } from './summary.ts';

/** What the three most frequent failures of the gateway are to come to in a whole run, and all together. */
const FREQUENT_STRIKES = ['timeoutAfter', 'timeoutBefore', 'error500'] as const;
const MIN_FREQUENT = 20;
const MIN_STRIKES = 150;
/** Without the flood, which is one event. */
const MIN_DELIVERIES_AN_ORDER = 20;

export function shortfallsOf(summary: Omit<Summary, 'shortfalls'>, profile: Profile): string[] {
  const { orders, reordered, reorderable, failpoints, gateway } = summary;
  const planned = orderCount(profile);
  const flood = profile.floods * profile.floodDeliveries;
  const wanted: [name: string, count: number, least: number][] = [
    ['orders', orders, planned],
    ['orders that heard of their events out of order', reordered, reorderable],
    ['deliveries', summary.deliveries, flood + planned * MIN_DELIVERIES_AN_ORDER],
    ['hostile signals', summary.hostileSignals, profile.hostileSignals],
    ['calls answered 500 for ever', gateway.sticky500, profile.stickyErrors],
    ...FAILPOINTS.map((name) => asked(name, failpoints[name], profile.failpointHits)),
  ];
  if (profile.name !== 'short') {
    const strikes = STRIKES.reduce((sum, strike) => sum + gateway[strike], 0);
    wanted.push(['failures of the gateway', strikes, MIN_STRIKES]);
    for (const strike of FREQUENT_STRIKES) wanted.push([strike, gateway[strike], MIN_FREQUENT]);
  }
  return wanted
    .filter(([, count, least]) => count < least)
    .map(([name, count, least]) => `${name}: ${count} of ${least}`);
}

const asked = (name: string, count: number, least: number): [string, number, number] => [
  name,
  count,
  least,
];
