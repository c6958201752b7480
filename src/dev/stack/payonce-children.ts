/**
 * How the processes of Payonce itself are run: by `node`, with nothing but the environment as
 * settings, and with an IPC channel whose end means that their supervisor is gone.
 */
import path from 'node:path';
import type { ChildSpec } from '../processes/child-process.ts';

/** What a child needs to know of the stack. */
export type NodeChild = { name: string; script: string; dataDir: string; env: NodeJS.ProcessEnv };

/** The API finishes the answers that are under way; most take milliseconds. */
const API_STOP_GRACE_MS = 10_000;
/** A worker finishes its running activities, and the slowest waits for a gateway. */
const WORKER_STOP_GRACE_MS = 20_000;
/** The sandbox has nothing to finish but deliveries, which it repeats after its next start. */
const SANDBOX_STOP_GRACE_MS = 5000;
/** Resolved here, because the child's own folder need not have the project's modules. */
const TSX = import.meta.resolve('tsx');

const WORKFLOW_THREAD = new URL('../../temporal/workflow-thread.mjs', import.meta.url).href;

/** How to run an API. */
export const apiChild = (child: NodeChild): ChildSpec => nodeChild(child, API_STOP_GRACE_MS);

/** How to run a worker. */
export const workerChild = (child: NodeChild): ChildSpec =>
  nodeChild(child, WORKER_STOP_GRACE_MS, [WORKFLOW_THREAD]);

/** How to run the sandbox gateway. */
export const sandboxChild = (child: NodeChild): ChildSpec =>
  nodeChild(child, SANDBOX_STOP_GRACE_MS);

/** The data directory in the command line says in `ps` whose child it is. */
function nodeChild(
  { name, script, dataDir, env }: NodeChild,
  stopGraceMs: number,
  preloaded: readonly string[] = [],
): ChildSpec {
  const imports = [...(isTypeScript(script) ? [TSX] : []), ...preloaded].flatMap((module) => [
    '--import',
    module,
  ]);
  return {
    name,
    command: [process.execPath, ...imports, script, dataDir],
    env,
    log: path.join(dataDir, 'logs', `${name}.log`),
    ready: 'message',
    stopGraceMs,
  };
}

function isTypeScript(script: string): boolean {
  return script.endsWith('.ts');
}

/** `worker`, `worker-2`, `worker-3` … */
export function numbered(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => (index === 0 ? name : `${name}-${index + 1}`));
}
