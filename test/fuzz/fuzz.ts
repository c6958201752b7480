/**
 * Sends thousands of hostile requests to the real API and says what it did wrong. The same seed asks
 * the same questions; only ids and times differ.
 */
import fc from 'fast-check';
import { openShop } from '../support/shop.ts';
import { sharedStack } from '../support/stack.ts';
import { runsOf } from '../support/temporal.ts';
import { contradictions, testimonyOf } from './bystanders.ts';
import { converse } from './conversation.ts';
import { type HostileRequest, hostileRequest } from './hostile-request.ts';
import { judge } from './judge.ts';
import { createScales, type Weight } from './memory.ts';
import { type Counts, createTally, type Tally, type Violation } from './tally.ts';
import { openWorld, type World } from './world.ts';

export interface FuzzOptions {
  seed: number;
  requests: number;
  /** Only this one of them, to see a failure again. */
  only?: number;
  onProgress?: (line: string) => void;
}

export interface FuzzSummary extends Counts {
  seed: number;
  requests: number;
  orders: { guarded: number; open: number };
  memory: Record<string, Weight>;
  seconds: number;
  violations: Violation[];
}

/** As many at once as keep two APIs busy, and few enough to be answered within their time. */
const LANES = 16;
/** Orders are looked at between windows, so that a change is found near its cause. */
const WINDOW = 200;
/** One is as good as a hundred; a few show whether it is one cause or several. */
const MAX_SHRUNK = 3;

export async function fuzz(options: FuzzOptions): Promise<FuzzSummary> {
  const { seed, requests, only } = options;
  const startedAt = Date.now();
  const world = await openWorld(await openShop());
  const enemy = hostileRequest(world);
  const chosen = [...fc.sample(enemy, { seed, numRuns: requests }).entries()].filter(
    ([index]) => only === undefined || index === only,
  );
  const tally = createTally();
  const memory = await attack(world, chosen, { tally, ...options });
  for (const { orderId } of [...world.guarded, ...world.open]) await checkRuns(orderId, tally);
  for (const violation of tally.violations.slice(0, MAX_SHRUNK))
    if (violation.index !== null)
      violation.sent = await shrunk(enemy, world, { seed, index: violation.index });
  return {
    seed,
    requests: chosen.length,
    ...tally.counts,
    orders: { guarded: world.guarded.length, open: world.open.length },
    memory,
    seconds: Math.round((Date.now() - startedAt) / 1000),
    violations: tally.violations,
  };
}

type Watch = Pick<FuzzOptions, 'onProgress'> & { tally: Tally };

async function attack(
  world: World,
  requests: readonly [number, HostileRequest][],
  { tally, onProgress = () => {} }: Watch,
): Promise<Record<string, Weight>> {
  const stack = await sharedStack();
  const pids = apiPids(stack.children);
  const scales = createScales(pids);
  let before = await testimonyOf(world);
  for (let at = 0; at < requests.length; at += WINDOW) {
    const window = requests.slice(at, at + WINDOW);
    await inLanes(window, async ([index, request]) =>
      tally.note(index, request, await ask(request, world, index)),
    );
    scales.weigh(at / requests.length);
    const now = await testimonyOf(world);
    const changed = contradictions(before, now);
    before = now;
    const name = `requests ${at} to ${at + window.length - 1}`;
    if (changed.length > 0) tally.violate(`${name} changed an order that refused them`, changed);
    onProgress(`${at + window.length} of ${requests.length}, ${tally.violations.length} wrong`);
  }
  const after = apiPids(stack.children);
  if (Object.entries(pids).some(([name, pid]) => after[name] !== pid))
    tally.violate('an API process has died', []);
  return scales.weights();
}

function apiPids(children: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(children).filter(([name]) => name.startsWith('api')));
}

async function ask(request: HostileRequest, { apiUrls }: World, index: number) {
  const said = request.bytes();
  const heard = await converse(apiUrls[index % apiUrls.length] ?? '', said, request.ending);
  return judge(request, said, heard);
}

async function inLanes<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  const lane = async (): Promise<void> => {
    for (const item of left) await act(item);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

/** Whatever was let in, no order may be stuck on it. */
async function checkRuns(orderId: string, tally: Tally): Promise<void> {
  const runs = await runsOf(orderId);
  const bad = runs.filter(({ status, failedTasks }) => failedTasks > 0 || status === 'FAILED');
  if (bad.length > 0) tally.violate(`order ${orderId} is stuck`, [JSON.stringify(bad)]);
}

/** The bytes of the smallest request that is answered wrongly, found from the one that was. */
async function shrunk(
  enemy: fc.Arbitrary<HostileRequest>,
  world: World,
  { seed, index }: { seed: number; index: number },
): Promise<string> {
  let smallest = '';
  const isRight = fc.asyncProperty(enemy, async (request) => {
    const said = request.bytes();
    const heard = await converse(world.apiUrls[0] ?? '', said, request.ending);
    const isWrong = judge(request, said, heard).wrong.length > 0;
    if (isWrong) smallest = said.toString('latin1');
    return !isWrong;
  });
  await fc.check(isRight, {
    seed,
    path: String(index),
    interruptAfterTimeLimit: 60_000,
  });
  return smallest;
}
