/**
 * Holds back what callers and the gateway send to Payonce, for the one fault that loses what is under way by its
 * nature. Nobody notices but by waiting.
 */
import pWaitFor from 'p-wait-for';

export interface TrafficGate {
  /** Resolves when nothing is under way any more, or only what has outlived its time-out. */
  hold(): Promise<void>;
  release(): void;
  /** Sends now, or when the gate is open again. */
  pass<T>(send: () => Promise<T>): Promise<T>;
}

/** Longer than the longest request. */
const CLEAR_WITHIN_MS = 20_000;
const GLANCE_MS = 50;

export function createTrafficGate(): TrafficGate {
  let underWay = 0;
  let opened: Promise<void> | undefined;
  let open = (): void => {};
  return {
    hold: async () => {
      opened = new Promise((resolve) => {
        open = resolve;
      });
      const isClear = () => underWay === 0;
      await pWaitFor(isClear, { interval: GLANCE_MS, timeout: CLEAR_WITHIN_MS }).catch(() => {});
    },
    release: () => {
      opened = undefined;
      open();
    },
    pass: async (send) => {
      await opened;
      underWay += 1;
      try {
        return await send();
      } finally {
        underWay -= 1;
      }
    },
  };
}
