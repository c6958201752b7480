/**
 * One run: orders through two APIs and two workers, of which one each is killed and the other replaced in
 * the middle; then the traces are counted.
 */
import type { OnProgress } from '../../src/dev/terminal/progress.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { readEvidence } from './evidence.ts';
import type { Place } from './processes.ts';
import { createShopper, type Shopper } from './shopper.ts';

export interface Outcome {
  orders: number;
  seconds: number;
  /** Calls that a process took down with it, or refused on its way out, and that were made again. */
  repeatedCalls: number;
  /** What happened to which process, and how it ended. */
  incidents: string[];
  /** Workflow tasks by the place that did them, over all its lives. */
  tasks: Record<string, number>;
  violations: string[];
}

export interface RunOptions {
  orders: number;
  dataDir: string;
  onProgress: OnProgress;
}

/** As many customers at the same time; enough that every kill hits somebody. */
const IN_FLIGHT = 8;
/** How a process ends that was asked to and had the time that it needs. */
const ORDERLY = 'exit code 0';

export async function runScaleOut({ orders, dataDir, onProgress }: RunOptions): Promise<Outcome> {
  const cluster = await startCluster(dataDir, onProgress);
  try {
    // A gateway of the usual kind: webhooks come twice and in any order.
    await setFaults(cluster, { webhooks: { duplicate: 0.3, shuffle: 0.3 } });
    const shopper = createShopper(cluster);
    const startedAt = Date.now();
    const { ids, incidents } = await sell(cluster, { shopper, orders, onProgress });
    const seconds = (Date.now() - startedAt) / 1000;
    onProgress('counting what the orders left behind …');
    const { violations, tasksByPid } = await readEvidence(cluster, ids);
    const tasks = Object.fromEntries(
      cluster.workers.map(({ name, pids }) => [
        name,
        pids.reduce((sum, pid) => sum + (tasksByPid.get(pid) ?? 0), 0),
      ]),
    );
    const idle = Object.keys(tasks).filter((name) => tasks[name] === 0);
    const slow = incidents.filter(({ ended }) => ended !== undefined && ended !== ORDERLY);
    return {
      orders: ids.length,
      seconds,
      repeatedCalls: shopper.repeated,
      incidents: incidents.map(({ what }) => what),
      tasks,
      violations: [
        ...violations,
        ...idle.map((name) => `${name} did no work`),
        ...slow.map(({ what }) => `not drained in time: ${what}`),
      ],
    };
  } finally {
    await cluster.stop();
  }
}

interface Incident {
  what: string;
  /** Of a drain alone. */
  ended?: string;
}

async function sell(
  cluster: Cluster,
  { shopper, orders, onProgress }: { shopper: Shopper; orders: number; onProgress: OnProgress },
): Promise<{ ids: string[]; incidents: Incident[] }> {
  const ids: string[] = [];
  const troubles = plannedTroubles(cluster).map((trouble, index, all) => ({
    ...trouble,
    after: Math.round((orders * (index + 1)) / (all.length + 2)),
  }));
  const underWay: Promise<Incident>[] = [];
  let begun = 0;
  const customer = async () => {
    while (begun < orders) {
      begun += 1;
      ids.push(await shopper.buy());
      while (troubles[0] !== undefined && ids.length >= troubles[0].after) {
        const trouble = troubles.shift();
        if (trouble === undefined) break;
        onProgress(`${ids.length} of ${orders} orders done; ${trouble.what}`);
        underWay.push(trouble.begin());
      }
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, customer));
  return { ids, incidents: await Promise.all(underWay) };
}

function plannedTroubles({ apis, workers }: Cluster) {
  const killed = (place: Place) => ({
    what: `kill -9 of ${place.name}`,
    begin: async (): Promise<Incident> => {
      await place.kill();
      return { what: `${place.name} was killed and followed by another` };
    },
  });
  const replaced = (place: Place) => ({
    what: `SIGTERM to ${place.name}`,
    begin: async (): Promise<Incident> => {
      const ended = await place.replace();
      return { what: `${place.name} was replaced and ended with ${ended}`, ended };
    },
  });
  return [killed(workers[0]), killed(apis[1]), replaced(workers[1]), replaced(apis[0])];
}

async function setFaults({ sandboxUrl }: Cluster, plan: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify(plan);
  const { ok, status } = await fetch(`${sandboxUrl}/faults`, { method: 'PUT', headers, body });
  if (!ok) throw new Error(`the gateway does not take the faults: ${status}`);
}
