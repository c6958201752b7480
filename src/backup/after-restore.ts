/**
 * What has to follow once the database is back, before a worker or an API runs: papers are numbered past those that
 * were given since, and every order goes on from its record.
 */
import { Client, Connection } from '@temporalio/client';
import type { PayloadKey } from '../config/formats.ts';
import type { Environment } from '../config/settings.ts';
import { type Database, openDatabase } from '../store/database.ts';
import { type SkippedNumbers, skipNumbers } from '../store/effects/number-series.ts';
import { freeLease } from '../store/orchestrator-lease.ts';
import { temporalConnection, unreachableError } from '../temporal/connection.ts';
import { createDataConverter, keyringOf } from '../temporal/data-converter.ts';
import { BackupError } from './backup-folder.ts';
import { type GoneOn, goOnFromRecords } from './go-on-from-records.ts';
import { demandNoWorkers, demandOwnNamespace } from './temporal-checks.ts';

/** More than were given since the backup, where the shop's own number is not known. */
export const SKIPPED_UNLESS_SAID = 1_000;

export interface Afterwards {
  databaseUrl: string;
  payloadKeys: readonly PayloadKey[];
  /** Says where Temporal is. */
  env: Environment;
  /** How many numbers of each series are left out; 0 leaves out none. */
  skip: number;
}

type Print = (line: string) => void;

/** @throws BackupError when Temporal cannot be reached: it is done again by the same command without a folder */
export async function finishRestore(
  { databaseUrl, payloadKeys, env, skip }: Afterwards,
  print: Print,
): Promise<void> {
  const database = openDatabase(databaseUrl, keyringOf(payloadKeys));
  try {
    await withTemporal({ env, payloadKeys }, (client) => finish(database, client, { skip, print }));
  } finally {
    await database.close();
  }
}

/** @throws BackupError when Temporal cannot be reached */
export async function withTemporal(
  { env, payloadKeys }: Pick<Afterwards, 'env' | 'payloadKeys'>,
  act: (client: Client) => Promise<void>,
): Promise<void> {
  const { connectionOptions, namespace } = temporalConnection(env);
  const connection = await Connection.connect(connectionOptions).catch((error: unknown) => {
    const { message } = unreachableError(connectionOptions.address, error);
    throw new UnreachableTemporal(
      `${message}. Then finish with npm run restore, without a folder; start no worker before`,
    );
  });
  try {
    const dataConverter = createDataConverter(keyringOf(payloadKeys));
    await act(new Client({ connection, namespace, dataConverter }));
  } finally {
    await connection.close();
  }
}

export class UnreachableTemporal extends BackupError {}

async function finish(
  database: Database,
  client: Client,
  { skip, print }: { skip: number; print: Print },
): Promise<void> {
  await demandOwnNamespace(client, database);
  await demandNoWorkers(client, print);
  // First: a second gap after a failed try is harmless, and a number that is given twice is not.
  const skipped = skip > 0 ? await skipNumbers(database, skip) : [];
  const gone = await goOnFromRecords({
    database,
    client,
    onProgress: (done) => print(`${done} orders seen to …`),
    onWithoutRecord: (orderId) => print(`order ${orderId} has a run and no record`),
  });
  // The APIs that renewed it are gone, and others need not wait for that.
  await freeLease(database);
  for (const line of [...linesOf(gone), ...skipped.map(lineOf)]) print(line);
}

function linesOf({ begun, ended, withoutRecord }: GoneOn): string[] {
  const lines = [
    `${begun} orders go on from their records (${ended} runs were ended); each asks the gateway about its payments once workers run`,
  ];
  if (withoutRecord.length === 0) return lines;
  return [
    ...lines,
    `${withoutRecord.length} orders began after the backup and have no record: the shop creates them again under their ids, and the gateway's payments are found by their keys: ${withoutRecord.join(', ')}`,
  ];
}

function lineOf({ series, from, to }: SkippedNumbers): string {
  return `numbers ${from} to ${to} of the series ${series} are left to papers given after the backup; note it in your books`;
}
