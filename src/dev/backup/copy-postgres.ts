/**
 * A copy of a running embedded PostgreSQL, file by file, by the functions that PostgreSQL has for this
 * (https://www.postgresql.org/docs/18/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP): its package brings no
 * pg_dump and no pg_basebackup, and of the right major version there is seldom one on a machine. The copy opens with
 * the same major version on the same platform, as the folder itself does.
 */
import type { Dirent } from 'node:fs';
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';

/** What a server finds of the one before is read by none, or would be wrong: as pg_basebackup leaves it out. */
const LEFT_OUT = /^(postmaster\.(pid|opts)|backup_label(\.old)?|pgsql_tmp.*)$/;
const EMPTY_FOLDERS = [
  'pg_dynshmem',
  'pg_notify',
  'pg_replslot',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
];
const WAL = 'pg_wal';
/** Read last, as it says up to where the others are. */
const CONTROL = path.join('global', 'pg_control');

/** @param to the folder of the copy; it is made */
export async function copyPostgres(url: string, to: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'payonce-backup' });
  await client.connect();
  try {
    const { rows } = await client.query("select current_setting('data_directory') as data");
    const data = String(rows[0]?.data);
    // It ends with the connection, and keeps what is logged meanwhile.
    await client.query("select pg_create_physical_replication_slot('payonce_backup', true, true)");
    await client.query("select pg_backup_start('payonce', true)");
    await copyTree(data, to, (file) => file !== CONTROL && !file.startsWith(WAL + path.sep));
    await copyFile(path.join(data, CONTROL), path.join(to, CONTROL));
    const stopped = await client.query('select labelfile from pg_backup_stop(false)');
    await writeFile(path.join(to, 'backup_label'), String(stopped.rows[0]?.labelfile), {
      mode: 0o600,
    });
    await copyTree(path.join(data, WAL), path.join(to, WAL), () => true);
  } finally {
    await client.end();
  }
}

/** Files come and go meanwhile: what is needed of one that is gone is in the log. */
async function copyTree(
  from: string,
  to: string,
  isCopied: (file: string) => boolean,
  below = '',
): Promise<void> {
  await mkdir(path.join(to, below), { recursive: true, mode: 0o700 });
  if (EMPTY_FOLDERS.includes(below)) return;
  for (const entry of await entriesOf(path.join(from, below))) {
    const file = path.join(below, entry.name);
    if (LEFT_OUT.test(entry.name)) continue;
    if (entry.isDirectory()) await copyTree(from, to, isCopied, file);
    else if (isCopied(file))
      await copyFile(path.join(from, file), path.join(to, file)).catch(unlessGone);
  }
}

function entriesOf(folder: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    unlessGone(error);
    return [];
  });
}

function unlessGone(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
