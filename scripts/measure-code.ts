/**
 * `npm run measure:code -- COMMIT …`: the size and the shape of src at each of these commits, and how much has
 * changed from one to the next. Generated code is not counted.
 */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { importsIn, roomOf, type SourceFile } from '../test/support/imports.ts';
import { walkIn } from './architecture-pictures.ts';

const GENERATED = 'client/schema.ts';
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

function git(...args: string[]): string {
  return execFileSync('git', args, { encoding: 'utf8', maxBuffer: MAX_OUTPUT_BYTES });
}

function filesAt(commit: string): SourceFile[] {
  return git('ls-tree', '-r', '--name-only', commit, 'src')
    .split('\n')
    .filter((file) => /\.tsx?$/.test(file) && file !== `src/${GENERATED}`)
    .map((file) => ({ file: file.slice('src/'.length), text: git('show', `${commit}:${file}`) }));
}

function linesOf({ text }: SourceFile): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

function isComment(line: string): boolean {
  return /^\s*(\/\/|\/\*|\*)/.test(line);
}

function largest(counts: ReadonlyMap<string, number>): string {
  const [name, count] = [...counts].toSorted(([, a], [, b]) => b - a)[0] ?? ['', 0];
  return `${count} (src/${name})`;
}

function countBy(items: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

/** Pairs of the folders right below src, and its root, of which one imports from the other. */
function arrowsIn(files: readonly SourceFile[]): Set<string> {
  const known = new Set(files.map(({ file }) => file));
  const pairs = importsIn(files)
    .filter(({ to }) => known.has(to))
    .map(({ from, to }) => [roomOf(from), roomOf(to)])
    .filter(([from, to]) => from !== to);
  return new Set(pairs.map((pair) => pair.join(' ')));
}

function circlesIn(arrows: ReadonlySet<string>): number {
  return (
    [...arrows].filter((pair) => arrows.has(pair.split(' ').toReversed().join(' '))).length / 2
  );
}

/** Counted in docs/architecture.md, where there is one. */
function walkAt(commit: string): string {
  const page = git('ls-tree', '--name-only', commit, 'docs/architecture.md');
  if (page === '') return 'no walk';
  return String(walkIn(git('show', `${commit}:docs/architecture.md`), 'A webhook').length);
}

function measure(commit: string) {
  const files = filesAt(commit);
  const lines = files.flatMap(linesOf);
  const comments = lines.filter(isComment).length;
  const arrows = arrowsIn(files);
  const folders = countBy(files.map(({ file }) => path.dirname(file)));
  return {
    'source files': String(files.length),
    'lines that are not empty': String(lines.length),
    folders: String(folders.size),
    'most files in one folder': largest(folders),
    'files at the root of src': String(folders.get('.') ?? 0),
    'arrows between the root of src and the folders right below it': String(arrows.size),
    'pairs of them that import each other': String(circlesIn(arrows)),
    'files a webhook passes through': walkAt(commit),
    'share of comment lines': `${((100 * comments) / lines.length).toFixed(1)} %`,
  };
}

/** Lines that the second commit no longer has as they were, and those that are new in it; moved files are followed. */
function changes(before: string, after: string): [deleted: number, added: number] {
  const numbers = git(
    'diff',
    '--numstat',
    '-M40%',
    '-l9999',
    before,
    after,
    '--',
    'src/**/*.ts',
    'src/*.ts',
  )
    .split('\n')
    .filter((line) => !line.includes(GENERATED))
    .map((line) => line.split('\t').map(Number));
  const sum = (column: number): number =>
    numbers.reduce((total, row) => total + (row[column] || 0), 0);
  return [sum(1), sum(0)];
}

const commits = process.argv.slice(2);
const columns = commits.map((commit, i) => {
  const [deleted, added] = i === 0 ? ['', ''] : changes(commits[i - 1] ?? commit, commit);
  return {
    ...measure(commit),
    'lines deleted or changed since the commit to the left': String(deleted),
    'lines added or changed since the commit to the left': String(added),
  };
});
console.log(`| | ${commits.join(' | ')} |\n| --- |${' ---: |'.repeat(commits.length)}`);
for (const name of Object.keys(columns[0] ?? {}) as (keyof (typeof columns)[0])[])
  console.log(`| ${name} | ${columns.map((column) => column[name]).join(' | ')} |`);
