/**
 * What strikes: kills, freezes, outages and cables. Each fault resolves when it is over and what it hit
 * runs again; nothing here decides when.
 */
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, Connection } from '@temporalio/client';
import pWaitFor from 'p-wait-for';
import { readTemporalDevFile } from '../src/dev/temporal/temporal-dev-file.ts';
import { untilServing } from '../src/dev/temporal/temporal-server.ts';
import type { LinkName } from './cables.ts';
import type { ChaosStack } from './chaos-stack.ts';
import type { Clocks } from './clocks.ts';
import type { FaultName } from './fault-schedule.ts';
import type { KeptProcess } from './kept-process.ts';
import type { Profile } from './profile.ts';
import type { Random } from './random.ts';
import { createRunFaults } from './run-faults.ts';
import type { LinkState } from './tcp-proxy.ts';
import type { TrafficGate } from './traffic-gate.ts';

/** A process that does not come back within this has a trouble of its own, which the checks will find. */
const REVIVAL_MS = 60_000;
const GLANCE_MS = 50;
/** Twice what a webhook's time may differ by: ahead and behind in turn. */
const SKEW_MS = 600_000;
/** Long enough for events, orders and waits of its own. */
const SKEWED_FOR_MS = 15_000;
/** A slow cable is borne for longer than a cut one. */
const SLOW_FOR_MS = 8_000;

/** Each resolves with false when there was nothing that it could strike. */
export type Faults = Record<FaultName, () => Promise<unknown>>;

export interface FaultParts {
  stack: ChaosStack;
  /** Reaches Temporal past every cable. */
  temporal: Client;
  clocks: Clocks;
  profile: Pick<Profile, 'outageMs' | 'witnesses'>;
  random: Random;
  /** Gets the ids of the orders that were asked to cancel in Temporal. */
  cancelledByHand: Set<string>;
  /** Callers and webhooks are held back while Temporal loses its runs. */
  traffic: TrafficGate;
  /** Whether no order has written anything for a moment. */
  untilStill(): Promise<void>;
  /** Keeps the histories that are about to be lost. */
  keepHistories(): Promise<unknown>;
}

export function createFaults(parts: FaultParts): Faults {
  const { stack, temporal, clocks, profile, random, cancelledByHand } = parts;
  const { outageMs, witnesses } = profile;
  const mortals = [...stack.processes.values()].filter(({ name }) => !witnesses.includes(name));
  const workers = mortals.filter(({ name }) => name.startsWith('worker'));
  const apis = mortals.filter(({ name }) => name.startsWith('api'));
  const server = [...stack.processes.values()].filter(({ name }) => name === 'temporal');
  const runs = createRunFaults(temporal, random, cancelledByHand);
  let skewMs = random.pick([SKEW_MS, -SKEW_MS]);
  const link = (name: LinkName, state: LinkState, ms: number) => disturb(stack, name, state, ms);
  return {
    workerKills: () => killOneOf(workers, stack, random),
    apiKills: () => killOneOf(apis, stack, random),
    temporalKills: () => killOneOf(server, stack, random),
    temporalFreezes: () => freeze(() => [pidOf(server[0])], outageMs.temporal),
    databaseKills: () => killDatabase(stack, outageMs.database),
    databaseFreezes: () => freeze(() => familyOf(stack.database.pid()), outageMs.database),
    databaseSilences: () =>
      link('database', random.pick(['silent', 'halfOpen']), outageMs.database),
    gatewayOutages: () => link('gateway', random.pick(['cut', 'halfOpen']), outageMs.gateway),
    linkResets: () => link(random.pick(['temporal', 'database', 'gateway']), 'cut', 200),
    linkSlowdowns: () =>
      link(random.pick(['temporal', 'database', 'gateway']), 'slow', SLOW_FOR_MS),
    diskFulls: () => fillDisk(stack, outageMs.disk),
    runTerminations: runs.terminate,
    runCancellations: runs.cancel,
    runResets: runs.reset,
    namespaceDeletions: () => loseNamespace(parts),
    clockSkews: () => {
      skewMs = -skewMs;
      return skewClock(random.pick(apis), clocks, skewMs);
    },
  };
}

/** Only while another one of its kind is up, where there is another one. */
async function killOneOf(
  kind: readonly KeptProcess[],
  { processes }: ChaosStack,
  random: Random,
): Promise<void> {
  const victim = random.pick(kind);
  const [role] = victim.name.split('-');
  const others = [...processes.values()].filter(
    (other) => other !== victim && other.name.split('-')[0] === role,
  );
  await untilTrue(() => others.length === 0 || others.some((other) => other.isReady()));
  await killAndAwait(victim);
}

/** Resolves when the next life of the process is ready. */
export async function killAndAwait(victim: KeptProcess): Promise<void> {
  await untilTrue(victim.isReady);
  const pid = victim.pid();
  victim.kill('SIGKILL');
  await untilTrue(() => victim.pid() !== pid && victim.isReady());
}

/** A process lives with the clock that it was started with. */
async function skewClock(victim: KeptProcess, clocks: Clocks, skewMs: number): Promise<void> {
  clocks.set(victim.name, skewMs);
  await killAndAwait(victim);
  await sleep(SKEWED_FOR_MS);
  clocks.set(victim.name, 0);
  await killAndAwait(victim);
}

/** As a power cut would; then it starts again on the same files. */
async function killDatabase({ database }: ChaosStack, downMs: number): Promise<void> {
  const pid = database.pid();
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
  await sleep(downMs);
  await database.revive();
}

/** Of both databases. Temporal goes on by itself, and so does PostgreSQL unless its log had no space. */
async function fillDisk({ disk, database }: ChaosStack, ms: number): Promise<boolean> {
  if (disk === null) return false;
  disk.fill();
  await sleep(ms);
  disk.free();
  await database.revive();
  return true;
}

/**
 * What Temporal has taken and no order has taken up yet is lost with it, so nothing is under way when it
 * happens: that alone has to go on from the record which the record has.
 */
async function loseNamespace(parts: FaultParts): Promise<void> {
  const { stack, traffic, untilStill, keepHistories } = parts;
  const { temporalAddress: address, temporalNamespace: namespace } = stack;
  await traffic.hold();
  try {
    await untilStill();
    await keepHistories();
    const connection = await Connection.connect({ address });
    await connection.operatorService.deleteNamespace({ namespace });
    await connection.close();
    await untilServing(address, readTemporalDevFile(), AbortSignal.timeout(REVIVAL_MS));
    const all = [...stack.processes.values()];
    await untilTrue(() => all.every((kept) => kept.isReady()));
  } finally {
    traffic.release();
  }
}

async function freeze(pidsOf: () => readonly (number | undefined)[], ms: number): Promise<void> {
  const frozen = pidsOf().filter((pid) => pid !== undefined);
  for (const pid of frozen) signal(pid, 'SIGSTOP');
  await sleep(ms);
  for (const pid of frozen) signal(pid, 'SIGCONT');
}

async function disturb(stack: ChaosStack, name: LinkName, state: LinkState, ms: number) {
  stack.cables.turn(name, state);
  await sleep(ms);
  stack.cables.turn(name, 'pass');
}

/** PostgreSQL answers from processes of its own for each connection: all of them have to stop. */
function familyOf(parent: number | undefined): number[] {
  if (parent === undefined) return [];
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const rows = table.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const children = rows.filter(([, ppid]) => ppid === parent).map(([pid]) => pid);
  return [parent, ...children.filter((pid) => pid !== undefined)];
}

function pidOf(kept: KeptProcess | undefined): number | undefined {
  return kept?.pid();
}

/** One that has gone meanwhile needs no signal any more. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function untilTrue(isSo: () => boolean): Promise<void> {
  await pWaitFor(isSo, { interval: GLANCE_MS, timeout: REVIVAL_MS }).catch(() => {});
}
