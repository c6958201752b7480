/** What `npm run backup` and `npm run restore` may be told. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { SKIPPED_UNLESS_SAID } from './after-restore.ts';
import { BackupError } from './backup-folder.ts';
import type { Lookup } from './postgres-programs.ts';

const BACKUP = 'npm run backup -- FOLDER [--pg-bin FOLDER]';
const RESTORE =
  'npm run restore -- [FOLDER] [--replace] [--only database|temporal] [--skip-numbers COUNT] [--pg-bin FOLDER]';

export const PARTS = ['database', 'temporal'] as const;
export type Part = (typeof PARTS)[number];

export interface BackupRequest {
  folder: string;
  lookup: Lookup;
}

export interface RestoreRequest {
  /** Absent: the database was put back by other means, and what follows is done alone. */
  folder: string | undefined;
  /** What is there may be lost. */
  replace: boolean;
  parts: readonly Part[];
  skip: number;
  lookup: Lookup;
}

interface Given {
  args: readonly string[];
  /** Of the environment. */
  path: string | undefined;
}

/** @throws BackupError that says how the command is called */
export function readBackupRequest({ args, path: usual }: Given): BackupRequest {
  const { values, positionals } = parsed(BACKUP, () =>
    parseArgs({
      args: [...args],
      options: { 'pg-bin': { type: 'string' } },
      allowPositionals: true,
    }),
  );
  const [folder] = positionals;
  if (folder === undefined || positionals.length > 1)
    throw new BackupError(`name one folder that is not there yet: ${BACKUP}`);
  return { folder: path.resolve(folder), lookup: { folder: values['pg-bin'], path: usual } };
}

/** @throws BackupError that says how the command is called */
export function readRestoreRequest({ args, path: usual }: Given): RestoreRequest {
  const { values, positionals } = parsed(RESTORE, () =>
    parseArgs({
      args: [...args],
      options: {
        'pg-bin': { type: 'string' },
        only: { type: 'string' },
        replace: { type: 'boolean' },
        'skip-numbers': { type: 'string' },
      },
      allowPositionals: true,
    }),
  );
  const [folder] = positionals;
  if (positionals.length > 1) throw new BackupError(`name one folder: ${RESTORE}`);
  const { only, replace = false } = values;
  const parts = only === undefined ? PARTS : PARTS.filter((part) => part === only);
  if (parts.length === 0) throw new BackupError(`--only ${only} is neither ${PARTS.join(' nor ')}`);
  return {
    folder: folder === undefined ? undefined : path.resolve(folder),
    replace,
    parts,
    skip: countOf(values['skip-numbers']),
    lookup: { folder: values['pg-bin'], path: usual },
  };
}

function countOf(text: string | undefined): number {
  if (text === undefined) return SKIPPED_UNLESS_SAID;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new BackupError(
    `--skip-numbers ${text} is no count: say how many papers may have been given since the backup, or 0`,
  );
}

function parsed<T>(usage: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BackupError(`${reason}. Usage: ${usage}`);
  }
}
