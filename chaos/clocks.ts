/** Which processes of a run have a wrong clock in their next life. */
import type { Environment } from '../src/config/config.ts';

export interface Clocks {
  /** From its next life on the process is so many milliseconds ahead, or behind; 0 puts it right. */
  set(name: string, skewMs: number): void;
  /** What the next life of this process has in its environment. */
  envOfNextLife(name: string): Environment;
}

const PRELOAD = new URL('skewed-clock.mjs', import.meta.url).href;

export function createClocks({ NODE_OPTIONS = '' }: Environment): Clocks {
  const skews = new Map<string, number>();
  return {
    set: (name, skewMs) => void skews.set(name, skewMs),
    envOfNextLife: (name) => {
      const skewMs = skews.get(name) ?? 0;
      if (skewMs === 0) return {};
      const options = `${NODE_OPTIONS} --import=${PRELOAD}`.trim();
      return { CLOCK_SKEW_MS: String(skewMs), NODE_OPTIONS: options };
    },
  };
}
