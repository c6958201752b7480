/**
 * Builds the Temporal CLI from the Go module that `tools/temporal-cli` pins, once per machine.
 * The finished file appears in the cache in one step, so that nobody ever runs half of it.
 */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import which from 'which';
import { withLock } from './lock-file.ts';
import { withProgress } from './progress.ts';
import { type CliLookup, cachedCliPath } from './temporal-cli-cache.ts';

const MODULE_FOLDER = fileURLToPath(new URL('../../tools/temporal-cli', import.meta.url));
const COMMAND = 'github.com/temporalio/cli/cmd/temporal';
const VERSION_VARIABLE = 'github.com/temporalio/cli/internal/temporalcli.Version';
/** Two idle cores need four minutes, busy ones eight; a download on a slow line may take several times that. */
const BUILD_TIMEOUT_MS = 30 * 60_000;

/** Builds the CLI into the cache and gives its path; a build of another process is waited for. */
export async function buildTemporalCli(lookup: CliLookup): Promise<string> {
  const { env, version, onProgress, signal } = lookup;
  const go = await which('go', { path: env.PATH ?? '', nothrow: true });
  if (go === null) throw new Error('go is not on PATH');
  const target = cachedCliPath(env, version);
  await mkdir(path.dirname(target), { recursive: true });
  await withLock(
    `${target}.lock`,
    async () => {
      if (existsSync(target)) return;
      const text = `building Temporal CLI ${version} with Go, once per machine, 3–4 minutes on two idle cores`;
      await withProgress(text, onProgress, () => build(go, target, lookup));
    },
    (holder) => onProgress(`waiting for process ${holder}, which builds Temporal CLI ${version} …`),
    signal,
  );
  return target;
}

async function build(go: string, target: string, { env, version, signal }: CliLookup) {
  const draft = `${target}.${process.pid}`;
  const flags = ['-trimpath', '-mod=readonly', '-buildvcs=false'];
  const linker = `-s -w -X ${VERSION_VARIABLE}=${version}`;
  try {
    const built = await execa(go, ['build', ...flags, '-ldflags', linker, '-o', draft, COMMAND], {
      cwd: MODULE_FOLDER,
      env,
      timeout: BUILD_TIMEOUT_MS,
      reject: false,
      ...(signal && { cancelSignal: signal }),
    });
    if (built.failed) throw new Error(lastLine(built.stderr) || built.shortMessage);
    await rename(draft, target);
  } finally {
    await rm(draft, { force: true });
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
