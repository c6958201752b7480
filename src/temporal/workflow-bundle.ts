/** The workflow code that a worker runs: the file that a build has put in its place, else one made of the sources. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { WorkflowBundlePath } from '@temporalio/worker';

/** Where `npm run build` puts it; there is none where sources are run as they are. */
const BUILT = fileURLToPath(new URL('../workflow-bundle.cjs', import.meta.url));

export async function workflowBundle(): Promise<WorkflowBundlePath> {
  if (existsSync(BUILT)) return { codePath: BUILT };
  const { bundleOfSources } = await import('./bundle-of-sources.ts');
  return bundleOfSources();
}
