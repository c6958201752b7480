/**
 * `stack.json`: which processes the supervisor of a data directory has started, so that the next
 * start can end what a killed one left. Written at every change, before anything relies on it.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { noSpaceError } from './disk-space.ts';
import { endProcess, isStillRunning, note } from './live-process.ts';

const noted = z.object({ pid: z.int().positive(), command: z.string() });
const addresses = z.object({
  apiUrl: z.string(),
  docsUrl: z.string(),
  sandboxUrl: z.string(),
  databaseUrl: z.string(),
  temporalAddress: z.string(),
  // A release from before did not note it, and its processes must be found all the same.
  temporalNamespace: z.string().default('payments'),
  temporalUiUrl: z.string().optional(),
  keys: z.object({ client: z.string(), ops: z.string() }),
});
const schema = z.object({
  supervisor: noted,
  startedAt: z.string(),
  processes: z.record(z.string(), noted),
  addresses: addresses.optional(),
});
type ProcessFile = z.infer<typeof schema>;

/** Where everything of a stack is reached, and with which keys. */
export type StackAddresses = z.infer<typeof addresses>;

/** The record of one running stack. */
export type ProcessRecord = {
  /** Notes which processes run now, by name; on a full disk it is noted with the next change or `update`. */
  update: (pids: Readonly<Record<string, number>>) => void;
  /** Notes that the stack is ready at these addresses. */
  ready: (addresses: StackAddresses) => void;
  remove: () => void;
};

/** What the order of work of a left-over process may take before it is killed. */
const LEFTOVER_GRACE_MS = 10_000;

/** Begins the record of this process as supervisor. */
export function createProcessRecord(dataDir: string): ProcessRecord {
  const file = fileIn(dataDir);
  const startedAt = new Date().toISOString();
  let content: ProcessFile = { supervisor: note(process.pid), startedAt, processes: {} };
  const save = (change: Partial<ProcessFile>) => {
    content = { ...content, ...change };
    try {
      writeFileSync(`${file}.new`, JSON.stringify(content, undefined, 2), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    } catch (error) {
      // A process that dies meanwhile must be started again all the same.
      if (noSpaceError(dataDir, error) === undefined) throw error;
    }
  };
  return {
    update: (pids) => {
      const known = Object.values(content.processes);
      const entries = Object.entries(pids).map(([name, pid]) => {
        return [name, known.find((process) => process.pid === pid) ?? note(pid)] as const;
      });
      save({ processes: Object.fromEntries(entries) });
    },
    ready: (places) => save({ addresses: places }),
    remove: () => rmSync(file, { force: true }),
  };
}

/** Ends the processes that a killed supervisor left; gives the names of those that still ran. */
export async function endLeftovers(dataDir: string): Promise<string[]> {
  const left = Object.entries(readProcessFile(dataDir)?.processes ?? {}).filter(([, process]) =>
    isStillRunning(process),
  );
  await Promise.all(left.map(([, process]) => endProcess(process, LEFTOVER_GRACE_MS)));
  return left.map(([name]) => name);
}

/** A stack of another supervisor: where it is reached, and its processes by name. */
export type RunningStack = StackAddresses & { processes: Readonly<Record<string, number>> };

/** The stack that runs on this data directory; nothing when none is ready. */
export function runningStack(dataDir: string): RunningStack | undefined {
  const content = readProcessFile(dataDir);
  if (!content?.addresses || !isStillRunning(content.supervisor)) return undefined;
  const pids = Object.entries(content.processes).map(([name, { pid }]) => [name, pid] as const);
  return { ...content.addresses, processes: Object.fromEntries(pids) };
}

function fileIn(dataDir: string): string {
  return path.join(dataDir, 'stack.json');
}

function readProcessFile(dataDir: string): ProcessFile | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(fileIn(dataDir), 'utf8')));
  } catch {
    return undefined;
  }
}
