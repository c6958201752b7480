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

export interface BundledPackage {
  name: string;
  version: string;
  /** An SPDX expression; null where the package states none. */
  license: string | null;
  /** Absolute. */
  folder: string;
}

/** @param metafile of a build whose working directory is the root */
export function bundledPackages({ inputs }: Metafile): BundledPackage[] {
  const folders = Object.keys(inputs).flatMap((file) => PACKAGE.exec(file)?.[1] ?? []);
  return [...new Set(folders)].sort().map((name) => packageIn(path.join(ROOT, name)));
}

/** @param metafile of a build whose working directory is the root */
export function bundledLicences(metafile: Metafile): string {
  const sections = bundledPackages(metafile).map(sectionOf);
  return `What is in this bundle beside Payonce, and its licences.\n\n${sections.join('\n')}`;
}

function packageIn(folder: string): BundledPackage {
  const text = readFileSync(path.join(folder, 'package.json'), 'utf8');
  const {
    name,
    version,
    license = null,
  } = JSON.parse(text) as Omit<BundledPackage, 'folder'> & {
    license?: string;
  };
  return { name, version, license, folder };
}

function sectionOf({ name, version, license, folder }: BundledPackage): string {
  const texts = readdirSync(folder)
    .filter((file) => TEXT.test(file))
    .map((file) => readFileSync(path.join(folder, file), 'utf8').trim());
  const body = texts.length > 0 ? texts.join('\n\n') : `The package has no text of it.`;
  const title = `${name} ${version}: ${license ?? 'not stated'}`;
  return `${title}\n${'-'.repeat(title.length)}\n\n${body}\n`;
}
