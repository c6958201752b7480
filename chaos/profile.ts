/**
 * How large a run is. `full` is what a pull request has to pass, `short` what every test run does,
 * `soak` keeps the rates of `full` for as many minutes as it is given.
 */

/** How many of each kind of order there are. */
export interface Lives {
  paid: number;
  authorized: number;
  refunded: number;
  secondTry: number;
  lateAfterFailed: number;
  lateAfterExpired: number;
  lateAfterCancelled: number;
  cancelRace: number;
  afterClose: number;
  paidBeforeKnown: number;
  abandoned: number;
}

/** How many faults of each kind there are; orders of network and process faults are the seed's. */
export interface FaultCounts {
  workerKills: number;
  apiKills: number;
  temporalKills: number;
  temporalFreezes: number;
  databaseKills: number;
  databaseFreezes: number;
  databaseSilences: number;
  gatewayOutages: number;
  linkResets: number;
  linkSlowdowns: number;
  clockSkews: number;
  /** Runs of orders that an operator ends or sets back in Temporal. */
  runTerminations: number;
  runResets: number;
}

export interface Profile {
  name: 'short' | 'full' | 'soak';
  lives: Lives;
  faults: FaultCounts;
  /** Orders arrive and faults strike for this long. */
  loadMs: number;
  /** How often each failpoint is to kill. */
  failpointHits: number;
  bursts: number;
  floods: number;
  floodDeliveries: number;
  hostileRequests: number;
  hostileSignals: number;
  stickyErrors: number;
  /** Processes that nothing kills: only what lives long shows what it does not let go of. */
  witnesses: readonly string[];
  /** How long the outages of this profile last, in milliseconds. */
  outageMs: { temporal: number; database: number; gateway: number };
}

/** The failpoints are armed in the others. */
const WITNESSES = ['worker', 'api'];

const FULL: Profile = {
  name: 'full',
  lives: {
    paid: 44,
    authorized: 16,
    refunded: 40,
    secondTry: 12,
    lateAfterFailed: 12,
    lateAfterExpired: 10,
    lateAfterCancelled: 10,
    cancelRace: 18,
    afterClose: 20,
    paidBeforeKnown: 12,
    abandoned: 6,
  },
  faults: {
    workerKills: 10,
    apiKills: 6,
    temporalKills: 3,
    temporalFreezes: 2,
    databaseKills: 2,
    databaseFreezes: 1,
    databaseSilences: 1,
    gatewayOutages: 2,
    linkResets: 4,
    linkSlowdowns: 2,
    clockSkews: 2,
    runTerminations: 6,
    runResets: 6,
  },
  loadMs: 180_000,
  failpointHits: 3,
  bursts: 10,
  floods: 1,
  floodDeliveries: 12_000,
  hostileRequests: 2_000,
  hostileSignals: 200,
  stickyErrors: 5,
  witnesses: [],
  outageMs: { temporal: 6_000, database: 5_000, gateway: 10_000 },
};

const SHORT: Profile = {
  name: 'short',
  lives: {
    paid: 5,
    authorized: 1,
    refunded: 4,
    secondTry: 1,
    lateAfterFailed: 1,
    lateAfterExpired: 1,
    lateAfterCancelled: 1,
    cancelRace: 2,
    afterClose: 2,
    paidBeforeKnown: 1,
    abandoned: 1,
  },
  faults: {
    workerKills: 2,
    apiKills: 1,
    temporalKills: 0,
    temporalFreezes: 0,
    databaseKills: 1,
    databaseFreezes: 0,
    databaseSilences: 0,
    gatewayOutages: 0,
    linkResets: 1,
    linkSlowdowns: 0,
    clockSkews: 0,
    runTerminations: 0,
    runResets: 0,
  },
  loadMs: 18_000,
  failpointHits: 1,
  bursts: 1,
  floods: 0,
  floodDeliveries: 0,
  hostileRequests: 100,
  hostileSignals: 10,
  stickyErrors: 1,
  witnesses: [],
  outageMs: { temporal: 2_000, database: 2_000, gateway: 3_000 },
};

/** Arrivals and faults of a soak are half as dense, as one machine has to bear them for an hour. */
const SOAK_DENSITY = 0.5;
/** One flood for so many minutes. */
const FLOOD_EVERY_MIN = 12;

/** @param minutes how long the load lasts; a run is never smaller for lasting longer */
export function profileOf(name: 'short' | 'full', minutes: number | undefined): Profile {
  if (minutes === undefined) return name === 'short' ? SHORT : FULL;
  const loadMs = minutes * 60_000;
  const factor = Math.max(1, (loadMs / FULL.loadMs) * SOAK_DENSITY);
  const { bursts, failpointHits, hostileRequests, hostileSignals, stickyErrors } = FULL;
  return {
    ...FULL,
    ...scaled({ bursts, failpointHits, hostileRequests, hostileSignals, stickyErrors }, factor),
    name: 'soak',
    loadMs,
    witnesses: WITNESSES,
    floods: Math.max(1, Math.round(minutes / FLOOD_EVERY_MIN)),
    lives: scaled(FULL.lives, factor),
    faults: scaled(FULL.faults, factor),
  };
}

export function orderCount({ lives }: Profile): number {
  return Object.values(lives).reduce((total: number, count: number) => total + count, 0);
}

function scaled<Counts extends { [Name in keyof Counts]: number }>(
  counts: Counts,
  factor: number,
): Counts {
  const entries = Object.entries<number>(counts).map(([name, count]) => [
    name,
    Math.max(1, Math.round(count * factor)),
  ]);
  return Object.fromEntries(entries) as Counts;
}
