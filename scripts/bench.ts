/** `npm run bench`: installs what only the benchmark needs, where that was never done, and runs it. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';

const BENCH = path.join(import.meta.dirname, '../bench');

if (!existsSync(path.join(BENCH, 'node_modules'))) {
  console.error('installing what only the benchmark needs …');
  await execa('npm', ['ci', '--prefix', BENCH], { stdio: 'inherit' });
}
// Named only when it runs: the type check of the project must not need what the bench installs.
await import(path.join(BENCH, 'main.ts'));
