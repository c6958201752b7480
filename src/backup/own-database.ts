/** Backup and restore of a database of one's own, beside a Temporal of one's own. */

import type { Environment } from '../config/settings.ts';
import { readSettings } from '../config/settings.ts';
import { migrate } from '../store/migrate.ts';
import { finishRestore, UnreachableTemporal, withTemporal } from './after-restore.ts';
import { BackupError, type Manifest, readManifest, writeBackup } from './backup-folder.ts';
import type { BackupRequest, RestoreRequest } from './command-line.ts';
import {
  demandOurTables,
  demandRoom,
  demandUnused,
  dumpDatabase,
  loadDump,
} from './database-dump.ts';
import { demandNoWorkers } from './temporal-checks.ts';

type Print = (line: string) => void;

/** @throws ConfigError, or BackupError with what is to be put right */
export async function backUpDatabase(
  env: Environment,
  { folder, lookup }: BackupRequest,
  print: Print,
): Promise<void> {
  const { DATABASE_URL: url } = readSettings(env, 'migrate');
  const takenAt = new Date().toISOString();
  await writeBackup(folder, async (draft): Promise<Manifest> => {
    const postgres = await dumpDatabase(url, draft, lookup);
    return { format: 1, takenAt, of: 'database', postgres };
  });
  print(
    `${folder} holds the database as of ${takenAt}. Temporal needs no backup: orders go on from the database.`,
  );
}

/** @throws ConfigError, or BackupError with what is to be put right */
export async function restoreDatabase(
  env: Environment,
  { folder, replace, parts, skip, lookup }: RestoreRequest,
  print: Print,
): Promise<void> {
  const { DATABASE_URL: url, PAYLOAD_KEYS: payloadKeys = [] } = readSettings(env, 'migrate');
  if (!parts.includes('database'))
    throw new BackupError(
      'a Temporal of your own is put back by its own means; then say npm run restore without a folder, so that orders go on from the database',
    );
  await demandUnused(url);
  const manifest = folder === undefined ? undefined : await readManifest(folder);
  if (manifest === undefined) await demandOurTables(url);
  else if (manifest.of !== 'database')
    throw new BackupError(
      `${folder} is of a stack that npm start runs: restore it without DATABASE_URL`,
    );
  else await demandRoom(url, { replace, made: manifest.postgres });
  await withTemporal({ env, payloadKeys }, (client) => demandNoWorkers(client, print)).catch(
    (error: unknown) => {
      // What has to be done there is done at the end, which says so.
      if (!(error instanceof UnreachableTemporal)) throw error;
    },
  );
  if (folder !== undefined && manifest !== undefined) {
    print(`putting back the database as of ${manifest.takenAt} …`);
    await loadDump(url, folder, lookup);
  }
  await migrate(url);
  await finishRestore({ databaseUrl: url, payloadKeys, env, skip }, print);
  print('Start workers and APIs now.');
}
