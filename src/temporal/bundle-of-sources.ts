/**
 * The workflow code as one file, built from the sources. Building it takes seconds, so it is built once for a given
 * source and shared by every worker on the machine; a release ships the file that its replay tests ran.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type BundleOptions,
  bundleWorkflowCode,
  type WorkflowBundlePath,
} from '@temporalio/worker';
import { FAILURE_CONVERTER_PATH } from './failure-converter-path.ts';
import { PAYLOAD_CONVERTER_PATH } from './payload-converter-path.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SOURCES = ['src/workflows', 'src/domain', 'src/money', 'src/encryption', 'src/activities'];
const CACHE = `${ROOT}node_modules/.cache/payonce`;

/** @returns the path of a bundle that is built from the sources as they are now */
export async function bundleOfSources(): Promise<WorkflowBundlePath> {
  const codePath = `${CACHE}/workflows-${await fingerprint()}.cjs`;
  if (existsSync(codePath)) return { codePath };
  const { code } = await bundleWorkflowCode({
    workflowsPath: `${ROOT}src/workflows/index.ts`,
    payloadConverterPath: PAYLOAD_CONVERTER_PATH,
    workflowInterceptorModules: [
      `${ROOT}src/workflows/inbox/reserved-signals.ts`,
      `${ROOT}src/workflows/inbox/cancellation-requests.ts`,
      `${ROOT}src/workflows/sdk/trace-context.ts`,
    ],
    // What a workflow itself fails with is encrypted where there are keys, and readable as JSON elsewhere.
    failureConverterPath: FAILURE_CONVERTER_PATH,
    preloadModules: [`${ROOT}src/workflows/sdk/stack-traces.ts`, ...(await pureModules())],
    webpackConfigHook: forPresentNode,
  });
  await mkdir(CACHE, { recursive: true });
  // Written aside and renamed: two workers that start at once must never read half a file.
  const unfinished = `${codePath}.${process.pid}`;
  await writeFile(unfinished, code);
  await rename(unfinished, codePath);
  return { codePath };
}

/** The domain keeps nothing between calls, so all orders of a worker may share one copy of it. */
function pureModules(): Promise<string[]> {
  return sourcesIn(`${ROOT}src/domain`);
}

/** Every source file of a folder and of the folders in it, in the same order on each machine. */
async function sourcesIn(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true });
  return files
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .map((file) => `${folder}/${file}`);
}

type Webpack = Parameters<NonNullable<BundleOptions['webpackConfigHook']>>[0];

/** Node 20 knows all that is written here; translated for older ones, every spread becomes a loop. */
const FOR_PRESENT_NODE = {
  sourceMap: true,
  jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
};

function forPresentNode(config: Webpack): Webpack {
  for (const rule of config.module?.rules ?? []) {
    if (typeof rule !== 'object' || rule === null) continue;
    const { use } = rule;
    if (typeof use === 'object' && 'options' in use) use.options = FOR_PRESENT_NODE;
  }
  return config;
}

async function fingerprint(): Promise<string> {
  const sources = await Promise.all(SOURCES.map((folder) => sourcesIn(`${ROOT}${folder}`)));
  // How it is put together counts as well as what it is put together from.
  const files = [`${ROOT}package-lock.json`, fileURLToPath(import.meta.url), ...sources.flat()];
  return (await fingerprintOfFiles(ROOT, files)).slice(0, 16);
}

/** Of the contents of files and of their names within `root`, in the given order: 64 hexadecimal digits. */
export async function fingerprintOfFiles(root: string, files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) hash.update(path.relative(root, file)).update(await readFile(file));
  return hash.digest('hex');
}
