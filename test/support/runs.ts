/** What `npm test` runs side by side, and how the results are added up. */
import { stripVTControlCharacters } from 'node:util';

interface Run {
  /** Folders and files of its tests. */
  places: readonly string[];
  /** Whether its tests share one stack, or start their own and need none. */
  sharesStack: boolean;
}

/** What does not share the stack of the first run, in which every other test is. */
const RUNS: Readonly<Record<string, Run>> = {
  /** With a stack of its own that it shares, as the first run would be the longest by far. */
  second: {
    sharesStack: true,
    places: [
      'test/browser',
      'test/fuzz',
      'test/metrics',
      'test/process',
      'test/security',
      'test/stories',
      'test/workflows',
    ],
  },
  /** Tests that start many processes, or wait for most of their time. */
  starting: {
    sharesStack: false,
    places: [
      'test/backup',
      'test/chaos',
      'test/codec-server',
      'test/dev',
      'test/gateways/packages',
      'test/operators/retention.test.ts',
      'test/operators/temporal-commands.test.ts',
    ],
  },
  /** Tests that compute. */
  computing: {
    sharesStack: false,
    places: [
      'test/bench',
      'test/domain',
      'test/encryption',
      'test/money',
      'test/sandbox',
      'test/settlements',
      'test/simulator',
      'test/store',
      'test/tracing',
    ],
  },
};

/**
 * What `npm run test:long` runs before a release: faults of whole machines and dependencies, releases that are built and
 * replace each other, orders with thousands of events. They take as long as all others, and most of it they wait.
 */
export const LONG_TESTS: readonly string[] = [
  'test/backup/database.test.ts',
  'test/backup/stack.test.ts',
  'test/browser/operations.test.ts',
  'test/browser/restore.test.ts',
  'test/chaos/short.test.ts',
  'test/deploy/kept-validators.test.ts',
  'test/deploy/release.test.ts',
  'test/deploy/worker-versioning.test.ts',
  'test/guarantees/backlog.test.ts',
  'test/guarantees/long-histories.test.ts',
  'test/invoices/en16931.test.ts',
  'test/operators/lost-store.test.ts',
  'test/operators/stuck-runs.test.ts',
  'test/outages/full-disk.test.ts',
  'test/outages/older-worker.test.ts',
  'test/outages/outages.test.ts',
  'test/outages/two-stacks.test.ts',
  'test/scale-out/scale-out.test.ts',
  'test/workflows/evicted.test.ts',
];

/** What `npm run test:bench` runs: five systems beside Payonce, each installed and started. Not part of `npm test`. */
export const BENCH_TESTS: readonly string[] = [
  'test/bench/peers.test.ts',
  'test/bench/smoke.test.ts',
];

const asPatterns = (places: readonly string[]): string[] =>
  places.map((place) => (place.endsWith('.ts') ? place : `${place}/**/*.test.ts`));

/** Every folder and file that is named here. */
export const PLACES: readonly string[] = [
  ...Object.values(RUNS).flatMap(({ places }) => places),
  ...BENCH_TESTS,
  ...LONG_TESTS,
];

/** What mocha is told for one run. */
export interface MochaRun {
  patterns: readonly string[];
  ignored: readonly string[];
  sharesStack: boolean;
}

/** In the order in which they begin: the longest ones first. */
export const mochaRuns: readonly MochaRun[] = (() => {
  const runs = Object.values(RUNS);
  const first = { patterns: ['test/**/*.test.ts'], ignored: asPatterns(PLACES), sharesStack: true };
  const others = runs.map(({ places, sharesStack }) => ({
    patterns: asPatterns(places),
    // A file that another run names is not this one's, though its folder is.
    ignored: [
      ...BENCH_TESTS,
      ...LONG_TESTS,
      ...runs.flatMap((run) => run.places.filter((place) => isWithin(place, places))),
    ],
    sharesStack,
  }));
  return [first, ...others];
})();

function isWithin(place: string, places: readonly string[]): boolean {
  return places.some((folder) => place.startsWith(`${folder}/`));
}

/** All long tests, one after the other: what they do to a machine is no good company. */
export const longRuns: readonly MochaRun[] = [
  { patterns: LONG_TESTS, ignored: [], sharesStack: true },
];

export interface Summary {
  passed: number;
  failed: number;
  skipped: number;
}

const SUMMARY = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/gm;

/**
 * The counts in the last line of a run. A run that ended without one, or that failed though no test did, counts as one
 * failure.
 */
export function summaryOf(lines: string, exitCode: number | undefined): Summary {
  const [, passed = 0, failed = 0, skipped = 0] = [...lines.matchAll(SUMMARY)].at(-1) ?? [];
  const counts = { passed: Number(passed), failed: Number(failed), skipped: Number(skipped) };
  return exitCode === 0 ? counts : { ...counts, failed: Math.max(counts.failed, 1) };
}

/** The last line of the whole, and how many tests failed. */
export function sumOf(summaries: readonly Summary[]): { line: string; failed: number } {
  const total = (count: keyof Summary): number =>
    summaries.reduce((sum, summary) => sum + summary[count], 0);
  const skipped = total('skipped') > 0 ? `, ${total('skipped')} skipped` : '';
  const failed = total('failed');
  return { line: `${total('passed')} passed, ${failed} failed${skipped}`, failed };
}

/** What a run says of its failed tests behind the last of its own lines, and nothing where all passed. */
export function failuresOf(lines: string): string {
  const plain = stripVTControlCharacters(lines);
  const start = plain.search(/^ {2}\d+ failing$/m);
  return start < 0 ? '' : plain.slice(start, plain.search(SUMMARY)).trimEnd();
}
