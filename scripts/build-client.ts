/**
 * `npm run build:client`: builds `@payonce/client` in packages/client from src/client, as an ES module and as CommonJS,
 * each with its types. `npm pack` there makes the package.
 */
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { execa } from 'execa';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PACKAGE = path.join(ROOT, 'packages/client');
const SOURCE = path.join(ROOT, 'src/client/index.ts');
const DIST = path.join(PACKAGE, 'dist');

/** Node takes a folder's files for what the nearest package.json says. */
const FORMATS = { esm: 'module', cjs: 'commonjs' } as const;

export const clientBundle = (format: keyof typeof FORMATS) =>
  ({
    absWorkingDir: ROOT,
    entryPoints: [SOURCE],
    outfile: path.join(DIST, format, 'index.js'),
    ...{ format, bundle: true, platform: 'neutral', target: 'es2022', sourcemap: true },
    mainFields: ['module', 'main'],
    // Its CommonJS has the function under another name than its ES module, which only a bundler puts right.
    external: format === 'esm' ? ['openapi-fetch'] : [],
    legalComments: 'inline',
    logLevel: 'error',
  }) satisfies BuildOptions;

/** @throws Error with what the compiler found */
export async function buildClient(): Promise<void> {
  await rm(DIST, { recursive: true, force: true });
  for (const format of ['esm', 'cjs'] as const) await buildFormat(format);
  await copyFile(path.join(ROOT, 'LICENSE'), path.join(PACKAGE, 'LICENSE'));
}

async function buildFormat(format: keyof typeof FORMATS): Promise<void> {
  const folder = path.join(DIST, format);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ type: FORMATS[format] }));
  await build(clientBundle(format));
  const declarations = [
    ...['--declaration', '--emitDeclarationOnly', '--noEmit', 'false', '--skipLibCheck'],
    ...['--module', 'nodenext', '--target', 'es2023', '--lib', 'es2023'],
    ...['--allowImportingTsExtensions', '--types', 'node', '--strict', '--ignoreConfig'],
    ...['--rootDir', path.dirname(SOURCE), '--outDir', folder],
  ];
  await execa('tsc', [...declarations, SOURCE], { cwd: ROOT, preferLocal: true, all: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildClient();
