/**
 * Finds `pg_dump` and `pg_restore` of the right version: they refuse a server that is newer than they are, and what a
 * newer one writes an older server may not read back. So the version of the server is taken before any other.
 */
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { BackupError } from './backup-folder.ts';

const run = promisify(execFile);

export type PostgresProgram = 'pg_dump' | 'pg_restore';

export interface Lookup {
  /** The only folder to look in; the path and the usual folders where absent. */
  folder?: string | undefined;
  /** Of the environment. */
  path: string | undefined;
}

/** Where Debian, Red Hat, Alpine, Homebrew, the installers of macOS and Windows put one folder for each version. */
const FOLDERS_OF_VERSIONS: readonly [parent: string, name: RegExp, rest: string][] = [
  ['/usr/lib/postgresql', /^\d+$/, 'bin'],
  ['/usr', /^pgsql-\d+$/, 'bin'],
  ['/usr/libexec', /^postgresql\d*$/, ''],
  ['/opt/homebrew/opt', /^(postgresql@\d+|libpq)$/, 'bin'],
  ['/usr/local/opt', /^(postgresql@\d+|libpq)$/, 'bin'],
  ['/Library/PostgreSQL', /^\d+$/, 'bin'],
  ['C:\\Program Files\\PostgreSQL', /^\d+$/, 'bin'],
];

interface Found {
  file: string;
  major: number;
}

/**
 * @param server the major version of the server, such as 18
 * @returns the path of the program
 * @throws BackupError that says what was found and what to install
 */
export async function findPostgresProgram(
  program: PostgresProgram,
  server: number,
  lookup: Lookup,
): Promise<string> {
  const found = await findAll(program, lookup);
  const fit = found
    .filter(({ major }) => major >= server)
    .sort((one, other) => one.major - other.major)[0];
  if (fit !== undefined) return fit.file;
  const all = found.map(({ file, major }) => `${file} is of ${major}`).join(', ');
  throw new BackupError(
    `The database is PostgreSQL ${server}, and no ${program} of ${server} or newer was found (${all || 'none at all'}). Install it (Debian and Ubuntu: postgresql-client-${server} of apt.postgresql.org; Red Hat: postgresql${server}; Alpine: postgresql${server}-client; Homebrew: postgresql@${server}), or name its folder with --pg-bin FOLDER.`,
  );
}

async function findAll(program: PostgresProgram, lookup: Lookup): Promise<Found[]> {
  const folders = lookup.folder === undefined ? await usualFolders(lookup) : [lookup.folder];
  const names = [...new Set(folders)].map((folder) => path.join(folder, program));
  const found = await Promise.all(names.map(versionOf));
  return found.filter((one): one is Found => one !== undefined);
}

async function usualFolders({ path: folders = '' }: Lookup): Promise<string[]> {
  const ofVersions = await Promise.all(
    FOLDERS_OF_VERSIONS.map(async ([parent, name, rest]) => {
      const children = await readdir(parent).catch(() => []);
      return children
        .filter((child) => name.test(child))
        .map((child) => path.join(parent, child, rest));
    }),
  );
  return [...folders.split(path.delimiter).filter(Boolean), ...ofVersions.flat()];
}

/** "pg_dump (PostgreSQL) 18.4", with more behind it in distributions. */
async function versionOf(file: string): Promise<Found | undefined> {
  const { stdout } = await run(file, ['--version']).catch(() => ({ stdout: '' }));
  const [, major] = /\(PostgreSQL\) (\d+)/.exec(stdout) ?? [];
  return major === undefined ? undefined : { file, major: Number(major) };
}
