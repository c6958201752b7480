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
  /** The disk of both databases has no space left. Only root on Linux can have a disk that small. */
  diskFulls: number;
  /** Runs of orders that an operator ends, asks to cancel or sets back in Temporal. */
  runTerminations: number;
  runCancellations: number;
  runResets: number;
  /** Temporal loses every run, once all other faults are over. */
  namespaceDeletions: number;
}

/** What a run has to reach to be called passed, beside its orders and faults. */
export interface LeastSizes {
  /** Of each failpoint. */
  failpointHits: number;
  /** Failures of the gateway, whatever their kind, and of each of its frequent kinds. */
  strikes: number;
  frequentStrikes: number;
  deliveriesAnOrder: number;
  /** Of the orders that had several events, the part that heard of them out of order: one may come too late for it. */
  reorderedPart: number;
  /** Requests and deliveries that raced another of their order. */
  raced: number;
}

export interface Profile {
  name: 'short' | 'full' | 'soak';
  lives: Lives;
  faults: FaultCounts;
  /** Orders arrive and faults strike for this long. */
  loadMs: number;
  /** For so much longer at most the load goes on until its sizes are reached. */
  extraMs: number;
  /** So many orders more may come for that. */
  reserveOrders: number;
  least: LeastSizes;
  /** How often each failpoint kills before it is no longer armed. */
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
  outageMs: { temporal: number; database: number; gateway: number; disk: number };
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
    diskFulls: 1,
    runTerminations: 6,
    runCancellations: 6,
    runResets: 6,
    namespaceDeletions: 1,
  },
  loadMs: 180_000,
  extraMs: 300_000,
  reserveOrders: 300,
  least: {
    failpointHits: 3,
    strikes: 150,
    frequentStrikes: 20,
    deliveriesAnOrder: 20,
    reorderedPart: 0.9,
    raced: 2_000,
  },
  failpointHits: 3,
  bursts: 10,
  floods: 1,
  floodDeliveries: 12_000,
  hostileRequests: 2_000,
  hostileSignals: 200,
  stickyErrors: 5,
  witnesses: [],
  outageMs: { temporal: 6_000, database: 5_000, gateway: 10_000, disk: 8_000 },
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
    diskFulls: 0,
    runTerminations: 1,
    runCancellations: 1,
    runResets: 1,
    namespaceDeletions: 0,
  },
  loadMs: 18_000,
  extraMs: 12_000,
  reserveOrders: 0,
  least: {
    failpointHits: 0,
    strikes: 5,
    frequentStrikes: 0,
    deliveriesAnOrder: 5,
    reorderedPart: 0.8,
    raced: 100,
  },
  failpointHits: 1,
  bursts: 1,
  floods: 0,
  floodDeliveries: 0,
  hostileRequests: 100,
  hostileSignals: 10,
  stickyErrors: 1,
  witnesses: [],
  outageMs: { temporal: 2_000, database: 2_000, gateway: 3_000, disk: 3_000 },
};

/** Arrivals and faults of a soak are half as dense, as one machine has to bear them for an hour. */
const SOAK_DENSITY = 0.5;
/** One flood for so many minutes. */
const FLOOD_EVERY_MIN = 12;
/** One worker and one API of a soak are spared their failpoints, so each kills more seldom than in a full run. */
const SOAK_LEAST_HITS = 1 / 3;

/** @param minutes how long the load lasts; a run is never smaller for lasting longer */
export function profileOf(name: 'short' | 'full', minutes: number | undefined): Profile {
  if (minutes === undefined) return name === 'short' ? SHORT : FULL;
  const loadMs = minutes * 60_000;
  const factor = Math.max(1, (loadMs / FULL.loadMs) * SOAK_DENSITY);
  const { bursts, failpointHits, hostileRequests, hostileSignals, stickyErrors } = FULL;
  const { failpointHits: hits, strikes, raced } = FULL.least;
  return {
    ...FULL,
    ...scaled({ bursts, failpointHits, hostileRequests, hostileSignals, stickyErrors }, factor),
    name: 'soak',
    loadMs,
    least: {
      ...FULL.least,
      ...scaled({ failpointHits: hits * SOAK_LEAST_HITS, strikes, raced }, factor),
    },
    witnesses: WITNESSES,
    floods: Math.max(1, Math.round(minutes / FLOOD_EVERY_MIN)),
    lives: scaled(FULL.lives, factor),
    faults: {
      ...scaled(FULL.faults, factor),
      diskFulls: FULL.faults.diskFulls,
      namespaceDeletions: FULL.faults.namespaceDeletions,
    },
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
