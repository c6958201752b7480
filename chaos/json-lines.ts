/**
 * Append-only logs of JSON lines. A line is with the operating system before the call returns, so that a
 * run which dies still tells what it did.
 */
import { openSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

export interface JsonLines<Line> {
  file: string;
  write(line: Line): void;
}

export function createJsonLines<Line>(file: string): JsonLines<Line> {
  const descriptor = openSync(file, 'a');
  return {
    file,
    write: (line) => {
      writeSync(descriptor, `${JSON.stringify(line)}\n`);
    },
  };
}

export async function readJsonLines<Line>(file: string): Promise<Line[]> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  return lines.filter(Boolean).map((line) => JSON.parse(line) as Line);
}
