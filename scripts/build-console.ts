/** `npm run build:console`: bundles the console into console/dist, which the API serves at /console. */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { bundledLicences, LICENCES } from './bundled-licences.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CONSOLE = path.join(ROOT, 'console');
const DIST = path.join(CONSOLE, 'dist');

export const consoleBundle = {
  absWorkingDir: ROOT,
  entryPoints: { app: path.join(CONSOLE, 'main.tsx') },
  outdir: DIST,
  ...{ bundle: true, format: 'esm', platform: 'browser', target: 'es2022', jsx: 'automatic' },
  minify: true,
  define: { 'process.env.NODE_ENV': '"production"' },
  legalComments: 'linked',
  logLevel: 'error',
} as const satisfies BuildOptions;

/** @throws Error with what the bundler found */
export async function buildConsole(folder = DIST): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { metafile } = await build({ ...consoleBundle, outdir: folder, metafile: true });
  await writeFile(path.join(folder, LICENCES), bundledLicences(metafile));
  await copyFile(path.join(CONSOLE, 'index.html'), path.join(folder, 'index.html'));
}

/** Builds it unless it is there. */
export async function ensureConsole(): Promise<void> {
  if (!existsSync(path.join(DIST, 'index.html'))) await buildConsole();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildConsole();
