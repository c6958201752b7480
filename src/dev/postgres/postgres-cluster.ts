/**
 * The files of one embedded PostgreSQL: `data` and its `password` side by side in one folder,
 * which appears finished or not at all.
 */
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { noSpaceError } from '../processes/disk-space.ts';
import { type OnProgress, withProgress } from '../terminal/progress.ts';
import { lastLineOf, SetupError } from '../terminal/setup-error.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';

/** One database folder, and what its pid file says while a server runs or after one was killed. */
export type Cluster = {
  folder: string;
  data: string;
  password: string;
  pidFile: string;
  readPidFile: () => { pid: number; port: number } | undefined;
};

/** The major version of the shipped programs; files of another one cannot be opened. */
export const POSTGRES_VERSION = '18';
/**
 * Loopback and no socket files; 200 connections are a dozen processes with their pools. fsync is
 * PostgreSQL's default and written down so that it is certain.
 */
const SETTINGS = `
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
fsync = on
`;

/**
 * Gives the cluster of a folder, or nothing when the folder does not exist yet.
 * @throws SetupError when the folder is there and is not a whole cluster of this version.
 */
export function openCluster(folder: string): Cluster | undefined {
  if (!existsSync(folder)) return undefined;
  const data = path.join(folder, 'data');
  const version = read(path.join(data, 'PG_VERSION'))?.trim();
  const password = read(path.join(folder, 'password'))?.trim();
  if (version === POSTGRES_VERSION && password) return cluster(folder, password);
  const wrong =
    version && version !== POSTGRES_VERSION
      ? `was made by PostgreSQL ${version}, this is ${POSTGRES_VERSION}`
      : `is damaged: ${version ? 'password' : 'data/PG_VERSION'} is missing`;
  throw new SetupError(
    `The embedded database in ${folder} ${wrong}. Restore the folder from a backup, or move it aside to begin with an empty one: mv ${folder} ${folder}.damaged`,
  );
}

/** Makes a new cluster in a temporary folder, then moves it to its final place in one step. */
export async function createCluster(
  folder: string,
  { run, owner }: PostgresBinaries,
  onProgress: OnProgress = () => {},
): Promise<Cluster> {
  removeDrafts(folder);
  const draft = mkdtempSync(`${folder}.new-`);
  const password = randomBytes(24).toString('base64url');
  const passwordFile = path.join(draft, 'password');
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (owner) for (const file of [draft, passwordFile]) chownSync(file, owner.uid, owner.gid);
  const data = path.join(draft, 'data');
  const settings = ['--username=postgres', '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C'];
  try {
    await withProgress('creating the database', onProgress, () =>
      run('initdb', [`--pgdata=${data}`, `--pwfile=${passwordFile}`, ...settings]),
    );
    appendFileSync(path.join(data, 'postgresql.conf'), SETTINGS);
    renameSync(draft, folder);
  } catch (error) {
    const noSpace = noSpaceError(path.dirname(folder), error);
    rmSync(draft, { recursive: true, force: true });
    if (noSpace !== undefined) throw noSpace;
    throw new SetupError(`The database in ${folder} cannot be created: ${lastLineOf(error)}`);
  }
  return cluster(folder, password);
}

/** Whatever is in the folder, also where it is damaged. */
export function cluster(folder: string, password = ''): Cluster {
  const data = path.join(folder, 'data');
  const pidFile = path.join(data, 'postmaster.pid');
  return { folder, data, password, pidFile, readPidFile: () => readPidFile(pidFile) };
}

/** A first start that was killed leaves its draft behind. */
function removeDrafts(folder: string): void {
  const parent = path.dirname(folder);
  const drafts = readdirSync(parent).filter((name) =>
    name.startsWith(`${path.basename(folder)}.new-`),
  );
  for (const name of drafts) rmSync(path.join(parent, name), { recursive: true, force: true });
}

/** Its lines are: process id, data directory, start time, port, and more that is not needed. */
function readPidFile(file: string): { pid: number; port: number } | undefined {
  const [pid, , , port] = (read(file) ?? '').split('\n').map(Number);
  return pid && port ? { pid, port } : undefined;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
