/**
 * The whole of Payonce on one machine, for `npm start`, the demo and the tests: Temporal, database,
 * sandbox gateway, workers and APIs. It runs as a whole or leaves nothing behind.
 */

import type { Environment } from '../../config/config.ts';
import { loadGateways } from '../../process/load-gateways.ts';
import { startPostgres } from '../postgres/postgres.ts';
import { noSpaceError } from '../processes/disk-space.ts';
import { freePort } from '../processes/free-port.ts';
import { createProcessRecord } from '../processes/process-file.ts';
import { createSupervisor } from '../processes/supervisor.ts';
import { placeTemporal } from '../temporal/stack-temporal.ts';
import { withProgress } from '../terminal/progress.ts';
import { childEnvironment, type TemporalPlace } from './child-environment.ts';
import { takeDataDir } from './data-dir.ts';
import { loadKeys } from './keys.ts';
import * as payonce from './payonce-children.ts';
import { createStack, type Parts, shutDown } from './stack-handle.ts';
import { planStack, type Stack, type StackOptions, type StackPlan } from './stack-options.ts';

export type { Stack, StackOptions } from './stack-options.ts';

/**
 * Starts a stack and resolves when all of it is ready.
 * @throws ConfigError for a wrong setting; SetupError for whatever else a person can put right.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const plan = planStack(options, await loadGateways(options.env));
  const release = await takeDataDir(plan.dataDir, plan.onProgress);
  const record = createProcessRecord(plan.dataDir);
  const supervisor = createSupervisor(record, plan.onProgress);
  const parts: Parts = { plan, supervisor, record, release };
  const stopEarly = () => void supervisor.kill();
  plan.signal.addEventListener('abort', stopEarly);
  try {
    return await assemble(parts);
  } catch (error) {
    const noSpace = noSpaceError(plan.dataDir, error);
    await shutDown(parts, 'order');
    throw noSpace ?? error;
  } finally {
    plan.signal.removeEventListener('abort', stopEarly);
  }
}

/** Where the stores are reached; `variables` is the environment with Temporal's address in it. */
export type Stores = { databaseUrl: string; variables: Environment };

/**
 * Takes the data directory, lets `prepare` change what is in it, starts database and Temporal alone, and ends them once
 * `act` has ended.
 * @throws ConfigError for a wrong setting; SetupError for whatever else a person can put right.
 */
export async function withStores(
  options: StackOptions,
  prepare: () => Promise<void>,
  act: (stores: Stores) => Promise<void>,
): Promise<void> {
  const plan = planStack(options, await loadGateways(options.env));
  const release = await takeDataDir(plan.dataDir, plan.onProgress);
  const record = createProcessRecord(plan.dataDir);
  const supervisor = createSupervisor(record, plan.onProgress);
  const parts: Parts = { plan, supervisor, record, release };
  try {
    await prepare();
    const { temporal, databaseUrl } = await placeStores(parts);
    await act({ databaseUrl, variables: { ...plan.env, ...temporal.variables } });
  } finally {
    await shutDown(parts, 'order');
  }
}

async function placeStores(parts: Parts): Promise<{
  plan: StackPlan;
  databaseUrl: string;
  temporal: TemporalPlace;
}> {
  const plan = { ...parts.plan, ports: await choosePorts(parts.plan) };
  const { onProgress, signal } = plan;
  const [databaseUrl, temporal] = await bothDone(
    placeDatabase(parts),
    placeTemporal(plan, parts.supervisor),
  );
  signal.throwIfAborted();
  await withProgress('preparing the database', onProgress, () => plan.migrate(databaseUrl));
  signal.throwIfAborted();
  return { plan, databaseUrl, temporal };
}

async function assemble(parts: Parts): Promise<Stack> {
  const keys = loadKeys(parts.plan.dataDir);
  const { plan, databaseUrl, temporal } = await placeStores(parts);
  const { config, env, dataDir, ports } = plan;
  const { api: apiPort, sandbox: sandboxPort } = ports;
  const environment = childEnvironment({
    ...{ config, env, dataDir, databaseUrl, keys, temporal, apiPort, sandboxPort },
  });
  const apiPorts = await startPayonce(parts, plan, environment);
  return createStack(parts, { plan, keys, temporal, databaseUrl, apiPorts });
}

async function choosePorts(plan: StackPlan): Promise<StackPlan['ports']> {
  const { ports, config, env } = plan;
  const local = '127.0.0.1';
  const api = { port: ports.api, host: config.host, variable: 'PORT', use: 'API' };
  const sandbox = { host: local, variable: 'SANDBOX_PORT', use: 'sandbox gateway' };
  const temporal = { host: local, variable: 'TEMPORAL_PORT', use: 'Temporal' };
  const temporalUi = { host: local, variable: 'TEMPORAL_UI_PORT', use: 'Temporal UI' };
  const chosen = {
    ...ports,
    api: await freePort(api),
    sandbox: await freePort({ ...sandbox, port: ports.sandbox }),
  };
  if (env.TEMPORAL_ADDRESS) return chosen;
  return {
    ...chosen,
    temporal: await freePort({ ...temporal, port: ports.temporal }),
    temporalUi: await freePort({ ...temporalUi, port: ports.temporalUi }),
  };
}

async function placeDatabase(parts: Parts): Promise<string> {
  const { config, dataDir, onProgress } = parts.plan;
  if (config.databaseUrl !== undefined) return config.databaseUrl;
  parts.database = await startPostgres({ dataDir, onProgress });
  return parts.database.url;
}

/** Waits for both even when one fails, so that nothing starts after the clean-up. */
async function bothDone(
  database: Promise<string>,
  temporal: Promise<TemporalPlace>,
): Promise<[string, TemporalPlace]> {
  await Promise.allSettled([database, temporal]);
  return Promise.all([database, temporal]);
}

async function startPayonce(
  { supervisor }: Parts,
  { ports, scripts, dataDir, config, workers, apis, onProgress }: StackPlan,
  env: NodeJS.ProcessEnv,
): Promise<number[]> {
  const common = { dataDir, env };
  const { host } = config;
  const names = payonce.numbered('api', apis);
  const more = names.slice(1).map(() => freePort({ port: 0, host, variable: 'PORT', use: 'API' }));
  const apiPorts = [ports.api, ...(await Promise.all(more))];
  const sandbox = payonce.sandboxChild({ ...common, name: 'sandbox', script: scripts.sandbox });
  const workerSpecs = payonce
    .numbered('worker', workers)
    .map((name) => payonce.workerChild({ ...common, name, script: scripts.worker }));
  const apiSpecs = names.map((name, index) => {
    const own = { ...env, PORT: String(apiPorts[index]) };
    return payonce.apiChild({ dataDir, env: own, name, script: scripts.api });
  });
  await withProgress('starting sandbox gateway, worker and API', onProgress, () =>
    Promise.all([
      supervisor.start([sandbox]),
      supervisor.start(workerSpecs),
      supervisor.start(apiSpecs),
    ]),
  );
  return apiPorts;
}
