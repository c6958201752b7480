/**
 * A disk of a run's own for both databases, so small that it can be filled: a file system in an image, which
 * syncs to the real disk as any other. Only root on Linux may mount one.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  rmSync,
  statfsSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';

export interface SmallDisk {
  folder: string;
  fill(): void;
  free(): void;
  remove(): Promise<void>;
}

/** The databases of a full run take some hundred MiB of it. */
const SIZE_BYTES = 2 * 1024 ** 3;
const BLOCK = Buffer.alloc(4 * 1024);

/** @returns null where no such disk can be had */
export async function mountSmallDisk(dataDir: string): Promise<SmallDisk | null> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return null;
  const image = path.join(dataDir, 'databases.img');
  const folder = path.join(dataDir, 'databases');
  writeFileSync(image, '', { mode: 0o600 });
  truncateSync(image, SIZE_BYTES);
  mkdirSync(folder);
  const made = await execa('mkfs.ext4', ['-q', '-F', '-m', '0', image], { reject: false });
  const mounted =
    !made.failed && (await execa('mount', ['-o', 'loop', image, folder], { reject: false }));
  if (!mounted || mounted.failed) {
    rmSync(image);
    rmSync(folder, { recursive: true });
    return null;
  }
  // PostgreSQL gives up root's rights and has to reach its own directory below this one.
  chmodSync(folder, 0o755);
  const ballast = path.join(folder, 'ballast');
  return {
    folder,
    fill: () => {
      const { bavail, bsize } = statfsSync(folder);
      // Others take and give back space meanwhile: the rest is filled block by block.
      const most = String(Math.max(1, bavail - 1) * bsize);
      spawnSync('fallocate', ['-l', most, ballast], { stdio: 'ignore' });
      fillUp(ballast);
    },
    free: () => rmSync(ballast, { force: true }),
    remove: async () => void (await execa('umount', [folder], { reject: false })),
  };
}

/** What others have given back meanwhile is taken as well. */
function fillUp(file: string): void {
  const descriptor = openSync(file, 'a');
  try {
    for (;;) writeSync(descriptor, BLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(descriptor);
  }
}
