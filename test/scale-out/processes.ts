/**
 * Payonce's processes run by hand, each by the command of its npm script and nothing but an environment:
 * what an operator has who knows no development stack.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { end, type Launched, launch, untilReady } from '../../src/dev/processes/child-process.ts';

/** How one process is run, under a name that is the same for all its lives. */
export interface ProcessPlan {
  name: string;
  script: 'api' | 'worker' | 'sandbox';
  env: Record<string, string>;
  logs: string;
}

/** One place in the cluster: whoever ends there is followed by the next. */
export interface Place {
  name: string;
  /** The process ids of all its lives. */
  pids: readonly number[];
  /** As a power cut does; the next life begins at once. */
  kill(): Promise<void>;
  /** As a deployment does; resolves with how the old life ended, once the next one is ready. */
  replace(): Promise<string>;
  /** Resolves with how it ended. */
  stop(): Promise<string>;
}

/** Longer than any drain, so that whoever hangs is seen to have been killed. */
const STOP_GRACE_MS = 25_000;

export async function startPlace(plan: ProcessPlan): Promise<Place> {
  const pids: number[] = [];
  const begin = async (): Promise<Launched> => {
    const spec = specOf(plan);
    const launched = launch(spec);
    await untilReady(spec, launched);
    pids.push(launched.process.pid ?? 0);
    return launched;
  };
  let current = await begin();
  const finish = async (): Promise<string> => {
    await end(current, STOP_GRACE_MS);
    return current.death;
  };
  return {
    name: plan.name,
    pids,
    kill: async () => {
      current.process.kill('SIGKILL');
      await current.death;
      current = await begin();
    },
    replace: async () => {
      const how = await finish();
      current = await begin();
      return how;
    },
    stop: finish,
  };
}

/** Runs a command that ends by itself, such as `migrate`. */
export async function runOnce(script: 'migrate', env: Record<string, string>): Promise<void> {
  const log = path.join(env.DATA_DIR ?? '', `${script}.log`);
  const spec = { name: script, command: commandOf(script), env, log };
  const { process: child } = launch({ ...spec, ready: async () => {}, stopGraceMs: 0 });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`npm run ${script} ended with ${code}; its log is ${log}`);
}

function specOf({ name, script, env, logs }: ProcessPlan) {
  const log = path.join(logs, `${name}.log`);
  const ready = 'message' as const;
  return { name, command: commandOf(script), env, log, ready, stopGraceMs: STOP_GRACE_MS };
}

/** What `npm run` would run, without npm in between, which does not hand signals on. */
function commandOf(script: string): string[] {
  const { scripts } = JSON.parse(readFileSync(path.resolve('package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const [program, ...args] = scripts[script]?.split(' ') ?? [];
  if (program !== 'node') throw new Error(`npm run ${script} is no node program`);
  return [process.execPath, ...args];
}
