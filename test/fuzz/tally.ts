/** Counts what a run hears, and keeps what is wrong. */
import type { HostileRequest } from './hostile-request.ts';
import type { Judged } from './judge.ts';

export interface Violation {
  what: string;
  wrong: string[];
  /** Which request of the run; null for what was seen between requests. */
  index: number | null;
  /** The smallest request that fails alike, in its bytes. */
  sent?: string;
}

export interface Counts {
  /** Requests that had to be refused. */
  hopeless: number;
  /** Requests whose sender went away. */
  abandoned: number;
  /** Answers by status and, for problems, code. */
  answers: Record<string, number>;
}

export interface Tally {
  counts: Counts;
  violations: Violation[];
  note(index: number, request: HostileRequest, judged: Judged): void;
  violate(what: string, wrong: string[]): void;
}

export function createTally(): Tally {
  const counts: Counts = { hopeless: 0, abandoned: 0, answers: {} };
  const violations: Violation[] = [];
  return {
    counts,
    violations,
    note(index, { what, isHopeless, ending }, { answers, wrong }) {
      if (isHopeless) counts.hopeless += 1;
      if (ending === 'leave') counts.abandoned += 1;
      for (const name of answers) counts.answers[name] = (counts.answers[name] ?? 0) + 1;
      if (wrong.length > 0) violations.push({ what, wrong, index });
    },
    violate: (what, wrong) => void violations.push({ what, wrong, index: null }),
  };
}
