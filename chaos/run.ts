/**
 * One chaos run from its first process to its verdict. It leaves no process behind, and its files only
 * where something was violated.
 */
import { setMaxListeners } from 'node:events';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../src/config/config.ts';
import type { Close } from './chaos-stack.ts';
import { DRAIN_LIMIT_MS, drain } from './drain.ts';
import { type Driven, drive } from './driver.ts';
import type { Violation } from './evidence.ts';
import { countHits } from './failpoints.ts';
import { exportHistories } from './histories.ts';
import { untilStill } from './invariants/standstill.ts';
import { judge } from './judge.ts';
import { type MemorySample, watchMemory } from './memory.ts';
import { type Arrival, planOrders, planReserve } from './plan-orders.ts';
import type { Profile } from './profile.ts';
import { createRandom, type Random } from './random.ts';
import { loadShortfallsOf, type Reached } from './shortfalls.ts';
import { rage, type Storm } from './storm.ts';
import type { Summary } from './summary.ts';
import { openWorld, type World } from './world.ts';

export interface RunOptions {
  seed: number;
  profile: Profile;
  env: Environment;
  /** Ends the run where it stands. */
  signal: AbortSignal;
  onProgress(line: string): void;
}

/** What nobody waits for any longer ends within the longest request. */
const UNWIND_MS = 16_000;

/** @throws Error when something does not start, or the signal came */
export async function runChaos(options: RunOptions): Promise<Summary> {
  const closes: Close[] = [];
  const over = new AbortController();
  // Everybody in the run listens to it.
  setMaxListeners(0, over.signal);
  try {
    return await Promise.race([
      run(options, over, (close) => closes.unshift(close)),
      interruption(options.signal),
    ]);
  } finally {
    over.abort();
    for (const close of closes) await close();
  }
}

function interruption(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('the run was interrupted')));
  });
}

async function run(
  options: RunOptions,
  over: AbortController,
  onOpen: (close: Close) => void,
): Promise<Summary> {
  const { seed, profile, onProgress } = options;
  const startedAt = Date.now();
  const random = createRandom(seed);
  const arrivals = planOrders(profile, seed, random.fork('orders'));
  const reserve = planReserve(profile, seed, random.fork('reserve'));
  const sticky = pickSticky(arrivals, profile, random.fork('sticky'));
  const done = { dataDir: '' };
  // First come, last closed: by then nothing writes into it any more.
  onOpen(() => done.dataDir && rm(done.dataDir, { recursive: true, force: true }));
  const world = await openWorld({ ...options, random, sticky, signal: over.signal, onOpen });
  const load = await bear(world, { ...options, arrivals, reserve, random, over, startedAt });
  onProgress('counting');
  const summary = await judge(world, { ...options, startedAt, load });
  if (summary.violations.length > 0) onProgress(`what the run left is in ${world.dataDir}`);
  else done.dataDir = world.dataDir;
  return summary;
}

/** Orders whose payment the gateway makes and never admits: of those that are sure to come. */
function pickSticky(arrivals: readonly Arrival[], { stickyErrors }: Profile, random: Random) {
  const plain = arrivals.filter(({ life }) => life === 'paid').map(({ order }) => order.id);
  const early = plain.slice(0, Math.max(stickyErrors, Math.ceil(plain.length / 2)));
  return random.shuffle(early).slice(0, stickyErrors);
}

/** What came of the time of faults and the rest after it. */
export interface Load {
  storm: Storm;
  driven: Driven;
  faultsEndedAt: number;
  drainMs: number;
  /** The orders that have come. */
  orderIds: readonly string[];
  memory: readonly MemorySample[];
  violations: Violation[];
}

async function countReached({ stack }: World, driven: Driven): Promise<Reached> {
  return {
    orders: driven.begun(),
    hostileSignals: driven.hostileSignals(),
    failpoints: countHits(stack.logFiles),
    gateway: await stack.cables.countGatewayCalls(),
  };
}

interface Bearing extends RunOptions {
  arrivals: readonly Arrival[];
  reserve: readonly Arrival[];
  random: Random;
  over: AbortController;
  startedAt: number;
}

async function bear(world: World, bearing: Bearing): Promise<Load> {
  const { arrivals, random, over, profile, onProgress } = bearing;
  const watching = new AbortController();
  const memory = watchMemory(world.stack.processes, watching.signal);
  onProgress(`load: ${arrivals.length} orders in ${profile.loadMs / 1000} s`);
  const driven = drive({ ...world, ...bearing, signal: over.signal });
  const storm = await rage({
    ...world,
    ...{ profile, random, onProgress },
    missing: async () => loadShortfallsOf(await countReached(world, driven), profile),
    untilStill: () => untilStill(world.evidence.database),
    keepHistories: () => exportHistories(world.client, world.evidence.historiesFolder),
  });
  const orderIds = driven.endArrivals();
  const faultsEndedAt = Date.now();
  onProgress('faults are over');
  const { evidence } = world;
  const giveUpAt = faultsEndedAt + DRAIN_LIMIT_MS;
  const violations = await drain({ ...world, ...evidence, driven, orderIds, giveUpAt });
  const drainMs = Date.now() - faultsEndedAt;
  over.abort();
  await Promise.race([driven.done, sleep(UNWIND_MS)]);
  watching.abort();
  return { storm, driven, orderIds, faultsEndedAt, drainMs, memory, violations };
}
