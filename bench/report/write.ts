/**
 * Writes a run where it belongs: the JSON, the picture, and its tables between their markers in the
 * documents. Nothing outside the markers is touched.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pictureOf } from './picture.ts';
import type { RunRecord } from './run-record.ts';
import { allTables, sidesTable } from './tables.ts';

const ROOT = path.join(import.meta.dirname, '../..');

/** The last full run, which the documents show. */
export const LAST_RUN = path.join(ROOT, 'docs/benchmark.json');

export function readRun(file: string): RunRecord {
  return JSON.parse(readFileSync(file, 'utf8')) as RunRecord;
}

export function writeRun(file: string, record: RunRecord): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(record, null, 2)}\n`);
}

/** The documents as they ought to be for this run, by their paths. */
export function documentsOf(record: RunRecord): Map<string, string> {
  const parts = {
    'benchmark-sides': sidesTable(record),
    benchmark: allTables(record),
  };
  const texts = ['docs/benchmark.md']
    .map((file) => path.join(ROOT, file))
    .filter((file) => existsSync(file))
    .map((file) => [file, fill(readFileSync(file, 'utf8'), parts)] as const);
  const picture = path.join(ROOT, 'docs/images/benchmark.svg');
  return new Map([...texts, [picture, pictureOf(record)]]);
}

export function writeDocuments(record: RunRecord): void {
  for (const [file, text] of documentsOf(record)) writeFileSync(file, text);
}

function fill(text: string, parts: Record<string, string>): string {
  return Object.entries(parts).reduce((filled, [name, part]) => {
    const marked = new RegExp(`(<!-- ${name}:start -->)[\\s\\S]*?(<!-- ${name}:end -->)`);
    return filled.replace(marked, (_, start: string, end: string) => `${start}\n${part}\n${end}`);
  }, text);
}
