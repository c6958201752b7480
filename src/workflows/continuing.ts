/** When a run is continued as new, and what it hands on. */
import type { OrderInput } from './inbox/messages.ts';
import type { Run } from './run.ts';

/** Far below the server's limit of 10,000 signals a run, and few enough to replay in a moment. */
const SIGNALS_PER_RUN = 500;

/** Beyond this multiple a run is continued although effects are under way: they start again by key. */
const HARD_LIMIT_FACTOR = 2;

export interface Limits {
  /** Absent means the workflow's own limit. */
  signalsPerRun?: number | undefined;
  /** The server finds the history long. */
  isSuggested: boolean;
}

export function mustContinue(run: Run, { signalsPerRun, isSuggested }: Limits): boolean {
  const limit = signalsPerRun ?? SIGNALS_PER_RUN;
  if (run.signalsTaken >= limit * HARD_LIMIT_FACTOR) return true;
  const isLong = run.signalsTaken >= limit || isSuggested;
  return isLong && run.inFlight.length === 0 && !run.isRecording;
}

/**
 * In characters of JSON. Temporal refuses an input of more than 2 MB and fails the run, and what callers
 * write may be such that it cannot be compressed.
 */
const LARGEST_CARRIED_INBOX = 1_000_000;

/** One with a larger inbox goes on until it is smaller. */
export function canCarry({ inbox }: Run): boolean {
  return JSON.stringify(inbox).length <= LARGEST_CARRIED_INBOX;
}

export function carriedFrom(run: Run): Extract<OrderInput, { from: 'carried' }> {
  const { ledger, inbox, recorded, journal, unsent } = run;
  return { from: 'carried', ledger, inbox, since: { recorded, journal, unsent } };
}
