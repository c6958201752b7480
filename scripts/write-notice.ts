/**
 * `npm run notice`: writes NOTICE.md, the packages that production installs and their licences, from the lock file. A
 * test compares the two.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const ROOT = path.join(import.meta.dirname, '..');
export const NOTICE_FILE = path.join(ROOT, 'NOTICE.md');
const MODULES = 'node_modules/';

/** Packages that name their licence in a file only; read there. */
const IN_A_FILE: Record<string, string> = { 'png-js': 'MIT', unionfs: 'Unlicense' };

interface LockedPackage {
  /** Where another package stands in its place. */
  name?: string;
  version?: string;
  license?: string;
  dev?: boolean;
  link?: boolean;
}

export interface InstalledPackage {
  name: string;
  version: string;
  /** An SPDX expression; null where the package states none. */
  license: string | null;
}

/** Each package once in each of its versions, by name; other systems' binaries included. */
export function productionPackages(): InstalledPackage[] {
  const lock = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  const installed = Object.entries(lock.packages).flatMap(([folder, locked]) => {
    const { version, license, dev, link } = locked;
    if (!folder.includes(MODULES) || dev || link || version === undefined) return [];
    const name = locked.name ?? folder.slice(folder.lastIndexOf(MODULES) + MODULES.length);
    return [{ name, version, license: license ?? IN_A_FILE[name] ?? null }];
  });
  const once = new Map(installed.map((entry) => [`${entry.name}@${entry.version}`, entry]));
  return [...once.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
}

export function notice(): string {
  const rows = productionPackages().map(
    ({ name, version, license }) => `| ${name} | ${version} | ${license ?? 'not stated'} |`,
  );
  return [
    '# Notice',
    '',
    'Payonce is licensed under the [MIT licence](LICENSE). What production installs beside it, written by `npm run notice`:',
    '',
    '| package | version | licence |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  writeFileSync(NOTICE_FILE, notice());
