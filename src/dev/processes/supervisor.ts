/**
 * Keeps the children of a stack: knows them by name, notes their process ids down, and stops them
 * in the reverse order of their start, so that none loses what it still needs to finish.
 */

import type { OnProgress } from '../terminal/progress.ts';
import { type Child, createChild } from './child.ts';
import type { ChildSpec } from './child-process.ts';
import type { ProcessRecord } from './process-file.ts';

/** The children of one stack. */
export type Supervisor = {
  /** Starts a group side by side; resolves when all are ready. */
  start: (specs: readonly ChildSpec[]) => Promise<void>;
  pids: () => Record<string, number>;
  /** @throws Error when there is no child of this name. */
  child: (name: string) => Child;
  /** Stops the groups, the last started first. */
  stop: () => Promise<void>;
  /** Ends everything at once. */
  kill: () => Promise<void>;
};

/** Makes a supervisor without children. */
export function createSupervisor(record: ProcessRecord, onProgress: OnProgress): Supervisor {
  const groups: Child[][] = [];

  const pids = () => {
    const running = groups.flat().map(({ name, pid }) => [name, pid()] as const);
    return Object.fromEntries(
      running.filter((entry): entry is [string, number] => entry[1] !== undefined),
    );
  };
  const notices = { onChange: () => record.update(pids()), onProgress };

  return {
    pids,
    start: async (specs) => {
      const group = specs.map((spec) => createChild(spec, notices));
      groups.push(group);
      await Promise.all(group.map((child) => child.start()));
    },
    child: (name) => {
      const found = groups.flat().find((child) => child.name === name);
      if (found) return found;
      const names = groups.flat().map((child) => child.name);
      throw new Error(`no child ${name}; there are ${names.join(', ')}`);
    },
    stop: async () => {
      for (const group of groups.toReversed()) {
        await Promise.all(group.map((child) => child.stop()));
      }
    },
    kill: async () => {
      await Promise.all(groups.flat().map((child) => child.stop(0)));
    },
  };
}
