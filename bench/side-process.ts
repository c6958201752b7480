/**
 * A process of a side: started with its settings in the environment, waited for, and ended by its
 * own id. A script says `process.send?.({ ready: true })` when it is ready and ends on SIGTERM.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { type ChildSpec, end, launch, untilReady } from '../src/dev/processes/child-process.ts';
import { endWithBench } from './end-with-bench.ts';

export interface SideProcess {
  pid: number;
  stop(): Promise<void>;
}

/** What it shows of itself goes to `<dataDir>/logs/<name>.log`. */
export interface SideProcessOptions {
  name: string;
  command: readonly string[];
  env: Record<string, string>;
  dataDir: string;
  ready?: ChildSpec['ready'];
}

/** Nobody looks at the data of a finished round again, so little is waited for. */
const STOP_GRACE_MS = 5_000;

const TSX = import.meta.resolve('tsx');

/** How a script of ours is run: by the same Node as the bench. */
export function nodeCommand(script: string): string[] {
  return [process.execPath, '--import', TSX, script];
}

/** @throws SetupError with the end of its log when it does not become ready */
export async function startProcess(options: SideProcessOptions): Promise<SideProcess> {
  const { name, command, dataDir, env, ready = 'message' } = options;
  const logs = path.join(dataDir, 'logs');
  mkdirSync(logs, { recursive: true });
  const { PATH, HOME } = process.env;
  const spec: ChildSpec = {
    name,
    command,
    env: { PATH, HOME, NODE_ENV: 'production', ...env },
    log: path.join(logs, `${name}.log`),
    ready,
    stopGraceMs: STOP_GRACE_MS,
  };
  const launched = launch(spec);
  const { pid = 0 } = launched.process;
  const letGo = endWithBench(() => [launched.process.pid]);
  const stop = async () => {
    await end(launched, STOP_GRACE_MS);
    letGo();
  };
  try {
    await untilReady(spec, launched);
  } catch (error) {
    await stop();
    throw error;
  }
  return { pid, stop };
}
