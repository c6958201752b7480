/**
 * A running stack in the hands of its owner: addresses, restarts, kills, and the way it ends.
 */

import { hasEnded } from '../../config/config.ts';
import type { Postgres } from '../postgres/postgres.ts';
import { isFull, noSpaceText } from '../processes/disk-space.ts';
import type { ProcessRecord, StackAddresses } from '../processes/process-file.ts';
import type { Supervisor } from '../processes/supervisor.ts';
import { reasonOf } from '../terminal/setup-error.ts';
import { apiKeysOf, baseUrl, type TemporalPlace } from './child-environment.ts';
import type { Keys } from './keys.ts';
import type { Stack, StackPlan } from './stack-options.ts';

/** What has to be ended with a stack; `database` only when it is embedded. */
export type Parts = {
  plan: StackPlan;
  supervisor: Supervisor;
  record: ProcessRecord;
  release: () => void;
  database?: Postgres;
};

/** Where the stack has come to run. */
export type Places = {
  plan: StackPlan;
  keys: Keys;
  temporal: TemporalPlace;
  databaseUrl: string;
  apiPorts: readonly number[];
};

/** A payment that finds no database is tried again anyway; two seconds are soon enough. */
const DATABASE_CHECK_MS = 2000;
/** As often as the database, whose end may be the first sign. */
const DISK_CHECK_MS = 2000;

/** Makes the handle of a stack whose parts all run. */
export function createStack(parts: Parts, places: Places): Stack {
  const { supervisor, database, record } = parts;
  const { plan, apiPorts } = places;
  const addresses = addressesOf(places);
  record.ready(addresses);
  const watches = [watchDisk(parts), ...(database ? [keepAlive(database, plan)] : [])];
  let stopping: Promise<void> | undefined;

  return {
    ...addresses,
    apiUrls: apiPorts.map((port) => baseUrl(plan.config.host, port)),
    dataDir: plan.dataDir,
    get children() {
      const postgres = database?.pid();
      return { ...supervisor.pids(), ...(postgres && { postgres }) };
    },
    stop: (how = 'order') => {
      for (const stopWatching of watches) stopWatching();
      if (how === 'kill') return shutDown(parts, 'kill');
      stopping ??= shutDown(parts, 'order');
      return stopping;
    },
    restart: async (name, env) => {
      if (name === 'postgres' && database) {
        await database.stop();
        return database.revive();
      }
      await supervisor.child(name).stop();
      await supervisor.child(name).start(env);
    },
    kill: (name, signal) => {
      const postgres = name === 'postgres' && database?.pid();
      if (postgres) process.kill(postgres, signal);
      else supervisor.child(name).kill(signal);
    },
  };
}

/** Ends what runs, the database last; it is not ended before everybody has let go of it. */
export async function shutDown(parts: Parts, how: 'order' | 'kill'): Promise<void> {
  const { supervisor, database, record, release } = parts;
  await (how === 'order' ? supervisor.stop() : supervisor.kill());
  await database?.stop(how === 'order' ? 'fast' : 'immediate');
  record.remove();
  release();
}

function addressesOf({ plan, keys, temporal, databaseUrl }: Places): StackAddresses {
  const apiUrl = baseUrl(plan.config.host, plan.ports.api);
  const accepted = apiKeysOf(plan.config, keys).filter((key) => !hasEnded(key, Date.now()));
  const ops = accepted.find(({ scope }) => scope === 'ops')?.secret;
  const client = accepted.find(({ scope }) => scope === 'client')?.secret ?? ops;
  return {
    apiUrl,
    docsUrl: `${apiUrl}/docs`,
    sandboxUrl: `http://127.0.0.1:${plan.ports.sandbox}`,
    databaseUrl,
    temporalAddress: temporal.address,
    temporalNamespace: temporal.namespace,
    ...(temporal.uiUrl && { temporalUiUrl: temporal.uiUrl }),
    keys: { client: client ?? '', ops: ops ?? '' },
  };
}

function keepAlive(database: Postgres, { onProgress }: StackPlan): () => void {
  let reviving = false;
  const said = new Set<string>();
  const sayOnce = (line: string) => {
    if (!said.has(line)) onProgress(line);
    said.add(line);
  };
  const timer = setInterval(async () => {
    if (reviving) return;
    if (database.pid() !== undefined) return said.clear();
    reviving = true;
    sayOnce('postgres died; starting it again');
    await database.revive().catch((error: unknown) => sayOnce(reasonOf(error)));
    reviving = false;
  }, DATABASE_CHECK_MS);
  return () => clearInterval(timer);
}

/** Says once when the disk is full and once when it is no longer, and notes what could not be noted meanwhile. */
function watchDisk({ plan, supervisor, record }: Parts): () => void {
  const { dataDir, onProgress } = plan;
  let wasFull = false;
  const timer = setInterval(() => {
    const full = isFull(dataDir);
    if (full === wasFull) return;
    wasFull = full;
    if (full) return onProgress(`${noSpaceText(dataDir)}; orders go on by themselves afterwards`);
    onProgress(`there is space again on the disk of ${dataDir}`);
    record.update(supervisor.pids());
  }, DISK_CHECK_MS);
  return () => clearInterval(timer);
}
