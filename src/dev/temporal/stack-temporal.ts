/**
 * The Temporal of a stack: the one that `TEMPORAL_ADDRESS` names, or a development server.
 */
import path from 'node:path';
import { Connection } from '@temporalio/client';
import { temporalConnection } from '../../temporal/connection.ts';
import { noSpaceError } from '../processes/disk-space.ts';
import type { Supervisor } from '../processes/supervisor.ts';
import {
  embeddedTemporal,
  externalTemporal,
  type TemporalPlace,
} from '../stack/child-environment.ts';
import type { StackPlan } from '../stack/stack-options.ts';
import { withProgress } from '../terminal/progress.ts';
import { reasonOf, SetupError } from '../terminal/setup-error.ts';
import { findTemporalCli } from './temporal-cli.ts';
import { temporalServer } from './temporal-server.ts';

/** A cluster that takes longer to answer would not serve payments either. */
const CONNECT_TIMEOUT_MS = 5000;

/** @throws SetupError when no Temporal can be reached or started. */
export async function placeTemporal(
  plan: StackPlan,
  supervisor: Supervisor,
): Promise<TemporalPlace> {
  return plan.env.TEMPORAL_ADDRESS ? reach(plan) : startServer(plan, supervisor);
}

async function reach({ env }: StackPlan): Promise<TemporalPlace> {
  const { connectionOptions } = temporalConnection(env);
  const { address } = connectionOptions;
  const { apiKey, tls, metadata } = connectionOptions;
  try {
    const connection = await Connection.connect({
      address,
      connectTimeout: CONNECT_TIMEOUT_MS,
      ...(apiKey !== undefined && { apiKey }),
      ...(tls !== undefined && { tls }),
      ...(metadata !== undefined && { metadata }),
    });
    await connection.close();
  } catch (error) {
    throw new SetupError(
      `Temporal at ${address} does not answer: ${reasonOf(error)}. Correct TEMPORAL_ADDRESS, or unset it to have a development server started.`,
    );
  }
  return externalTemporal(env);
}

async function startServer(plan: StackPlan, supervisor: Supervisor): Promise<TemporalPlace> {
  const { env, temporalFile: file, dataDir, ports, onProgress, signal } = plan;
  const { version, namespace } = file;
  const cli = await findTemporalCli({ env, version, onProgress, signal });
  const place = embeddedTemporal(ports, namespace, { env, dataDir });
  const server = await temporalServer({
    ...{ cli, file, dataDir, port: ports.temporal, uiPort: ports.temporalUi },
    env: { ...env, ...place.variables },
  });
  signal.throwIfAborted();
  await withProgress('starting Temporal', onProgress, () => supervisor.start([server])).catch(
    (error: unknown) => {
      const damage = damageOf(path.join(dataDir, file.databaseFile), error);
      throw noSpaceError(dataDir, error) ?? damage ?? error;
    },
  );
  return place;
}

/** SQLite's words for a file that it cannot use any more. */
const DAMAGED = /file is not a database|disk image is malformed/;

function damageOf(database: string, error: unknown): SetupError | undefined {
  const [damage] = DAMAGED.exec(String(error)) ?? [];
  if (damage === undefined) return undefined;
  return new SetupError(
    `The Temporal database ${database} is damaged (${damage}). Restore it from a backup, or move it aside to begin with an empty one: mv ${database} ${database}.damaged`,
  );
}
