/**
 * `npm run try-nodes [-- VERSION…]`: installs each Node.js from its package into a temporary folder and runs the fast part
 * of the suite, a new order on the real parts and the demo on it. Exit code 1 where one of them fails.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { arch, platform, tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';

/** The newest of each line when this was written. */
const VERSIONS = ['20.20.2', '22.21.1', '24.11.1', '26.10.0'];

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
  ['demo', ['--import', 'tsx', 'src/demo/main.ts']],
];

const given = process.argv.slice(2);
const folder = await mkdtemp(path.join(tmpdir(), 'payonce-nodes-'));
try {
  for (const version of given.length > 0 ? given : VERSIONS) await tryOn(version);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function tryOn(version: string): Promise<void> {
  const place = path.join(folder, version);
  const name = `node-${platform()}-${arch()}@${version}`;
  await execa('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', place, name]);
  const bin = path.join(place, 'node_modules', `node-${platform()}-${arch()}`, 'bin');
  for (const [task, args] of TASKS) {
    const startedAt = performance.now();
    // Its own folder first on the path: programs that start others have to find this one.
    const env = { PATH: `${bin}${path.delimiter}${process.env.PATH}`, NODE_NO_WARNINGS: '1' };
    const { exitCode, all } = await execa(path.join(bin, 'node'), args, {
      ...{ env, all: true, reject: false, stdin: 'ignore' },
    });
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    console.log(`Node ${version}: ${task} ${exitCode === 0 ? 'passed' : 'FAILED'} in ${seconds} s`);
    if (exitCode === 0) continue;
    console.log(all);
    process.exitCode = 1;
  }
}
