/**
 * The time of faults: strikes by the schedule while the load runs, then puts everything right again and
 * says what struck when.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import pWaitFor from 'p-wait-for';
import { LINKS } from './cables.ts';
import type { ChaosStack } from './chaos-stack.ts';
import type { Clocks } from './clocks.ts';
import type { Crm } from './crm.ts';
import type { Customer } from './customer.ts';
import type { FailpointLane, Role } from './failpoints.ts';
import { type FaultName, type PlannedFault, planFaults, planLast } from './fault-schedule.ts';
import { createFaults, type Faults, killAndAwait } from './faults.ts';
import type { Profile } from './profile.ts';
import type { Random } from './random.ts';
import type { TrafficGate } from './traffic-gate.ts';

export interface Strike {
  name: FaultName;
  /** Milliseconds since 1970. */
  from: number;
  to: number;
}

export interface Storm {
  strikes: readonly Strike[];
  /** The longest that a fault came after its time because the driver was busy, in milliseconds. */
  latenessMs: number;
}

export interface StormParts {
  stack: ChaosStack;
  /** Of Temporal, past every cable. */
  client: Client;
  crm: Crm;
  customer: Customer;
  clocks: Clocks;
  /** By the name of their process. */
  lanes: ReadonlyMap<string, FailpointLane>;
  profile: Profile;
  random: Random;
  cancelledByHand: Set<string>;
  traffic: TrafficGate;
  untilStill(): Promise<void>;
  keepHistories(): Promise<unknown>;
  /** In what the load still falls short of its size; nothing when it may end. */
  missing(): Promise<readonly string[]>;
  onProgress(line: string): void;
}

/** The relay sees to the order in which events come. */
const WEBHOOK_FAULTS = { duplicate: 0.2 };
const CRM_FAILURES = 0.15;
const READY_MS = 60_000;
const GLANCE_MS = 2_000;

/** Resolves when the last fault is over and every process is up. */
export async function rage(parts: StormParts): Promise<Storm> {
  const { stack, client, crm, customer, lanes, profile, random } = parts;
  const schedule = planFaults(profile.faults, profile.loadMs, random.fork('schedule'));
  const chance = random.fork('faults');
  const faults = createFaults({ ...parts, temporal: client, random: chance });
  await customer.setFaults({ seed: random.int(1, 2 ** 31), webhooks: WEBHOOK_FAULTS });
  stack.cables.rage(random.int(1, 2 ** 31));
  crm.failWith(CRM_FAILURES);
  for (const lane of lanes.values()) lane.arm();
  const startedAt = Date.now();
  const over = sleep(profile.loadMs);
  const [tracks] = await Promise.all([
    Promise.all(schedule.map((plan) => follow(parts, plan, { faults, startedAt }))),
    beginLives(parts),
  ]);
  await over;
  await goOn(parts, Date.now() + profile.extraMs);
  await calm(parts);
  const last = await follow(parts, planLast(profile.faults), { faults, startedAt });
  const all = [...tracks, last];
  return {
    strikes: all.flatMap(({ strikes }) => strikes),
    latenessMs: Math.max(...all.map(({ latenessMs }) => latenessMs)),
  };
}

/** Orders come, the gateway fails and failpoints kill until the run has its size, or its time is up. */
async function goOn({ missing, onProgress }: StormParts, giveUpAt: number): Promise<void> {
  for (let known = ''; Date.now() < giveUpAt; await sleep(GLANCE_MS)) {
    const still = (await missing()).join('; ');
    if (still === '') return;
    if (still !== known) onProgress(`the load goes on, short of its size: ${still}`);
    known = still;
  }
}

interface Track {
  faults: Faults;
  startedAt: number;
}

/** A fault whose time comes while the one before still lasts follows at once, and is not late for it. */
async function follow(
  { onProgress }: StormParts,
  plan: readonly PlannedFault[],
  { faults, startedAt }: Track,
): Promise<Storm> {
  const strikes: Strike[] = [];
  let latenessMs = 0;
  for (const { name, at } of plan) {
    const dueAt = Math.max(startedAt + at, Date.now());
    await sleep(dueAt - Date.now());
    const from = Date.now();
    latenessMs = Math.max(latenessMs, from - dueAt);
    onProgress(`${Math.round((from - startedAt) / 1000)} s: ${name}`);
    const hasStruck = (await faults[name]()) !== false;
    if (hasStruck) strikes.push({ name, from, to: Date.now() });
  }
  return { strikes, latenessMs };
}

/** A failpoint is armed with a life, so the present ones have to end: one of each kind after the other. */
async function beginLives({ stack, lanes }: StormParts): Promise<void> {
  const endAll = async (role: Role): Promise<void> => {
    for (const [name, process] of stack.processes)
      if (lanes.has(name) && name.startsWith(role)) await killAndAwait(process);
  };
  await Promise.all([endAll('worker'), endAll('api')]);
}

async function calm(parts: StormParts): Promise<void> {
  const { stack, crm, customer, lanes } = parts;
  for (const name of LINKS) stack.cables.turn(name, 'pass');
  crm.failWith(0);
  for (const lane of lanes.values()) lane.disarm();
  stack.cables.rage(null);
  await stack.database.revive();
  await customer.setFaults({});
  await beginLives(parts);
  const all = [...stack.processes.values()];
  await pWaitFor(() => all.every((kept) => kept.isReady()), { timeout: READY_MS });
}
