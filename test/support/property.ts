/** Properties that must hold: seeds that once failed run first, and a failure says how to keep its seed. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';

interface Seed {
  seed: number;
  path: string;
}

const SEEDS = JSON.parse(
  readFileSync(new URL('../domain/seeds.json', import.meta.url), 'utf8'),
) as Record<string, Seed[]>;

/** Enough for two seconds; `PROPERTY_RUNS` looks longer. */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 300);

export function holds<T>(name: string, property: fc.IProperty<T>): void {
  it(name, () => {
    for (const { seed, path } of SEEDS[name] ?? []) fc.assert(property, { seed, path, numRuns: 1 });
    fc.assert(property, { numRuns: RUNS, reporter: (run) => report(name, run) });
  });
}

function report<T>(name: string, run: fc.RunDetails<T>): void {
  if (!run.failed) return;
  const kept = JSON.stringify({ [name]: [{ seed: run.seed, path: run.counterexamplePath }] });
  throw new Error(
    `keep the seed in test/domain/seeds.json: ${kept}\n${fc.defaultReportMessage(run)}`,
  );
}
