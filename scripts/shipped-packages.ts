/**
 * The packages whose code goes where Payonce goes: those that production installs, from the lock file, and those whose code
 * is in the bundles of the console, the command line and the client, as the bundler says.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { cliBundle } from './build-cli.ts';
import { clientBundle } from './build-client.ts';
import { consoleBundle } from './build-console.ts';
import { bundledPackages } from './bundled-licences.ts';

const ROOT = path.join(import.meta.dirname, '..');
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

export interface ShippedPackage {
  name: string;
  version: string;
  /** An SPDX expression; null where the package states none. */
  license: string | null;
}

/** Each package once in each of its versions, by name; other systems' binaries included. */
export function productionPackages(): ShippedPackage[] {
  const lock = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  const installed = Object.entries(lock.packages).flatMap(([folder, locked]) => {
    const { version, license, dev, link } = locked;
    if (!folder.includes(MODULES) || dev || link || version === undefined) return [];
    const name = locked.name ?? folder.slice(folder.lastIndexOf(MODULES) + MODULES.length);
    return [{ name, version, license: license ?? IN_A_FILE[name] ?? null }];
  });
  return eachOnce(installed);
}

let bundled: Promise<ShippedPackage[]> | undefined;

/**
 * Those whose code production gets as a part of a bundle alone, and installs nothing of. Bundling takes seconds, and is done
 * once in a process.
 *
 * @throws Error with what the bundler found
 */
export function bundledAlone(): Promise<ShippedPackage[]> {
  bundled ??= findBundledAlone();
  return bundled;
}

async function findBundledAlone(): Promise<ShippedPackage[]> {
  const bundles = [consoleBundle, cliBundle, clientBundle('esm'), clientBundle('cjs')];
  const packages = (await Promise.all(bundles.map(packagesOf))).flat();
  const installed = new Set(productionPackages().map(idOf));
  return eachOnce(packages).filter((entry) => !installed.has(idOf(entry)));
}

/** `name@version`. */
export function idOf({ name, version }: Pick<ShippedPackage, 'name' | 'version'>): string {
  return `${name}@${version}`;
}

async function packagesOf(bundle: BuildOptions): Promise<ShippedPackage[]> {
  const { metafile } = await build({ ...bundle, write: false, metafile: true });
  return bundledPackages(metafile).map(({ name, version, license }) => ({
    name,
    version,
    license,
  }));
}

function eachOnce(packages: readonly ShippedPackage[]): ShippedPackage[] {
  const once = new Map(packages.map((entry) => [idOf(entry), entry]));
  return [...once.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
}
