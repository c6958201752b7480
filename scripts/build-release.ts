/**
 * `npm run build:release [FOLDER]`: everything that API, worker, migrations and command line need to run on this platform
 * with Node.js alone, in `release` or the given folder, which is empty or holds an earlier release. The image is this
 * folder; it can be copied to a machine as well.
 */
import { chmod, cp, lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.ts';
import { buildConsole } from './build-console.ts';
import { EMPTY_MODULES, isLeftOut, releasePackages } from './release-packages.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MANIFEST = 'package.json';
const AS_THEY_ARE = ['LICENSE', 'NOTICE.md'];

/** The programs of a release, as its `npm run` knows them too. */
export const PROGRAMS = {
  api: 'node dist/server.js',
  worker: 'node --import ./dist/temporal/workflow-thread.mjs dist/worker.js',
  migrate: 'node dist/migrate.js',
  backup: 'node dist/backup/backup.js',
  restore: 'node dist/backup/restore.js',
  payonce: 'node dist/cli/main.js',
  'codec-server': 'node dist/codec-server/main.js',
};

interface Manifest {
  [field: string]: unknown;
  dependencies: Record<string, string>;
}

/**
 * @param folder is made; an earlier release in it is removed first
 * @returns the bytes that it takes on the disk
 * @throws Error where the folder holds anything else, and with what the compiler or the bundler found
 */
export async function buildRelease(folder: string): Promise<number> {
  await makeEmpty(folder);
  // First, so that what is left of a build that broke off is known as one.
  await writeFile(
    path.join(folder, MANIFEST),
    `${JSON.stringify(await releaseManifest(), null, 2)}\n`,
  );
  await build(path.join(folder, 'dist'));
  // Not by way of console/dist, which an API of the checkout may be serving.
  await buildConsole(path.join(folder, 'console/dist'));
  for (const name of AS_THEY_ARE)
    await cp(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  for (const name of releasePackages()) await copyPackage(name, folder);
  for (const name of EMPTY_MODULES) await writeEmptyModule(path.join(folder, 'node_modules', name));
  await makeReadable(folder);
  return bytesOnDisk(folder);
}

/** A name that was mistyped may be that of a folder with something of its own in it. */
async function makeEmpty(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const isEmpty = (await readdir(folder)).length === 0;
  if (!isEmpty && !(await isRelease(folder)))
    throw new Error(
      `${folder} holds something that is no release: name an empty folder or one that is not there yet`,
    );
  await rm(folder, { recursive: true });
  await mkdir(folder);
}

async function isRelease(folder: string): Promise<boolean> {
  const manifest = await readFile(path.join(folder, MANIFEST), 'utf8').catch(() => '');
  return manifest.includes(`"api": "${PROGRAMS.api}"`);
}

async function copyPackage(name: string, folder: string): Promise<void> {
  const source = path.join(ROOT, name);
  await cp(source, path.join(folder, name), {
    recursive: true,
    filter: (file) => !isLeftOut(name, path.relative(source, file)),
  });
}

async function writeEmptyModule(folder: string): Promise<void> {
  await mkdir(folder);
  await writeFile(
    path.join(folder, 'index.js'),
    '// @temporalio/worker loads this and needs it to build workflow bundles alone. This release has its bundle.\n',
  );
}

async function releaseManifest(): Promise<Manifest> {
  const own = JSON.parse(await readFile(path.join(ROOT, MANIFEST), 'utf8')) as Manifest;
  const { name, version, description, license, type, engines, dependencies } = own;
  return {
    ...{ name, version, description, license, private: true, type, engines },
    bin: { payonce: 'dist/cli/main.js', 'payonce-gateway-test': 'dist/gateway-test/main.js' },
    exports: {
      './gateway': { types: './dist/gateways/kit.d.ts', default: './dist/gateways/kit.js' },
      './gateway-test': {
        types: './dist/gateway-test/index.d.ts',
        default: './dist/gateway-test/index.js',
      },
    },
    scripts: PROGRAMS,
    dependencies,
  };
}

const READABLE = 0o444;
const ENTERED = 0o111;

/** Whoever runs a release is seldom who built it, and may have built it where new files are the builder's own. */
async function makeReadable(folder: string): Promise<void> {
  const names = ['', ...(await readdir(folder, { recursive: true }))];
  await Promise.all(
    names.map(async (name) => {
      const file = path.join(folder, name);
      const entry = await lstat(file);
      if (entry.isSymbolicLink()) return;
      await chmod(file, entry.mode | READABLE | (entry.isDirectory() ? ENTERED : 0));
    }),
  );
}

const BYTES_PER_BLOCK = 512;

export async function bytesOnDisk(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(
    names.map(async (name) => (await lstat(path.join(folder, name))).blocks * BYTES_PER_BLOCK),
  );
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = path.resolve(process.argv[2] ?? path.join(ROOT, 'release'));
  const bytes = await buildRelease(folder);
  console.log(`${folder}: ${Math.round(bytes / 1_000_000)} MB`);
}
