/** One run of the bench from beginning to end, with everything it needs around it, also when it fails. */
import { rmSync } from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readTemporalDevFile } from '../src/dev/temporal/temporal-dev-file.ts';
import { startDatabases } from './databases.ts';
import { describeMachine } from './report/machine.ts';
import type { RunRecord } from './report/run-record.ts';
import { runBench, type Selection } from './run.ts';

export interface RunOptions extends Selection {
  isSmoke: boolean;
}

/** Prints what it does to the standard error output. */
export async function takeRun(options: RunOptions): Promise<RunRecord> {
  const { sides, plan, isSmoke } = options;
  const folder = await mkdtemp(path.join(tmpdir(), 'payonce-bench-'));
  // PostgreSQL gives up root's rights and has to reach its own directory below this one.
  await chmod(folder, 0o755);
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeFolder);
  const onProgress = (line: string) => console.error(line);
  const databases = await startDatabases(path.join(folder, 'databases'), onProgress);
  try {
    const machine = describeMachine(folder);
    const takenAt = new Date().toISOString();
    const results = await runBench(options, { folder, databases, onProgress });
    const versions = {
      Node: process.versions.node,
      PostgreSQL: databases.version,
      'Temporal CLI': readTemporalDevFile().version,
      ...Object.assign({}, ...sides.map((side) => side.versions)),
    };
    const about = sides.map(({ name, title, description }) => ({ name, title, description }));
    return { takenAt, isSmoke, rounds: plan.rounds, machine, versions, ...results, about };
  } finally {
    await databases.stop();
    removeFolder();
  }
}
