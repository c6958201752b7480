/**
 * How long everything is measured. The full run is bounded by time, not by orders, so that a slow side
 * takes no longer than a fast one: about twenty minutes on two cores.
 */
import type { LoopPlan } from './measuring/closed-loop.ts';
import { WORKLOADS, type Workload } from './side.ts';

export interface Plan {
  rounds: number;
  /** Measured in every round, on a side that was just started. */
  inEveryRound: readonly Workload[];
  /** Measured once, on a side that was started for it; what comes first fills the store for the next. */
  afterwards: readonly Workload[];
  order: LoopPlan;
  storm: LoopPlan;
  hot: LoopPlan;
  growth: GrowthPlan;
  open: OpenPlan;
}

export interface GrowthPlan {
  /** How many orders are in the store when orders are measured; ascending. */
  levels: readonly number[];
  /** A side that fills more slowly is measured as far as it has come. */
  fillWithinMs: number;
  fillInFlight: number;
  loop: LoopPlan;
}

export interface OpenPlan {
  /** Webhooks to orders that have long been idle, one at a time. */
  samples: number;
}

/** Enough to keep two cores busy; what is beyond is queueing. */
const IN_FLIGHT = 64;

/** What follows on a side that runs already: the first burst of 64 equal orders has spread out. */
const WARM_UP_MS = 3_000;

/** Node compiles what an order needs only when it has seen hundreds of them. */
const FIRST_WARM_UP_MS = 10_000;

/** A slow side still ends a hundred orders in it. */
const MEASURE_MS = 7_000;

/** Percentiles of fewer would be single accidents. */
const LEAST_SAMPLES = 50;

const STEADY: LoopPlan = {
  inFlight: IN_FLIGHT,
  warmUpMs: WARM_UP_MS,
  measureMs: MEASURE_MS,
  atLeast: LEAST_SAMPLES,
};

export const FULL_PLAN: Plan = {
  rounds: 3,
  inEveryRound: ['order', 'storm', 'hot'],
  afterwards: ['growth', 'open'],
  order: { ...STEADY, warmUpMs: FIRST_WARM_UP_MS },
  storm: { ...STEADY, measureMs: 6_000, atLeast: 0 },
  hot: { inFlight: IN_FLIGHT, warmUpMs: 0, measureMs: 6_000, atMost: 10_000 },
  growth: {
    levels: [1_000, 5_000, 20_000],
    fillWithinMs: 420_000,
    fillInFlight: IN_FLIGHT,
    loop: STEADY,
  },
  open: { samples: 200 },
};

/** Everything once, in small: it shows that a side and a workload work, and measures nothing. */
const SMOKE_LOOP: LoopPlan = { inFlight: 8, warmUpMs: 0, measureMs: 120_000, atMost: 16 };

export const SMOKE_PLAN: Plan = {
  rounds: 1,
  inEveryRound: WORKLOADS,
  afterwards: [],
  order: SMOKE_LOOP,
  storm: { ...SMOKE_LOOP, atMost: 2 },
  hot: { ...SMOKE_LOOP, atMost: 100 },
  growth: {
    levels: [20, 40],
    fillWithinMs: 120_000,
    fillInFlight: 8,
    loop: { ...SMOKE_LOOP, atMost: 8 },
  },
  open: { samples: 5 },
};
