/** What one run of an order holds in memory: the ledger, the two queues, and what is under way. */
import type { Effect } from '../domain/effects.ts';
import type { EffectEvent, OutcomeRecord } from '../domain/events.ts';
import type { Ledger } from '../domain/ledger.ts';
import { openEffects } from '../domain/readiness.ts';
import type { Alarm } from './alarms.ts';
import type { InboxItem } from './messages.ts';

/** Enough for a person to see what happened lately; the whole story is in the database. */
const TIMELINE_LENGTH = 100;

export interface Run {
  ledger: Ledger;
  /** Signals, as they came. */
  inbox: InboxItem[];
  /** What has come of effects beside the loop. */
  results: EffectEvent[];
  /** Effects that the order has decided and nobody has started yet. */
  due: Effect[];
  effectsInFlight: number;
  /** Outcome records that the database does not have yet. */
  unsent: OutcomeRecord[];
  isRecordStale: boolean;
  isRecording: boolean;
  timeline: OutcomeRecord[];
  /** Timers that are set. */
  alarms: Alarm[];
  /** For which time the last timer that rang was set, in epoch milliseconds; null once it was heard. */
  rungAt: number | null;
  signalsTaken: number;
}

export function openRun(ledger: Ledger, inbox: InboxItem[], unsent: OutcomeRecord[]): Run {
  return {
    ledger,
    inbox,
    results: [],
    due: openEffects(ledger),
    effectsInFlight: 0,
    unsent,
    isRecordStale: true,
    isRecording: false,
    timeline: [...unsent],
    alarms: [],
    rungAt: null,
    signalsTaken: 0,
  };
}

export function noteRecords(run: Run, records: OutcomeRecord[]): void {
  run.unsent.push(...records);
  run.timeline = [...run.timeline, ...records].slice(-TIMELINE_LENGTH);
}

export function isIdle(run: Run): boolean {
  return (
    run.inbox.length === 0 &&
    run.results.length === 0 &&
    run.due.length === 0 &&
    run.effectsInFlight === 0 &&
    !run.isRecording &&
    !run.isRecordStale
  );
}
