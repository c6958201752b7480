/**
 * A consistent copy of an SQLite file that another process writes to. SQLite's own `vacuum into` cannot read Temporal's
 * tables, whose columns quote texts as if they were names; its backup functions are in Node from 22.16 on.
 */
import { existsSync } from 'node:fs';
import { chmod, copyFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { createClient } from '@libsql/client/node';

/** Its owner writes as well, a few milliseconds at a time. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * Copies the file and its log while nobody may write: what is not in the log does not change, and a page that is being
 * moved out of the log is in the copy of it. The owner waits for as long as that takes.
 *
 * @param to is not there yet
 */
export async function copySqlite(from: string, to: string): Promise<void> {
  const client = createClient({ url: pathToFileURL(from).href });
  try {
    await client.execute(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`);
    const lock = await client.transaction('write');
    try {
      // In this order: a process that closes the file itself gives up what it has locked of it.
      if (existsSync(`${from}-wal`)) await copyFile(`${from}-wal`, `${to}-wal`);
      await copyFile(from, to);
    } finally {
      lock.close();
    }
  } finally {
    client.close();
  }
  await chmod(to, 0o600);
  await takeIn(to);
}

/** What is in the log comes into the file, which then is the whole. */
async function takeIn(file: string): Promise<void> {
  const client = createClient({ url: pathToFileURL(file).href });
  try {
    await client.execute('pragma wal_checkpoint(truncate)');
  } finally {
    client.close();
  }
}
