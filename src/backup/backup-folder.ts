/**
 * The folder of one backup: what it holds, and `backup.json`, which says so. It appears whole or not at all. It holds
 * all that the database knows of customers, so it is for its owner alone.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

const MANIFEST = 'backup.json';

const manifestSchema = z.object({
  format: z.literal(1),
  /** ISO 8601: what was acknowledged before is in the backup. */
  takenAt: z.iso.datetime(),
  /** A dump of a database of one's own, or the files of the stack that `npm start` runs. */
  of: z.enum(['database', 'stack']),
  /** The major version. */
  postgres: z.int().positive(),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** What a person has to put right; the message says what was wrong and what to do. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}

/**
 * Lets `fill` write into a folder beside it, and then gives it its name.
 *
 * @throws BackupError where the folder is there already
 */
export async function writeBackup(
  folder: string,
  fill: (draft: string) => Promise<Manifest>,
): Promise<Manifest> {
  if (existsSync(folder))
    throw new BackupError(`${folder} is there already: name a folder that is not there yet`);
  const draft = `${folder}.unfinished-${process.pid}`;
  await mkdir(draft, { recursive: true, mode: 0o700 });
  try {
    const manifest = await fill(draft);
    await writeFile(path.join(draft, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
    await rename(draft, folder);
    return manifest;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}

/** @throws BackupError where it is no backup, or one of a later release */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(path.join(folder, MANIFEST), 'utf8').catch(() => {
    throw new BackupError(
      `${folder} is no backup, as it has no ${MANIFEST}: name a folder that npm run backup has made`,
    );
  });
  const parsed = manifestSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new BackupError(
    `${path.join(folder, MANIFEST)} cannot be read by this release: restore with the release that made the backup, or a later one`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
