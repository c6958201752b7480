/**
 * One supervised process of the stack. It is started again whenever it dies unasked; it is in a
 * process group of its own, so that ctrl-C reaches the supervisor alone, and it writes straight
 * into its log file, so that a killed supervisor never blocks it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../../config/config.ts';
import type { OnProgress } from '../terminal/progress.ts';
import { reasonOf } from '../terminal/setup-error.ts';
import { type ChildSpec, end, type Launched, launch, untilReady } from './child-process.ts';

/** A supervised process. */
export type Child = {
  name: string;
  pid: () => number | undefined;
  /**
   * Resolves when it is ready; rejects with the end of its log when it dies before. `env` is for this
   * one life: after its death the child is started again without it.
   */
  start: (env?: Environment) => Promise<void>;
  /** Resolves when it has ended; it is killed after its grace time, or the one given. */
  stop: (graceMs?: number) => Promise<void>;
  /** Sends a signal; a death by it counts as unasked. */
  kill: (signal: NodeJS.Signals) => void;
};

/** Callbacks when a process appears or is gone, and for what a person should know about it. */
export type ChildNotices = { onChange: () => void; onProgress: OnProgress };

/** The first restart is quick, because most deaths are single; then each waits twice as long. */
const RESTART_PAUSE_MS = 300;
const MAX_RESTART_PAUSE_MS = 10_000;
/** A process that ran this long was healthy, so its next death counts as a first one. */
const HEALTHY_AFTER_MS = 30_000;

/** Makes a child that is not running yet. */
export function createChild(spec: ChildSpec, { onChange, onProgress }: ChildNotices): Child {
  let running: Launched | undefined;
  let wanted = false;
  let deaths = 0;

  async function begin(env?: Environment): Promise<void> {
    const launched = launch({ ...spec, env: { ...spec.env, ...env } });
    const startedAt = Date.now();
    running = launched;
    onChange();
    const gone = launched.death.then((how) => {
      running = undefined;
      onChange();
      return how;
    });
    await untilReady(spec, launched).catch(async (error: unknown) => {
      await end(launched, spec.stopGraceMs);
      throw error;
    });
    void gone.then((how) => beginAgain(how, Date.now() - startedAt));
  }

  async function beginAgain(how: string, livedMs: number): Promise<void> {
    if (livedMs > HEALTHY_AFTER_MS) deaths = 0;
    let reason = `${spec.name} died (${how})`;
    while (wanted && running === undefined) {
      const pauseMs = Math.min(RESTART_PAUSE_MS * 2 ** deaths, MAX_RESTART_PAUSE_MS);
      deaths += 1;
      onProgress(`${reason}; starting it again in ${pauseMs} ms`);
      await sleep(pauseMs);
      if (!wanted) return;
      reason = await begin().then(
        () => '',
        (error: unknown) => reasonOf(error),
      );
    }
  }

  return {
    name: spec.name,
    pid: () => running?.process.pid,
    start: (env) => {
      wanted = true;
      return begin(env);
    },
    stop: async (graceMs = spec.stopGraceMs) => {
      wanted = false;
      if (running) await end(running, graceMs);
    },
    kill: (signal) => void running?.process.kill(signal),
  };
}
