/**
 * `npm run build`: the programs of production as JavaScript with types in `dist`, and in it the workflow bundle, which is
 * the very file that replay tests ran. Nothing is translated or bundled when a process starts.
 */
import { copyFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { withLock } from '../src/dev/processes/lock-file.ts';
import { bundleOfSources, fingerprintOfFiles } from '../src/temporal/bundle-of-sources.ts';
import { generateClientTypes } from './generate-client.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
export const DIST = path.join(ROOT, 'dist');
/** Says which sources it was built of. */
const MARK = path.join(DIST, 'built-of');
const LOCK = path.join(ROOT, 'node_modules/.cache/payonce/dist.lock');
/** Written by the build itself, of the other sources. */
const DERIVED = path.join(ROOT, 'src/client/schema.ts');
/** What decides about the outcome besides the sources. */
const SETTINGS = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts/build.ts'];

/** What the programs read and the compiler does not write. */
const AS_THEY_ARE = [
  'gateways/resolve-payonce.mjs',
  'store/migrations',
  'temporal/workflow-thread.mjs',
];

/**
 * @param folder is emptied first
 * @throws Error with what the compiler found
 */
export async function build(folder = DIST): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await generateClientTypes();
  const compile = ['-p', 'tsconfig.build.json', '--outDir', folder];
  await execa('tsc', compile, { cwd: ROOT, preferLocal: true, all: true });
  for (const name of AS_THEY_ARE) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await cp(path.join(ROOT, 'src', name), path.join(folder, name), { recursive: true });
  }
  const { codePath } = await bundleOfSources();
  await copyFile(codePath, path.join(folder, 'workflow-bundle.cjs'));
}

/** Builds `dist` unless it is of the sources as they are now. A build of another process is waited for. */
export async function ensureBuilt(): Promise<void> {
  await withLock(
    LOCK,
    async () => {
      const sources = await fingerprint();
      if ((await readFile(MARK, 'utf8').catch(() => '')) === sources) return;
      await build();
      await writeFile(MARK, sources);
    },
    () => {},
  );
}

async function fingerprint(): Promise<string> {
  const names = (await readdir(path.join(ROOT, 'src'), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((name) => name !== DERIVED)
    .sort();
  return fingerprintOfFiles(ROOT, [...names, ...SETTINGS.map((file) => path.join(ROOT, file))]);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await (process.argv[2] === '--if-changed' ? ensureBuilt() : build());
