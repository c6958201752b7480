/**
 * Lets the Temporal SDK download the CLI into the project's cache. The SDK sets no time limit of
 * its own, so it runs in a child process that is ended when nothing arrives.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { withProgress } from '../terminal/progress.ts';
import { reasonOf } from '../terminal/setup-error.ts';
import { type CliLookup, cachedCliPath } from './temporal-cli-cache.ts';

const SCRIPT = fileURLToPath(new URL('./temporal-sdk-download.ts', import.meta.url));
/** A network that has the file answers within seconds; one that drops packets never does. */
const FIRST_BYTE_TIMEOUT_MS = 10_000;
/** 100 MB at 3 Mbit/s. */
const DOWNLOAD_TIMEOUT_MS = 5 * 60_000;

/** Downloads the CLI into the cache and gives its path. */
export async function downloadTemporalCli(lookup: CliLookup): Promise<string> {
  const target = cachedCliPath(lookup.env, lookup.version);
  await mkdir(path.dirname(target), { recursive: true });
  const folder = await mkdtemp(`${target}-download-`);
  try {
    const text = `trying to download Temporal CLI ${lookup.version}`;
    await withProgress(text, lookup.onProgress, () => download(folder, lookup));
    await rename(path.join(folder, `temporal-v${lookup.version}`), target);
    return target;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function download(folder: string, { version, env, signal }: CliLookup): Promise<void> {
  const quiet = new AbortController();
  const timer = setTimeout(() => void abortWhenEmpty(folder, quiet), FIRST_BYTE_TIMEOUT_MS);
  const cancelSignal = signal ? AbortSignal.any([signal, quiet.signal]) : quiet.signal;
  const script = ['--import', 'tsx', SCRIPT, folder, `v${version}`];
  const run = await execa(process.execPath, script, {
    env,
    cancelSignal,
    timeout: DOWNLOAD_TIMEOUT_MS,
    reject: false,
  });
  clearTimeout(timer);
  if (existsSync(path.join(folder, `temporal-v${version}`))) return;
  if (quiet.signal.aborted) throw new Error(reasonOf(quiet.signal.reason));
  throw new Error(
    run.timedOut ? `not finished after ${DOWNLOAD_TIMEOUT_MS / 60_000} minutes` : run.stderr,
  );
}

async function abortWhenEmpty(folder: string, quiet: AbortController): Promise<void> {
  if ((await readdir(folder)).length > 0) return;
  quiet.abort(new Error(`nothing arrived within ${FIRST_BYTE_TIMEOUT_MS / 1000} s`));
}
