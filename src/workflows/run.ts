/** What one run of an order holds in memory: the ledger, the two queues, and what is under way. */
import type { Effect } from '../domain/effects/effects.ts';
import { openEffects } from '../domain/effects/readiness.ts';
import type { DomainEvent, EffectEvent, OutcomeRecord } from '../domain/events.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { InboxItem } from './inbox/messages.ts';
import type { FailingEffect } from './perform.ts';
import type { OrderTimer } from './timers.ts';

/** Enough for a person to see what happened lately; the whole story is in the database. */
const TIMELINE_LENGTH = 100;

export interface Run {
  ledger: Ledger;
  /** Signals, as they came. */
  inbox: InboxItem[];
  /** Results of effects that ran in the background. */
  results: EffectEvent[];
  /** Effects that are decided and not yet started. */
  due: Effect[];
  /** Keys of the effects that run in the background. */
  inFlight: string[];
  /** The revision of the ledger that the record is known to have. */
  recorded: number;
  /** What has happened since then. */
  journal: DomainEvent[];
  /** Outcome records that have come about since then. */
  unsent: OutcomeRecord[];
  isRecording: boolean;
  /** The ledger found in the database when our write lost the compare-and-set; null once it was applied. */
  other: Ledger | null;
  timeline: OutcomeRecord[];
  /** Effects that have failed for long and are tried on, by their key. */
  failing: Map<string, FailingEffect>;
  /** Timers that are set. */
  timers: OrderTimer[];
  /** For which time the last timer that fired was set, in epoch milliseconds; cleared once handled. */
  firedTimerAt: number | null;
  signalsTaken: number;
}

/** What a run begins with. */
export interface Beginning {
  ledger: Ledger;
  inbox: InboxItem[];
  /** Absent where the record has the ledger as it is. */
  since?: Pick<Run, 'recorded' | 'journal' | 'unsent'>;
}

export function openRun({ ledger, inbox, since }: Beginning): Run {
  const { recorded, journal, unsent } = since ?? {
    recorded: ledger.revision,
    journal: [],
    unsent: [],
  };
  return {
    ledger,
    inbox,
    results: [],
    due: openEffects(ledger),
    inFlight: [],
    recorded,
    journal: [...journal],
    unsent: [...unsent],
    isRecording: false,
    other: null,
    timeline: [...unsent],
    failing: new Map(),
    timers: [],
    firedTimerAt: null,
    signalsTaken: 0,
  };
}

/** All that is to be done and is not under way. */
export function openNow({ ledger, inFlight }: Run): Effect[] {
  const underWay = new Set(inFlight);
  return openEffects(ledger).filter(({ key }) => !underWay.has(key));
}

export function noteRecords(run: Run, records: OutcomeRecord[]): void {
  run.unsent.push(...records);
  run.timeline = [...run.timeline, ...records].slice(-TIMELINE_LENGTH);
}

/** The record has what it was given: all there is, or what there was when the write began. */
export function noteRecorded(
  run: Run,
  { revision, records } = { revision: run.ledger.revision, records: run.unsent.length },
): void {
  run.journal = run.journal.slice(revision - run.recorded);
  run.unsent = run.unsent.slice(records);
  run.recorded = revision;
}

/** Is there something to write, and nothing being written? */
export function isRecordDue({ ledger, recorded, isRecording, other }: Run): boolean {
  return ledger.revision !== recorded && !isRecording && other === null;
}

export function hasQueuedEvents(run: Run): boolean {
  return run.inbox.length > 0 || run.results.length > 0 || run.other !== null;
}

/** Nothing lies there, nothing is under way, and all is written. */
export function isIdle(run: Run): boolean {
  const { due, inFlight, isRecording, ledger, recorded } = run;
  const isAnythingOpen =
    hasQueuedEvents(run) || due.length > 0 || inFlight.length > 0 || isRecording;
  return !isAnythingOpen && ledger.revision === recorded;
}
