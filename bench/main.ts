/**
 * `npm run bench`: measures Payonce beside its alternatives on this machine. A run of everything becomes
 * the one that the documents show; any other is only printed, or written where it is told to.
 */
import { Command, InvalidArgumentError, Option } from 'commander';
import { commitOf } from './payonce/checkout.ts';
import { payonceAt } from './payonce/side.ts';
import { FULL_PLAN, type Plan, SMOKE_PLAN } from './plan.ts';
import { allTables } from './report/tables.ts';
import { LAST_RUN, readRun, writeDocuments, writeRun } from './report/write.ts';
import { type Side, WORKLOADS, type Workload } from './side.ts';
import { SIDES } from './sides.ts';
import { takeRun } from './take-run.ts';

interface Options {
  before?: string;
  json?: string;
  workload?: Workload[];
  side?: string[];
  rounds?: number;
  smoke: boolean;
  render: boolean;
}

/** Filling a store takes minutes a side; the others are filled when they are named. */
const FILLED_BY_DEFAULT = ['payonce'];

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('give a whole number above 0');
}

function readOptions(): Options {
  const names = SIDES.map(({ name }) => name);
  return new Command('bench')
    .description(
      'measures Payonce beside its alternatives on this machine, in about twenty minutes',
    )
    .option('--json <file>', 'write the results there')
    .addOption(new Option('--workload <names...>', 'only these').choices(WORKLOADS))
    .addOption(new Option('--side <names...>', 'only these').choices(names))
    .option('--before <revision>', 'also Payonce as it was at this commit')
    .option('--rounds <number>', 'how often everything is measured', wholeNumber)
    .option('--smoke', 'a few orders on every side: shows that it works, measures nothing', false)
    .option('--render', 'measure nothing, write the documents from the last run', false)
    .parse()
    .opts<Options>();
}

function planOf({ smoke, rounds }: Options): Plan {
  const plan = smoke ? SMOKE_PLAN : FULL_PLAN;
  return rounds === undefined ? plan : { ...plan, rounds };
}

function isWanted({ side, smoke, workload }: Options, one: Side, what: Workload): boolean {
  const able = one.workloads ?? WORKLOADS;
  if (!able.includes(what) || workload?.includes(what) === false) return false;
  const fills = what === 'growth' || what === 'open';
  return !fills || FILLED_BY_DEFAULT.includes(one.name) || (!smoke && side !== undefined);
}

/** What was before is measured beside Payonce, as the machine drifts. */
async function sidesOf({ side, before }: Options): Promise<Side[]> {
  const wanted = SIDES.filter(({ name }) => side?.includes(name) ?? true);
  return before === undefined ? wanted : [payonceAt(await commitOf(before)), ...wanted];
}

async function main(options: Options): Promise<void> {
  if (options.render) return writeDocuments(readRun(LAST_RUN));
  const record = await takeRun({
    sides: await sidesOf(options),
    plan: planOf(options),
    isSmoke: options.smoke,
    isWanted: (side, workload) => isWanted(options, side, workload),
  });
  console.log(allTables(record));
  if (options.json !== undefined) writeRun(options.json, record);
  const hasFailed = Object.keys(record.failures).length > 0;
  if (hasFailed) process.exitCode = 1;
  const isOfEverything = !options.smoke && !options.side && !options.workload;
  if (!isOfEverything || hasFailed) return;
  writeRun(LAST_RUN, record);
  writeDocuments(record);
}

// Ending this way, the bench takes its processes with it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
await main(readOptions());
