/**
 * The end of a log file, where the reason of a failure usually stands.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Enough for any stack trace, little enough to read at once. */
const TAIL_BYTES = 16_384;

/** The last lines written after byte `from`; none when the file is not there. */
export function lastLines(file: string, count: number, from = 0): string[] {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return [];
  }
  try {
    const { size } = fstatSync(descriptor);
    const start = Math.max(from, size - TAIL_BYTES);
    const buffer = Buffer.alloc(Math.max(0, size - start));
    readSync(descriptor, buffer, 0, buffer.length, start);
    return buffer
      .toString('utf8')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .slice(-count);
  } finally {
    closeSync(descriptor);
  }
}
