/**
 * The workflow code as one file. Building it takes seconds, so it is built once for a given source and
 * shared by every worker on the machine; a release ships the file that its replay tests ran.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type WorkflowBundlePath } from '@temporalio/worker';
import { FAILURE_CONVERTER_PATH } from './failure-converter-path.ts';
import { PAYLOAD_CONVERTER_PATH } from './payload-converter-path.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = ['src/workflows', 'src/domain', 'src/encryption'];
const CACHE = `${ROOT}node_modules/.cache/payonce`;

/** @returns the path of a bundle that is built from the sources as they are now */
export async function workflowBundle(): Promise<WorkflowBundlePath> {
  const codePath = `${CACHE}/workflows-${await fingerprint()}.cjs`;
  if (existsSync(codePath)) return { codePath };
  const { code } = await bundleWorkflowCode({
    workflowsPath: `${ROOT}src/workflows/index.ts`,
    payloadConverterPath: PAYLOAD_CONVERTER_PATH,
    workflowInterceptorModules: [`${ROOT}src/workflows/trace-context.ts`],
    // What a workflow itself fails with is encrypted where there are keys, and readable as JSON elsewhere.
    failureConverterPath: FAILURE_CONVERTER_PATH,
  });
  await mkdir(CACHE, { recursive: true });
  // Written aside and renamed: two workers that start at once must never read half a file.
  const unfinished = `${codePath}.${process.pid}`;
  await writeFile(unfinished, code);
  await rename(unfinished, codePath);
  return { codePath };
}

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256');
  // How it is put together counts as well as what it is put together from.
  for (const file of [`${ROOT}package-lock.json`, fileURLToPath(import.meta.url)])
    hash.update(await readFile(file));
  for (const folder of SOURCES) {
    const files = (await readdir(`${ROOT}${folder}`)).sort();
    for (const file of files) hash.update(file).update(await readFile(`${ROOT}${folder}/${file}`));
  }
  return hash.digest('hex').slice(0, 16);
}
