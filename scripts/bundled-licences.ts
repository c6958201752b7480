/**
 * The licences of the packages whose code is in a bundle: most ask that their text goes wherever their code does, and a
 * bundle leaves out the file that it stands in.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Metafile } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** The file's name beside each bundle. */
export const LICENCES = 'LICENCES.txt';

const PACKAGE = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;
const TEXT = /^(licen[cs]e|copying|notice)/i;

interface Manifest {
  name: string;
  version: string;
  license?: string;
}

/** @param metafile of a build whose working directory is the root */
export function bundledLicences({ inputs }: Metafile): string {
  const folders = Object.keys(inputs).flatMap((file) => PACKAGE.exec(file)?.[1] ?? []);
  const sections = [...new Set(folders)].sort().map((folder) => sectionOf(path.join(ROOT, folder)));
  return `What is in this bundle beside Payonce, and its licences.\n\n${sections.join('\n')}`;
}

function sectionOf(folder: string): string {
  const text = readFileSync(path.join(folder, 'package.json'), 'utf8');
  const { name, version, license = 'not stated' } = JSON.parse(text) as Manifest;
  const texts = readdirSync(folder)
    .filter((file) => TEXT.test(file))
    .map((file) => readFileSync(path.join(folder, file), 'utf8').trim());
  const body = texts.length > 0 ? texts.join('\n\n') : `The package has no text of it.`;
  const title = `${name} ${version}: ${license}`;
  return `${title}\n${'-'.repeat(title.length)}\n\n${body}\n`;
}
