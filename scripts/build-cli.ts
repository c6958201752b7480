/**
 * `npm run build:cli`: builds `@payonce/cli` in packages/cli from src/cli, as one file without dependencies. `npm pack`
 * there makes the package.
 */
import { copyFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { bundledLicences, LICENCES } from './bundled-licences.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PACKAGE = path.join(ROOT, 'packages/cli');
const DIST = path.join(PACKAGE, 'dist');

/** What is bundled is CommonJS in parts, and asks for Node's own modules as such. */
const REQUIRE =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

export const cliBundle = {
  absWorkingDir: ROOT,
  entryPoints: [path.join(ROOT, 'src/cli/main.ts')],
  outfile: path.join(DIST, 'payonce.js'),
  ...{ bundle: true, format: 'esm', platform: 'node', target: 'node20.19', minify: true },
  banner: { js: REQUIRE },
  // pg's own choice where it is installed, and it is not.
  external: ['pg-native'],
  legalComments: 'linked',
  logLevel: 'error',
} as const satisfies BuildOptions;

/** @throws Error with what the bundler found */
export async function buildCli(): Promise<void> {
  await rm(DIST, { recursive: true, force: true });
  const { metafile } = await build({ ...cliBundle, metafile: true });
  await writeFile(path.join(DIST, LICENCES), bundledLicences(metafile));
  await copyFile(path.join(ROOT, 'LICENSE'), path.join(PACKAGE, 'LICENSE'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildCli();
