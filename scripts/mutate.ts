/**
 * `npm run mutate`: changes the source in one place at a time, and asks the fast tests and the simulator whether they
 * notice. Prints what survives; `--write` keeps the figures in docs/reliability/mutation.json, room by room.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { MOCHA_RUNNER, Stryker } from 'mutation-testing';
import { startTestServer } from '../test/support/test-server.ts';
import { ROOMS, type Room } from './mutate-rooms.ts';
import { MUTATION_FILE, type MutationFigures } from './write-reliability.ts';

/** Few lives and few runs of each property: a mutant that survives has all tests run against it. */
const BOUNDS = { SIMULATOR_SEEDS: '30', SIMULATOR_SHRINK: '0', PROPERTY_RUNS: '20' };
/** What was tried before, room by room. */
const TRIED = '.data/mutation';
/** A test that an endless loop holds up; a busy machine must not look like one. */
const TIMEOUT_MS = 60_000;

interface Options {
  mutate?: string[];
  concurrency: number;
  write: boolean;
  static: boolean;
  incremental: boolean;
}

type Results = Awaited<ReturnType<Stryker['runMutationTest']>>;

async function mutate(name: string, room: Room, options: Options): Promise<MutationFigures> {
  const server = room.needsPostgres ? await startTestServer() : null;
  const tempDirName = await mkdtemp(path.join(os.tmpdir(), 'payonce-mutate-'));
  const tidyUp = async (): Promise<void> => {
    await server?.stop();
    await rm(tempDirName, { recursive: true, force: true });
  };
  const onSignal = (): void => void tidyUp().finally(() => process.exit(1));
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  Object.assign(process.env, BOUNDS, server === null ? {} : { TEST_POSTGRES_URL: server.url });
  try {
    const stryker = new Stryker({
      mutate: options.mutate ?? room.mutate,
      testRunner: 'mocha',
      plugins: [MOCHA_RUNNER],
      testRunnerNodeArgs: ['--import', 'tsx'],
      mochaOptions: {
        spec: room.tests,
        require: ['./test/support/fixed-seed.ts'],
        // Twenty thousand steps that only properties need; Mocha's own options start servers.
        grep: '^(?!every sequence)',
        'no-config': true,
        'no-package': true,
      },
      coverageAnalysis: 'perTest',
      ignoreStatic: !options.static,
      incremental: options.incremental,
      incrementalFile: path.join(TRIED, `${name}.json`),
      // TypeScript 7 has no interface for programs yet; tsx strips types, and a mutant need not have right ones.
      tsconfigFile: 'none',
      disableTypeChecks: false,
      ignorePatterns: ['bench', 'deploy', '.data'],
      concurrency: options.concurrency,
      timeoutMS: TIMEOUT_MS,
      dryRunTimeoutMinutes: 15,
      tempDirName,
      reporters: ['clear-text', 'progress-append-only'],
      clearTextReporter: { logTests: false, reportTests: false, reportScoreTable: false },
    });
    return figuresOf(await stryker.runMutationTest());
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    await tidyUp();
    console.log(`${name} is done`);
  }
}

function figuresOf(results: Results): MutationFigures {
  const count = (...statuses: string[]): number =>
    results.filter(({ status }) => statuses.includes(status)).length;
  return {
    mutants: results.length,
    killed: count('Killed', 'Timeout', 'RuntimeError'),
    leftOut: count('Ignored'),
    survived: count('Survived', 'NoCoverage'),
    date: new Date().toISOString().slice(0, 10),
  };
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('give a whole number');
  return value;
}

function roomOf(name: string): Room {
  const room = ROOMS[name];
  if (room === undefined)
    throw new InvalidArgumentError(`there is no room ${name}; there are ${Object.keys(ROOMS)}`);
  return room;
}

const program = new Command('mutate')
  .description('changes the source in one place at a time, and sees whether a fast test notices')
  .argument('[rooms...]', `which of ${Object.keys(ROOMS).join(', ')}`, Object.keys(ROOMS))
  .option('--mutate <globs...>', 'only these files of the room, or lines of one: src/a.ts:3-9')
  .option('--concurrency <number>', 'processes at a time', wholeNumber, 2)
  .option('--static', 'also what is decided while a file is loaded', false)
  .option('--incremental', 'only what has changed since it was last tried, and its tests', false)
  .option('--write', 'keep the figures in docs/reliability/mutation.json', false)
  .parse();

const figures = JSON.parse(await readFile(MUTATION_FILE, 'utf8')) as Record<
  string,
  MutationFigures
>;
const options = program.opts<Options>();
for (const name of program.processedArgs[0] as string[]) {
  const found = await mutate(name, roomOf(name), options);
  console.log(name, found);
  figures[name] = found;
  if (options.write) await writeFile(MUTATION_FILE, `${JSON.stringify(figures, undefined, 2)}\n`);
}
