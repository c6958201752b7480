/**
 * The time of faults: strikes by the schedule while the load runs, then puts everything right again and
 * says what struck when.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pWaitFor from 'p-wait-for';
import { LINKS } from './cables.ts';
import type { ChaosStack } from './chaos-stack.ts';
import type { Crm } from './crm.ts';
import type { Customer } from './customer.ts';
import type { FailpointLane } from './failpoints.ts';
import { type FaultName, type PlannedFault, planFaults } from './fault-schedule.ts';
import { createFaults, type Faults, killAndAwait } from './faults.ts';
import type { Profile } from './profile.ts';
import type { Random } from './random.ts';

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
  crm: Crm;
  customer: Customer;
  /** By the name of their process. */
  lanes: ReadonlyMap<string, FailpointLane>;
  profile: Profile;
  random: Random;
  onProgress(line: string): void;
}

/** What a gateway's API does to its callers on a bad day, of a hundred calls. */
const GATEWAY_FAULTS = {
  timeoutAfter: 0.1,
  timeoutBefore: 0.05,
  error500: 0.05,
  error429: 0.03,
  reset: 0.02,
  hang: 0.01,
};
const WEBHOOK_FAULTS = { duplicate: 0.2, shuffle: 0.3 };
const CRM_FAILURES = 0.15;
const READY_MS = 60_000;

/** Resolves when the last fault is over and every process is up. */
export async function rage(parts: StormParts): Promise<Storm> {
  const { stack, crm, customer, lanes, profile, random } = parts;
  const schedule = planFaults(profile.faults, profile.loadMs, random.fork('schedule'));
  const faults = createFaults(stack, profile, random.fork('faults'));
  await customer.setFaults({
    seed: random.int(1, 2 ** 31),
    api: GATEWAY_FAULTS,
    webhooks: WEBHOOK_FAULTS,
  });
  crm.failWith(CRM_FAILURES);
  for (const lane of lanes.values()) lane.arm();
  const startedAt = Date.now();
  const over = sleep(profile.loadMs);
  const tracks = await Promise.all([
    follow(parts, schedule.infrastructure, { faults, startedAt }),
    follow(parts, schedule.kills, { faults, startedAt }),
    beginLives(parts),
  ]);
  await over;
  await calm(parts);
  const [infrastructure, kills] = tracks;
  return {
    strikes: [...infrastructure.strikes, ...kills.strikes],
    latenessMs: Math.max(infrastructure.latenessMs, kills.latenessMs),
  };
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
    await faults[name]();
    strikes.push({ name, from, to: Date.now() });
  }
  return { strikes, latenessMs };
}

/** A failpoint is armed with a life, so the present one has to end. */
async function beginLives({ stack, lanes }: StormParts): Promise<void> {
  const victims = [...lanes.keys()].flatMap((name) => stack.processes.get(name) ?? []);
  await Promise.all(victims.map(killAndAwait));
}

async function calm(parts: StormParts): Promise<void> {
  const { stack, crm, customer, lanes } = parts;
  for (const name of LINKS) stack.cables.turn(name, 'pass');
  crm.failWith(0);
  for (const lane of lanes.values()) lane.disarm();
  await stack.database.revive();
  await customer.setFaults({});
  await beginLives(parts);
  const all = [...stack.processes.values()];
  await pWaitFor(() => all.every((kept) => kept.isReady()), { timeout: READY_MS });
}
