/**
 * Builds pinned Go commands into the project's cache, once per machine. What is finished appears in the
 * cache in one step, so that half of it is never run.
 */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import which from 'which';
import type { Environment } from '../../config/config.ts';
import { withLock } from '../processes/lock-file.ts';
import { type OnProgress, withProgress } from '../terminal/progress.ts';
import { lastLineOf } from '../terminal/setup-error.ts';

/** What to build, from the module in `moduleFolder`, whose go.mod pins its version. */
export type GoBuild = {
  /** For people, with its version. */
  name: string;
  moduleFolder: string;
  packages: readonly string[];
  /** Where it goes: a file for one package; a path that ends in a slash is a folder, for several. */
  target: string;
  linkerFlags?: string;
};

/** What a build depends on; `signal` ends it early. */
export type GoBuildContext = { env: Environment; onProgress: OnProgress; signal?: AbortSignal };

/** Two idle cores need four minutes, busy ones eight; a download on a slow line may take several times that. */
const BUILD_TIMEOUT_MS = 30 * 60_000;

/**
 * Builds unless it is there already; a build of another process is waited for.
 * @throws Error with Go's own reason.
 */
export async function buildWithGo(build: GoBuild, context: GoBuildContext): Promise<void> {
  const { env, onProgress, signal } = context;
  const go = await which('go', { path: env.PATH ?? '', nothrow: true });
  if (go === null) throw new Error('go is not on PATH');
  const target = path.resolve(build.target);
  await mkdir(path.dirname(target), { recursive: true });
  await withLock(
    `${target}.lock`,
    async () => {
      if (existsSync(target)) return;
      const text = `building ${build.name} with Go, once per machine, 3–4 minutes on two idle cores`;
      await withProgress(text, onProgress, () => run(go, build, context));
    },
    (holder) => onProgress(`waiting for process ${holder}, which builds ${build.name} …`),
    signal,
  );
}

async function run(go: string, build: GoBuild, { env, signal }: GoBuildContext): Promise<void> {
  const target = path.resolve(build.target);
  const draft = `${target}.${process.pid}`;
  const output = build.target.endsWith('/') ? `${draft}/` : draft;
  const flags = ['-trimpath', '-mod=readonly', '-buildvcs=false'];
  const linker = ['-ldflags', ['-s -w', build.linkerFlags ?? ''].join(' ').trim()];
  try {
    const built = await execa(go, ['build', ...flags, ...linker, '-o', output, ...build.packages], {
      cwd: build.moduleFolder,
      env,
      timeout: BUILD_TIMEOUT_MS,
      reject: false,
      ...(signal && { cancelSignal: signal }),
    });
    if (built.failed) throw new Error(lastLineOf(built.stderr) || built.shortMessage);
    await rename(draft, target);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
