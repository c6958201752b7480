/** `npm run backup` of the stack that `npm start` runs: while it runs, or while it does not. */
import { existsSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type Manifest, writeBackup } from '../../backup/backup-folder.ts';
import { loadConfig } from '../../config/config.ts';
import type { Environment } from '../../config/settings.ts';
import { startPostgres } from '../postgres/postgres.ts';
import { POSTGRES_VERSION } from '../postgres/postgres-cluster.ts';
import { runningStack } from '../processes/process-file.ts';
import { takeDataDir } from '../stack/data-dir.ts';
import { readTemporalDevFile } from '../temporal/temporal-dev-file.ts';
import type { OnProgress } from '../terminal/progress.ts';
import { SetupError } from '../terminal/setup-error.ts';
import { copyPostgres } from './copy-postgres.ts';
import { copySqlite } from './copy-sqlite.ts';
import { DATABASE, DATABASE_FILES, GATEWAY, KEYS, PASSWORD } from './stack-files.ts';

/** @throws SetupError where there is nothing to back up, BackupError where the folder is there already */
export async function backUpStack(
  env: Environment,
  folder: string,
  print: OnProgress,
): Promise<void> {
  const { dataDir } = loadConfig(env);
  if (!existsSync(path.join(dataDir, DATABASE)))
    throw new SetupError(
      `${dataDir} has no database: set DATA_DIR to the folder of npm start, or DATABASE_URL for a database of your own`,
    );
  const takenAt = new Date().toISOString();
  await writeBackup(folder, async (draft): Promise<Manifest> => {
    const running = runningStack(dataDir);
    if (running !== undefined) await copyAll(dataDir, draft, running.databaseUrl);
    else await whileStarted(dataDir, print, (url) => copyAll(dataDir, draft, url));
    return { format: 1, takenAt, of: 'stack', postgres: Number(POSTGRES_VERSION) };
  });
  print(`${folder} holds the database of ${dataDir} and its Temporal as of ${takenAt}.`);
}

/**
 * Temporal first: what it had taken by then and has given on since is in the database, so that nothing that was
 * acknowledged before the backup is in neither copy.
 */
async function copyAll(dataDir: string, folder: string, databaseUrl: string): Promise<void> {
  const { databaseFile } = readTemporalDevFile();
  await mkdir(path.join(folder, path.dirname(GATEWAY)), { mode: 0o700 });
  await mkdir(path.join(folder, DATABASE), { mode: 0o700 });
  for (const file of [databaseFile, GATEWAY])
    if (existsSync(path.join(dataDir, file)))
      await copySqlite(path.join(dataDir, file), path.join(folder, file));
  await copyPostgres(databaseUrl, path.join(folder, DATABASE_FILES));
  for (const file of [PASSWORD, KEYS])
    if (existsSync(path.join(dataDir, file)))
      await copyFile(path.join(dataDir, file), path.join(folder, file));
}

async function whileStarted(
  dataDir: string,
  print: OnProgress,
  act: (databaseUrl: string) => Promise<void>,
): Promise<void> {
  const release = await takeDataDir(dataDir, print);
  try {
    const postgres = await startPostgres({ dataDir, onProgress: print });
    try {
      await act(postgres.url);
    } finally {
      await postgres.stop();
    }
  } finally {
    release();
  }
}
