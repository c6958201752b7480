/**
 * A disk without space. PostgreSQL and Temporal lose nothing by it and go on once there is space, so what
 * they say meanwhile must not be taken for damage.
 */
import { statfsSync } from 'node:fs';
import { SetupError } from '../terminal/setup-error.ts';

/** PostgreSQL extends its write-ahead log by 16 MiB at once, and ends where it cannot. */
const NEEDED_MIB = 16;
const MIB = 1024 * 1024;
/** What Node, PostgreSQL (SQLSTATE 53100) and SQLite call it. */
const NO_SPACE = /ENOSPC|no space left|disk quota exceeded|disk is full/i;

/** The disk of a folder is full. The message says so in one line, and that nothing is damaged. */
export class NoSpaceError extends SetupError {}

/** The space that is left for a folder that is there, in whole MiB; nothing where that cannot be known. */
export function freeMib(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return Math.floor((bavail * bsize) / MIB);
  } catch {
    return undefined;
  }
}

/** Whether a database in this folder could stop for lack of space. */
export function isFull(folder: string): boolean {
  return (freeMib(folder) ?? NEEDED_MIB) < NEEDED_MIB;
}

/** What a person reads of a full disk. */
export function noSpaceText(folder: string): string {
  const free = freeMib(folder);
  const left = free === undefined ? '' : ` (${free} MiB free, ${NEEDED_MIB} needed)`;
  return `no space left on the disk of ${folder}${left}: free some; nothing is damaged, and nothing has to be moved`;
}

/** The error to throw in place of one whose reason is a full disk; nothing where it is another. */
export function noSpaceError(folder: string, error: unknown): NoSpaceError | undefined {
  if (error instanceof NoSpaceError) return error;
  if (!isFull(folder) && !NO_SPACE.test(textOf(error))) return undefined;
  return new NoSpaceError(`There is ${noSpaceText(folder)}.`);
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause === undefined ? error.message : `${error.message}\n${textOf(cause)}`;
}
