/** Completion callbacks of background work. They only queue the result; the main loop applies it. */
import { type EffectResult, effectEvent } from '../domain/events.ts';
import type { Ledger } from '../domain/ledger.ts';
import { noteRecorded, openNow, type Run } from './run.ts';

/** What has come of writing the record: how far it goes, or the other ledger that is there instead. */
export interface Written {
  revision: number;
  records: number;
  other: Ledger | null;
}

/** @param at epoch milliseconds */
export function onEffectSettled(run: Run, result: EffectResult, at: number): void {
  run.inFlight = run.inFlight.filter((key) => key !== result.key);
  run.results.push(effectEvent(result, at));
}

export function onRecordWritten(run: Run, { other, ...written }: Written): void {
  run.isRecording = false;
  run.other = other;
  if (other !== null) return;
  noteRecorded(run, written);
  run.due = openNow(run);
}

/** @param at for when it was set, in epoch milliseconds */
export function onTimerFired(run: Run, at: number): void {
  run.timers = run.timers.filter((timer) => timer.at !== at);
  run.firedTimerAt = at;
}
