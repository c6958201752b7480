/**
 * CPU time and memory of processes as the kernel counts them, with all their descendants. Elsewhere
 * than on Linux there is nothing to read, and nothing is reported.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** The kernel's clock tick: 100 a second on every Linux that Node runs on. */
const MS_PER_TICK = 10;

/** Pages of this size are what `/proc/<pid>/statm` counts. */
const PAGE_BYTES = 4096;

export type Roles = Readonly<Record<string, readonly number[]>>;

/** Milliseconds by role; empty where `/proc` is missing. */
export function cpuMsByRole(roles: Roles): Record<string, number> {
  const processes = readProcesses();
  if (processes.length === 0) return {};
  return mapRoles(roles, (pids) => {
    const family = familyOf(pids, processes);
    return family.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
  });
}

/** Resident bytes by role; empty where `/proc` is missing. Shared pages count in each process. */
export function memoryByRole(roles: Roles): Record<string, number> {
  const processes = readProcesses();
  if (processes.length === 0) return {};
  return mapRoles(roles, (pids) =>
    familyOf(pids, processes).reduce((sum, { pid }) => sum + residentBytes(pid), 0),
  );
}

interface Process {
  pid: number;
  parent: number;
  /** Its own and that of its ended children. */
  cpuMs: number;
}

function mapRoles(roles: Roles, measure: (pids: readonly number[]) => number) {
  return Object.fromEntries(Object.entries(roles).map(([role, pids]) => [role, measure(pids)]));
}

function readProcesses(): Process[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => readStat(pid));
}

function readStat(pid: string): Process[] {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return [];
  // The name in parentheses may hold anything; what follows it is numbers.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [, parent = 0] = fields;
  const ticks = fields.slice(11, 15).reduce((sum, value) => sum + value, 0);
  return [{ pid: Number(pid), parent, cpuMs: ticks * MS_PER_TICK }];
}

function familyOf(pids: readonly number[], processes: readonly Process[]): Process[] {
  const own = processes.filter(({ pid }) => pids.includes(pid));
  const children = processes.filter(({ parent }) => pids.includes(parent));
  if (children.length === 0) return own;
  return [
    ...own,
    ...familyOf(
      children.map(({ pid }) => pid),
      processes,
    ),
  ];
}

function residentBytes(pid: number): number {
  const [, pages = 0] = (read(`/proc/${pid}/statm`) ?? '').split(' ').map(Number);
  return pages * PAGE_BYTES;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
