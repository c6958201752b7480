/**
 * `npm run restore` of the stack that `npm start` runs: puts files back while it does not run, then starts the database
 * and Temporal alone, so that every order goes on from its record before a worker acts on anything.
 */
import { existsSync } from 'node:fs';
import { chown, cp, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { finishRestore } from '../../backup/after-restore.ts';
import { BackupError, readManifest } from '../../backup/backup-folder.ts';
import type { Part, RestoreRequest } from '../../backup/command-line.ts';
import { loadConfig } from '../../config/config.ts';
import type { Environment } from '../../config/settings.ts';
import { endLeftPostgres } from '../postgres/postgres.ts';
import { postgresBinaries } from '../postgres/postgres-binaries.ts';
import { withStores } from '../stack/stack.ts';
import { readTemporalDevFile } from '../temporal/temporal-dev-file.ts';
import type { OnProgress } from '../terminal/progress.ts';
import { DATABASE, GATEWAY, KEYS } from './stack-files.ts';

/** Nobody is served meanwhile. */
const ANY_PORTS = { api: 0, sandbox: 0, temporal: 0, temporalUi: 0 };

interface Move {
  /** Below the data directory. */
  name: string;
  /** SQLite's own files beside it, which belong to the file that goes. */
  alongside: readonly string[];
}

/** @throws BackupError or SetupError with what is to be put right; nothing has been changed then */
export async function restoreStack(
  env: Environment,
  { folder, replace, parts, skip }: RestoreRequest,
  print: OnProgress,
): Promise<void> {
  const { dataDir, payloadKeys } = loadConfig(env);
  if (folder !== undefined) {
    const { of } = await readManifest(folder);
    if (of !== 'stack')
      throw new BackupError(
        `${folder} is of a database of your own: set DATABASE_URL to the one to restore it into`,
      );
  } else if (!existsSync(path.join(dataDir, DATABASE)))
    throw new BackupError(`${dataDir} has no database: name the folder of a backup`);
  const putBack = async (): Promise<void> => {
    if (folder === undefined) return;
    await putFilesBack({ folder, dataDir, parts, replace, print });
  };
  const options = { env, ports: ANY_PORTS, onProgress: print };
  await withStores(options, putBack, async ({ databaseUrl, variables }) => {
    const skipped = parts.includes('database') ? skip : 0;
    const given = { databaseUrl, payloadKeys, env: variables, skip: skipped };
    await finishRestore(given, print);
  });
  print('npm start goes on from here.');
}

interface PutBack {
  folder: string;
  dataDir: string;
  parts: readonly Part[];
  replace: boolean;
  print: OnProgress;
}

async function putFilesBack({ folder, dataDir, parts, replace, print }: PutBack): Promise<void> {
  const moves = movesOf(parts).filter(({ name }) => existsSync(path.join(folder, name)));
  const there = moves.filter(({ name }) => existsSync(path.join(dataDir, name)));
  if (there.length > 0 && !replace)
    throw new BackupError(
      `${dataDir} has ${there.map(({ name }) => name).join(' and ')} already: say --replace to set them aside, or set DATA_DIR to another folder`,
    );
  if (there.length > 0) await endLeftPostgres(dataDir);
  const aside = path.join(dataDir, `replaced-${new Date().toISOString().replaceAll(':', '-')}`);
  for (const { name, alongside } of there) await setAside(dataDir, aside, [name, ...alongside]);
  if (there.length > 0)
    print(`what was there is in ${aside}: delete it once you know that you need none of it`);
  for (const { name } of moves) await putFileBack(folder, dataDir, name);
  for (const name of [KEYS, GATEWAY])
    if (!existsSync(path.join(dataDir, name)) && existsSync(path.join(folder, name)))
      await cp(path.join(folder, name), path.join(dataDir, name));
}

function movesOf(parts: readonly Part[]): Move[] {
  const { databaseFile } = readTemporalDevFile();
  const ofTemporal = {
    name: databaseFile,
    alongside: [`${databaseFile}-wal`, `${databaseFile}-shm`],
  };
  return [
    ...(parts.includes('database') ? [{ name: DATABASE, alongside: [] }] : []),
    ...(parts.includes('temporal') ? [ofTemporal] : []),
  ];
}

async function setAside(dataDir: string, aside: string, names: readonly string[]): Promise<void> {
  await mkdir(aside, { recursive: true, mode: 0o700 });
  for (const name of names)
    if (existsSync(path.join(dataDir, name)))
      await rename(path.join(dataDir, name), path.join(aside, name));
}

/** In two steps, so that a restore that is cut short leaves no half of it under its name. */
async function putFileBack(folder: string, dataDir: string, name: string): Promise<void> {
  const place = path.join(dataDir, name);
  const draft = await mkdtemp(`${place}.new-`);
  const copied = path.join(draft, name);
  await cp(path.join(folder, name), copied, { recursive: true });
  const { owner } = name === DATABASE ? await postgresBinaries(dataDir) : {};
  if (owner !== undefined) await give(copied, owner);
  await rename(copied, place);
  await rm(draft, { recursive: true });
}

/** PostgreSQL opens none but its own files. */
async function give(folder: string, { uid, gid }: { uid: number; gid: number }): Promise<void> {
  const names = await readdir(folder, { recursive: true });
  for (const name of ['', ...names]) await chown(path.join(folder, name), uid, gid);
}
