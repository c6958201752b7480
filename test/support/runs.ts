/** What `npm test` runs side by side, and how the results are added up. */
import { stripVTControlCharacters } from 'node:util';

/**
 * Folders and files of tests that use no shared stack: they start their own or need none. Every other test runs where
 * the shared stack is.
 */
const OWN_STACK = {
  /** Tests that compute, or start many processes. */
  busy: [
    'test/bench',
    'test/dev',
    'test/deploy/release.test.ts',
    'test/deploy/worker-versioning.test.ts',
    'test/domain',
    'test/encryption',
    'test/gateways/packages',
    'test/guarantees/backlog.test.ts',
    'test/money',
    'test/outages/full-disk.test.ts',
    'test/outages/older-worker.test.ts',
    'test/outages/outages.test.ts',
    'test/outages/two-stacks.test.ts',
    'test/sandbox',
    'test/settlements',
    'test/simulator',
    'test/store',
    'test/tracing',
  ],
  /** Tests that wait for most of their time: for what Temporal tries again after minutes, or for faults to be over. */
  waiting: [
    'test/backup',
    'test/browser/operations.test.ts',
    'test/chaos',
    'test/codec-server',
    'test/operators',
    'test/scale-out',
  ],
} as const;

/** What `npm run test:bench` runs: five systems beside Payonce, each installed and started. Not part of `npm test`. */
export const BENCH_TESTS: readonly string[] = [
  'test/bench/peers.test.ts',
  'test/bench/smoke.test.ts',
];

const asPatterns = (places: readonly string[]): string[] =>
  places.map((place) => (place.endsWith('.ts') ? place : `${place}/**/*.test.ts`));

/** Mocha's patterns of each run without the shared stack. */
export const ownStackRuns: readonly string[][] = Object.values(OWN_STACK).map(asPatterns);

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
