/**
 * `npm run build`: the programs of production as JavaScript with types in `dist`, and in it the workflow bundle, which is
 * the very file that replay tests ran. Nothing is translated or bundled when a process starts.
 */
import { copyFile, cp, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { bundleOfSources } from '../src/temporal/bundle-of-sources.ts';
import { generateClientTypes } from './generate-client.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
export const DIST = path.join(ROOT, 'dist');

/** What the programs read and the compiler does not write. */
const AS_THEY_ARE = [
  'gateways/resolve-payonce.mjs',
  'store/migrations',
  'temporal/workflow-thread.mjs',
];

/** @throws Error with what the compiler found */
export async function build(): Promise<void> {
  await rm(DIST, { recursive: true, force: true });
  await generateClientTypes();
  await execa('tsc', ['-p', 'tsconfig.build.json'], { cwd: ROOT, preferLocal: true, all: true });
  for (const name of AS_THEY_ARE) {
    await mkdir(path.dirname(path.join(DIST, name)), { recursive: true });
    await cp(path.join(ROOT, 'src', name), path.join(DIST, name), { recursive: true });
  }
  const { codePath } = await bundleOfSources();
  await copyFile(codePath, path.join(DIST, 'workflow-bundle.cjs'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
