/**
 * `npm run try-nodes [-- VERSION…]`: installs each Node.js from its package into a temporary folder and runs the fast part
 * of the suite, a new order on the real parts, the packages of client and command line from their tarballs, and the demo on
 * it. On one that is too old, each way to start Payonce has to say so in one line. Exit code 1 where anything fails.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { arch, platform, tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';

/** The newest of each line when this was written. */
const VERSIONS = ['20.20.2', '22.23.5', '24.22.3', '26.12.1'];
const TOO_OLD = '18.20.8';
/** The last that runs there. */
const NPM_OF_TOO_OLD = '10.8.2';

const TASKS: readonly (readonly [string, readonly string[]])[] = [
  [
    'fast tests',
    [
      'node_modules/mocha/bin/mocha.js',
      ...[
        'domain',
        'money',
        'config',
        'settlements',
        'invoices',
        'logs',
        'workflows/story.test.ts',
      ].map((place) => (place.endsWith('.ts') ? `test/${place}` : `test/${place}/**/*.test.ts`)),
    ],
  ],
  [
    'orders on the real parts',
    [
      'node_modules/mocha/bin/mocha.js',
      'test/api/orders.test.ts',
      'test/guarantees/exactly-once.test.ts',
    ],
  ],
  [
    'packages of client and command line',
    ['node_modules/mocha/bin/mocha.js', 'test/client/package.test.ts', 'test/cli/package.test.ts'],
  ],
  ['demo', ['--import', 'tsx', 'src/demo/main.ts']],
];

/** How a person starts Payonce from a checkout or a release; what is built has to be there (`npm run build`). */
const STARTS: readonly (readonly string[])[] = [
  ['npm', 'start'],
  ['node', 'bin/payonce.js', 'list'],
  ['node', 'bin/payonce-gateway-test.js'],
  ['node', 'dist/server.js'],
  ['node', '--import', './dist/temporal/workflow-thread.mjs', 'dist/worker.js'],
  ['node', 'dist/migrate.js'],
  ['node', 'dist/cli/main.js', 'list'],
  ['node', 'packages/cli/dist/payonce.js', 'list'],
];
const ONE_LINE = /^Payonce needs Node\.js 20\.19 or newer, and this is [\d.]+: [^\n]+$/;

const given = process.argv.slice(2);
const folder = await mkdtemp(path.join(tmpdir(), 'payonce-nodes-'));
try {
  for (const version of given.length > 0 ? given : [...VERSIONS, TOO_OLD])
    await (version.startsWith('18.') ? tryTooOld(version) : tryOn(version));
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** @returns the folder of its programs */
async function installed(version: string, ...others: readonly string[]): Promise<string> {
  const place = path.join(folder, version);
  const name = `node-${platform()}-${arch()}`;
  const packages = [`${name}@${version}`, ...others];
  const options = ['--no-save', '--no-audit', '--no-fund', '--prefix', place];
  await execa('npm', ['install', ...options, ...packages]);
  return path.join(place, 'node_modules', name, 'bin');
}

/** Its own folder first on the path: programs that start others have to find this one. */
function run(bin: string, command: readonly string[], more: Record<string, string> = {}) {
  const [program = '', ...args] = command;
  const env = { PATH: `${bin}${path.delimiter}${process.env.PATH}`, ...more };
  return execa(program, args, { env, all: true, reject: false, stdin: 'ignore' });
}

function report(version: string, task: string, { isGood, all }: { isGood: boolean; all: string }) {
  console.log(`Node ${version}: ${task} ${isGood ? 'passed' : 'FAILED'}`);
  if (isGood) return;
  console.log(all);
  process.exitCode = 1;
}

async function tryOn(version: string): Promise<void> {
  const bin = await installed(version);
  for (const [task, args] of TASKS) {
    const startedAt = performance.now();
    const command = [path.join(bin, 'node'), ...args];
    const { exitCode, all = '' } = await run(bin, command, { NODE_NO_WARNINGS: '1' });
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    report(version, `${task} (${seconds} s)`, { isGood: exitCode === 0, all });
  }
}

/** npm says lines of its own around it, which begin with its name or with what it runs. */
async function tryTooOld(version: string): Promise<void> {
  const bin = await installed(version, `npm@${NPM_OF_TOO_OLD}`);
  const programs: Readonly<Record<string, readonly string[]>> = {
    node: [path.join(bin, 'node')],
    npm: [path.join(bin, 'node'), path.join(bin, '../../npm/bin/npm-cli.js')],
  };
  for (const [program = '', ...args] of STARTS) {
    const command = [...(programs[program] ?? []), ...args];
    const { exitCode, stderr, all = '' } = await run(bin, command);
    const own = stderr.split('\n').filter((line) => !/^npm /.test(line) && line !== '');
    const isGood = exitCode === 1 && own.length === 1 && ONE_LINE.test(own[0] ?? '');
    report(version, `refused in one line: ${program} ${args.join(' ')}`, { isGood, all });
  }
}
