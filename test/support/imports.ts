/** What our files import, read from their text: rooms are the folders of src, files beside them are entry points. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const SRC = path.join(import.meta.dirname, '../../src');

export interface Import {
  from: string;
  /** A file under src, or a package's name. */
  to: string;
  isType: boolean;
}

export interface SourceFile {
  /** Under src. */
  file: string;
  text: string;
}

export const files: SourceFile[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(ts|tsx)$/.test(file))
  .map((file) => ({ file, text: readFileSync(path.join(SRC, file), 'utf8') }));

const IMPORT = /^(?:import|export)\s+(type\s)?(?:[^;'"]*?\sfrom\s+)?'([^']+)'/gm;

export const imports: Import[] = importsIn(files);

export function importsIn(sources: readonly SourceFile[]): Import[] {
  return sources.flatMap(({ file, text }) =>
    [...text.matchAll(IMPORT)].map(([, type, target = '']) => ({
      from: file,
      to: target.startsWith('.') ? path.join(path.dirname(file), target) : target,
      isType: type !== undefined,
    })),
  );
}

export function roomOf(file: string): string {
  const [room = '', ...rest] = file.split(path.sep);
  return rest.length === 0 ? 'entry' : room;
}

export function isOurs({ to }: Import): boolean {
  return files.some(({ file }) => file === to);
}

export function importsOf(room: string): Import[] {
  return imports.filter(({ from }) => roomOf(from) === room);
}

/** Every file and package that a room's code reaches when it runs. */
export function reachedFrom(room: string): Set<string> {
  return reachedFromFiles(
    files.filter(({ file }) => roomOf(file) === room).map(({ file }) => file),
  );
}

/** The same of files, each under src. */
export function reachedFromFiles(starts: readonly string[]): Set<string> {
  const reached = new Set<string>();
  const visit = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const { from, to, isType } of imports) if (from === file && !isType) visit(to);
  };
  for (const file of starts) visit(file);
  return reached;
}

/** Files of a room that import each other in a circle, types included. */
export function circles(room: string): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, trail: string[]): void => {
    if (trail.includes(file)) found.push([...trail, file].join(' → '));
    if (trail.includes(file) || done.has(file)) return;
    for (const { from, to } of importsOf(room)) if (from === file) visit(to, [...trail, file]);
    done.add(file);
  };
  for (const { file } of files) if (roomOf(file) === room) visit(file, []);
  return found;
}
