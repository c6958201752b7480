/** The pictures of docs/architecture.md, as Mermaid: the folders of src, and its walks with what really imports what. */
import path from 'node:path';
import { files, imports, isOurs, roomOf } from '../test/support/imports.ts';

/** What is written in capitals stands for several files; the picture shows one of each. */
const EXAMPLES: Record<string, string> = { GATEWAY: 'sandbox', EFFECT: 'grant-access' };

/** Which folder of src imports which; an arrow that follows from two others is left out. */
export function foldersPicture(): string {
  const arrows = new Map<string, Set<string>>();
  for (const one of imports) {
    const [from, to] = [roomOf(one.from), roomOf(one.to)];
    if (!isOurs(one) || from === to || from === 'entry' || to === 'entry') continue;
    arrows.set(from, (arrows.get(from) ?? new Set()).add(to));
  }
  const lines = [...arrows].flatMap(([from, targets]) =>
    [...targets]
      .filter((to) => ![...targets].some((other) => other !== to && leadsTo(arrows, other, to)))
      .map((to) => `  ${idOf(from)}[${from}] --> ${idOf(to)}[${to}]`),
  );
  return mermaid('flowchart TD', lines.sort());
}

function leadsTo(
  arrows: ReadonlyMap<string, Set<string>>,
  from: string,
  to: string,
  passed = new Set<string>(),
): boolean {
  if (passed.has(from)) return false;
  passed.add(from);
  const targets = arrows.get(from) ?? new Set();
  return targets.has(to) || [...targets].some((next) => leadsTo(arrows, next, to, passed));
}

/** The files in the first column of the table below this heading, from the top down. */
export function walkIn(page: string, heading: string): string[] {
  const [, section = ''] = page.split(`## ${heading}\n`);
  const [own = ''] = section.split('\n## ');
  return [...own.matchAll(/^\| `src\/([\w./-]+)` \|/gm)].map(([, file = '']) => file);
}

/**
 * A walk from file to file. An arrow is an import by the nearest file above; a dotted one goes through an interface
 * or by data, such as a signal.
 */
export function walkPicture(walk: readonly string[]): string {
  const steps = walk.map(exampleOf);
  const nodes = steps.map(
    (file, i) => `    ${nodeOf(i)}["${path.posix.relative(roomOf(file), file)}"]`,
  );
  const rooms = [...new Set(steps.map(roomOf))].flatMap((room) => [
    `  subgraph ${idOf(room)}[${room}]`,
    ...nodes.filter((_, i) => roomOf(steps[i] ?? '') === room),
    '  end',
  ]);
  const arrows = steps.slice(1).map((file, i) => {
    const importer = steps.slice(0, i + 1).findLastIndex((from) => isImport(from, file));
    return importer === -1
      ? `  ${nodeOf(i)} -.-> ${nodeOf(i + 1)}`
      : `  ${nodeOf(importer)} --> ${nodeOf(i + 1)}`;
  });
  return mermaid('flowchart TD', [...rooms, ...arrows]);
}

/** @throws Error for a file that is not there */
function exampleOf(file: string): string {
  const example = file.replace(/[A-Z]{3,}/g, (name) => EXAMPLES[name] ?? name);
  if (!files.some((one) => one.file === example))
    throw new Error(`docs/architecture.md names src/${file}, which does not exist`);
  return example;
}

function isImport(from: string, to: string): boolean {
  return imports.some((one) => one.from === from && one.to === to);
}

function nodeOf(index: number): string {
  return `step${index + 1}`;
}

/** Some names are words of Mermaid's own. */
function idOf(room: string): string {
  return `folder_${room.replaceAll('-', '_')}`;
}

function mermaid(kind: string, lines: readonly string[]): string {
  return ['```mermaid', kind, ...lines, '```'].join('\n');
}
