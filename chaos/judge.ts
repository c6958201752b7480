/** From what a run has left to its verdict and its figures. */
import { readdir } from 'node:fs/promises';
import type pg from 'pg';
import { DRAIN_LIMIT_MS } from './drain.ts';
import type { Delivery, Operation, Violation } from './evidence.ts';
import { countHits } from './failpoints.ts';
import { exportHistories } from './histories.ts';
import { readGatewayTruth } from './invariants/gateway-truth.ts';
import { checkInvariants } from './invariants/index.ts';
import { readJsonLines } from './json-lines.ts';
import type { Load, RunOptions } from './run.ts';
import { type Summary, summarize } from './summary.ts';
import type { World } from './world.ts';

interface Judging extends RunOptions {
  startedAt: number;
  load: Load;
}

export async function judge(world: World, judging: Judging): Promise<Summary> {
  const { startedAt, load, profile } = judging;
  const { evidence, client, caller, stack, crm } = world;
  const { storm, driven, orderIds, memory } = load;
  for (const orderId of orderIds) {
    const path = `/v1/orders/${orderId}`;
    await caller.ask({ kind: 'read', orderId, method: 'GET', path });
  }
  await exportHistories(client, evidence.historiesFolder);
  // Those from before the namespace was lost are there as well.
  const histories = (await readdir(evidence.historiesFolder)).length;
  const settings = settingsOf(judging);
  const found = await checkInvariants({ ...evidence, memory, settings });
  return summarize({
    settings: { seed: judging.seed, profile: profile.name, orders: orderIds.length },
    profile,
    lives: driven.lives,
    operations: await readJsonLines<Operation>(evidence.operationsFile),
    deliveries: await readJsonLines<Delivery>(evidence.deliveriesFile),
    told: (await readGatewayTruth(evidence.sandboxUrl)).webhooks,
    strikes: storm.strikes,
    waits: driven.waits,
    takenUp: await readTakenUp(evidence.database),
    failpoints: countHits(stack.logFiles),
    gateway: { ...(await stack.cables.countGatewayCalls()), crmFailures: crm.failures() },
    hostileSignals: driven.hostileSignals(),
    histories,
    memory,
    drainMs: load.drainMs,
    latenessMs: Math.max(storm.latenessMs, driven.latenessMs()),
    durationMs: Date.now() - startedAt,
    violations: [...load.violations, ...brokenStories(load), ...found],
  });
}

/** By the gateway's own id, which stands behind the gateway's name there. */
async function readTakenUp(database: pg.Pool): Promise<Map<string, number>> {
  const { rows } = await database.query<{ id: string; at: number }>(
    `select split_part(event_id, ':', 2) as id, min(extract(epoch from at) * 1000)::float8 as at
     from order_events where source = 'webhook' group by 1`,
  );
  return new Map(rows.map(({ id, at }) => [id, at]));
}

function settingsOf({ seed, profile, startedAt, load }: Judging) {
  const { storm, orderIds, faultsEndedAt } = load;
  const clockSkews = storm.strikes.filter(({ name }) => name === 'clockSkews');
  const times = { startedAt, faultsEndedAt, drainLimitMs: DRAIN_LIMIT_MS, clockSkews };
  const hasLostNamespace = storm.strikes.some(({ name }) => name === 'namespaceDeletions');
  return { seed, profile: profile.name, orderIds, hasLostNamespace, ...times };
}

function brokenStories({ driven }: Load): Violation[] {
  return [...driven.broken].map(([subject, detail]) => ({ invariant: 'story', subject, detail }));
}
