/** Which packages a release holds, and which of their files: what its programs load when they run, on this platform. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const names = z.record(z.string(), z.string()).default({});
const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      dependencies: names,
      optionalDependencies: names,
      peerDependencies: names,
      peerDependenciesMeta: z
        .record(z.string(), z.object({ optional: z.boolean().default(false) }))
        .default({}),
    }),
  ),
});

type LockedPackages = z.infer<typeof lockSchema>['packages'];

/**
 * The worker's SDK builds workflow bundles with these, and loads three of them when it starts
 * (github.com/temporalio/sdk-typescript/issues/933). A release has its bundle.
 */
const BUNDLER = {
  owner: 'node_modules/@temporalio/worker',
  packages: ['@swc/core', 'memfs', 'source-map-loader', 'swc-loader', 'unionfs', 'webpack'],
};

/** Those of them that are loaded are empty modules in a release. */
export const EMPTY_MODULES = ['memfs', 'unionfs', 'webpack'];

/**
 * Folders of packages, such as `node_modules/pg/node_modules/split2`, that production's dependencies reach.
 *
 * @throws Error when one is not installed
 */
export function releasePackages(): string[] {
  const text = readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8');
  const { packages } = lockSchema.parse(JSON.parse(text));
  const reached = new Set<string>();
  const visit = (owner: string, name: string, isNeeded: boolean): void => {
    const folder = resolved(packages, owner, name);
    if (folder === undefined || reached.has(folder)) return;
    if (!existsSync(path.join(ROOT, folder))) {
      // Binaries of other platforms.
      if (!isNeeded) return;
      throw new Error(`${folder} is not installed: run npm ci`);
    }
    reached.add(folder);
    for (const [needed, isRequired] of neededBy(packages, folder))
      if (folder !== BUNDLER.owner || !BUNDLER.packages.includes(needed))
        visit(folder, needed, isRequired);
  };
  for (const name of Object.keys(packages['']?.dependencies ?? {})) visit('', name, true);
  return [...reached].sort();
}

function neededBy(packages: LockedPackages, folder: string): [name: string, isRequired: boolean][] {
  const locked = packages[folder];
  if (locked === undefined) return [];
  const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = locked;
  return [
    ...Object.keys(dependencies).map((name): [string, boolean] => [name, true]),
    ...Object.keys(optionalDependencies).map((name): [string, boolean] => [name, false]),
    ...Object.keys(peerDependencies)
      .filter((name) => peerDependenciesMeta[name]?.optional !== true)
      .map((name): [string, boolean] => [name, true]),
  ];
}

/** As Node.js looks it up: in the folder itself, then in each one around it. */
function resolved(packages: LockedPackages, owner: string, name: string): string | undefined {
  const folder = path.posix.join(owner, 'node_modules', name);
  if (folder in packages) return folder;
  if (owner === '') return undefined;
  return resolved(packages, owner.slice(0, Math.max(0, owner.lastIndexOf('/node_modules/'))), name);
}

/** Neither code that runs nor data that is read: TypeScript and its maps, and what packages say of themselves. */
const UNREAD = /\.([cm]?ts|map)$|^(?!licen[cs]e|copying|notice).*\.(md|markdown)$/i;
const UNREAD_FOLDERS = ['.github', 'docs', 'example', 'examples', 'node_modules', 'test', 'tests'];
/** The same code once more, for bundlers. */
const FOR_BUNDLERS = /(^|\/)(bundles|esm5|esnext)(\/|$)|swagger-ui-es-bundle/;
const BRIDGE = 'node_modules/@temporalio/core-bridge';
/** The bridge's own sources, which it is built from where there is no binary. */
const BRIDGE_SOURCES = /^(bridge-macros|scripts|sdk-core|src|ts|Cargo\.(toml|lock))$/;

/** As the bridge itself names its binaries; it has them for every platform. */
const THIS_PLATFORM = `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-${
  { darwin: 'apple-darwin', win32: 'pc-windows-msvc' }[process.platform as string] ??
  'unknown-linux-gnu'
}`;

/**
 * @param folder one of {@link releasePackages}
 * @param file a file or folder within it
 */
export function isLeftOut(folder: string, file: string): boolean {
  const [top = '', second] = file.split('/');
  if (UNREAD_FOLDERS.includes(top) || FOR_BUNDLERS.test(file)) return true;
  if (UNREAD.test(path.basename(file))) return true;
  if (folder !== BRIDGE) return false;
  if (top === 'releases') return second !== undefined && second !== THIS_PLATFORM;
  return BRIDGE_SOURCES.test(top);
}
