/**
 * `npm run scale-out`: orders through two APIs and two workers on a Temporal and a PostgreSQL of their own,
 * with kills and drains in between. Exits with 1 when a promise was broken.
 */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { type Outcome, runScaleOut } from '../test/scale-out/run.ts';

/** A minute or so on two cores. */
const DEFAULT_ORDERS = 200;

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('give a whole number above 0');
  return value;
}

function tell({ orders, seconds, repeatedCalls, incidents, tasks, violations }: Outcome): void {
  const perSecond = (orders / seconds).toFixed(1);
  console.log(`\n${orders} orders in ${seconds.toFixed(1)} s, ${perSecond} a second`);
  for (const incident of incidents) console.log(`  ${incident}`);
  for (const [name, count] of Object.entries(tasks)) console.log(`  ${name}: ${count} tasks`);
  console.log(`  ${repeatedCalls} calls were made again`);
  for (const violation of violations) console.log(`  BROKEN: ${violation}`);
  if (violations.length === 0)
    console.log('  every order: one payment, one entitlement, one invoice, one entry in the books');
}

const program = new Command('scale-out')
  .option('--orders <n>', 'how many orders', positive, DEFAULT_ORDERS)
  .option('--json <file>', 'where to write the outcome')
  .parse();
const options = program.opts<{ orders: number; json?: string }>();
const dataDir = await mkdtemp(path.join(tmpdir(), 'payonce-scale-out-'));
// PostgreSQL gives up root's rights and has to reach its own directory below this one.
await chmod(dataDir, 0o755);
const onProgress = (line: string) => console.log(line);
const outcome = await runScaleOut({ orders: options.orders, dataDir, onProgress });
if (options.json !== undefined)
  await writeFile(options.json, `${JSON.stringify(outcome, null, 2)}\n`);
tell(outcome);
if (outcome.violations.length === 0) await rm(dataDir, { recursive: true });
else console.log(`  logs and databases are in ${dataDir}`);
process.exit(outcome.violations.length === 0 ? 0 : 1);
