/**
 * Finds the Temporal CLI, or gets it, in the order that the README promises. Every step that fails
 * says why; nothing is ever installed outside the project's cache.
 */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { execa } from 'execa';
import which from 'which';
import { reasonOf, SetupError } from '../terminal/setup-error.ts';
import { buildTemporalCli } from './temporal-cli-build.ts';
import { type CliLookup, cachedCliPath } from './temporal-cli-cache.ts';
import { downloadTemporalCli } from './temporal-cli-download.ts';

/** One way to come by the CLI: gives its path, or throws saying why it cannot. */
export type CliStep = { name: string; find: (lookup: CliLookup) => Promise<string> };

/** A local command that takes longer than this hangs. */
const CHECK_TIMEOUT_MS = 15_000;
/** The newest option that the dev server is started with; a CLI that knows it knows all of them. */
const NEEDED_OPTION = '--ui-disable-news-fetch';

/** The steps in the order in which they are tried. */
export const CLI_STEPS: readonly CliStep[] = [
  { name: 'TEMPORAL_CLI_PATH', find: fromVariable },
  { name: 'temporal on PATH', find: fromPath },
  { name: 'cache', find: fromCache },
  { name: 'download by the Temporal SDK', find: downloadTemporalCli },
  { name: 'build with Go', find: buildTemporalCli },
];

/**
 * Gives the path of a Temporal CLI that can run the development server.
 * @throws SetupError naming every step with its reason when all of them fail.
 */
export async function findTemporalCli(
  lookup: CliLookup,
  steps: readonly CliStep[] = CLI_STEPS,
): Promise<string> {
  const failures: string[] = [];
  for (const { name, find } of steps) {
    lookup.signal?.throwIfAborted();
    try {
      return await usable(await find(lookup));
    } catch (error) {
      failures.push(`${name}: ${reasonOf(error)}`);
      if (name === 'TEMPORAL_CLI_PATH' && lookup.env.TEMPORAL_CLI_PATH) {
        lookup.onProgress(`${failures.at(-1)}; looking elsewhere`);
      }
    }
  }
  lookup.signal?.throwIfAborted();
  throw new SetupError(
    [
      `No Temporal CLI ${lookup.version}, which runs the development server:`,
      ...failures.map((failure) => `  - ${failure}`),
      'Install it (https://docs.temporal.io/cli) and set TEMPORAL_CLI_PATH to it, or install Go 1.26 or newer (https://go.dev/dl).',
    ].join('\n'),
  );
}

async function fromVariable({ env }: CliLookup): Promise<string> {
  if (!env.TEMPORAL_CLI_PATH) throw new Error('not set');
  return env.TEMPORAL_CLI_PATH;
}

async function fromPath({ env }: CliLookup): Promise<string> {
  const found = await which('temporal', { path: env.PATH ?? '', nothrow: true });
  if (found === null) throw new Error('not found');
  return found;
}

async function fromCache({ env, version }: CliLookup): Promise<string> {
  return cachedCliPath(env, version);
}

async function usable(file: string): Promise<string> {
  await access(file, constants.X_OK).catch(() => {
    throw new Error(`${file} is not there or not executable`);
  });
  const help = await execa(file, ['server', 'start-dev', '--help'], {
    timeout: CHECK_TIMEOUT_MS,
    reject: false,
  });
  if (help.failed) throw new Error(`${file} does not run: ${help.stderr || help.shortMessage}`);
  if (!help.stdout.includes(NEEDED_OPTION)) {
    throw new Error(`${file} is too old: its start-dev has no ${NEEDED_OPTION}`);
  }
  return file;
}
