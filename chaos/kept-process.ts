/**
 * One process of a run. Whatever it dies of, it is started again 300 ms later, as a supervisor of an
 * operating system would, until it is told to stop.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../src/config/config.ts';
import {
  type ChildSpec,
  end,
  type Launched,
  launch,
  untilReady,
} from '../src/dev/processes/child-process.ts';

export interface KeptProcess {
  name: string;
  log: string;
  pid(): number | undefined;
  isReady(): boolean;
  /** Resolves when it is ready for the first time. */
  start(): Promise<void>;
  /** False when there is nothing to send a signal to. */
  kill(signal: NodeJS.Signals): boolean;
  stop(): Promise<void>;
}

interface Options {
  /** Variables of the life that is about to begin. */
  envOfNextLife?: () => Environment;
}

const RESTART_PAUSE_MS = 300;

export function keepProcess(spec: ChildSpec, { envOfNextLife }: Options = {}): KeptProcess {
  let running: Launched | undefined;
  let isReady = false;
  let isWanted = false;

  async function live(): Promise<Launched> {
    const launched = launch({ ...spec, env: { ...spec.env, ...envOfNextLife?.() } });
    running = launched;
    void launched.death.then(() => {
      if (running === launched) running = undefined;
      isReady = false;
    });
    try {
      await untilReady(spec, launched);
    } catch (error) {
      await end(launched, 0);
      throw error;
    }
    isReady = true;
    return launched;
  }

  async function liveAgain(launched: Launched): Promise<void> {
    let last: Launched | undefined = launched;
    while (isWanted) {
      await last?.death;
      await sleep(RESTART_PAUSE_MS);
      // One that dies before it is ready is only one more death.
      if (isWanted) last = await live().catch(() => undefined);
    }
  }

  return {
    name: spec.name,
    log: spec.log,
    pid: () => running?.process.pid,
    isReady: () => isReady,
    start: async () => {
      isWanted = true;
      void liveAgain(await live());
    },
    kill: (signal) => running?.process.kill(signal) ?? false,
    stop: async () => {
      isWanted = false;
      if (running) await end(running, 0);
    },
  };
}
