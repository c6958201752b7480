/**
 * Another commit of Payonce beside this one: checked out once below `node_modules/.cache`, and installed there as its
 * own lock file says.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import type { startStack } from '../../src/dev/stack/stack.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const CACHE = path.join(ROOT, 'node_modules/.cache/payonce/before');

/** Where `startStack` is, the newest place first. */
const STACKS = ['src/dev/stack/stack.ts', 'src/dev/stack.ts'];

export type StartStack = typeof startStack;

/**
 * @param revision whatever git takes for a commit
 * @returns the full id of the commit
 * @throws Error when git knows no such commit
 */
export async function commitOf(revision: string): Promise<string> {
  const wanted = `${revision}^{commit}`;
  const { stdout } = await execa('git', ['rev-parse', '--verify', '--quiet', wanted], {
    cwd: ROOT,
  }).catch((cause: unknown) => {
    throw new Error(`${revision} is no commit here: fetch it, or name another one`, { cause });
  });
  return stdout;
}

/** Checks the commit out and installs it, unless that was done before; resolves to what starts its stack. */
export async function stackAt(
  commit: string,
  onProgress: (line: string) => void,
): Promise<StartStack> {
  const folder = path.join(CACHE, commit);
  if (!existsSync(folder)) await checkOut(commit, folder, onProgress);
  const file = STACKS.map((name) => path.join(folder, name)).find(existsSync);
  if (file === undefined) throw new Error(`${commit} has no stack that the bench could start`);
  const { startStack } = (await import(pathToFileURL(file).href)) as { startStack: StartStack };
  return startStack;
}

async function checkOut(commit: string, folder: string, onProgress: (line: string) => void) {
  onProgress(`checking out and installing ${commit.slice(0, 7)} …`);
  await mkdir(CACHE, { recursive: true });
  // Made aside and renamed, so that what was interrupted is not taken for whole.
  const unfinished = await mkdtemp(`${folder}-`);
  try {
    const archive = execa('git', ['archive', commit], { cwd: ROOT, encoding: 'buffer' });
    await archive.pipe('tar', ['-x', '-C', unfinished]);
    await execa('npm', ['ci', '--no-audit', '--no-fund'], { cwd: unfinished });
    await rename(unfinished, folder);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}
