/**
 * When an order wakes by itself. A timer is paid for when it is set and costs nothing to cancel or to keep,
 * so one that rings somewhat too early is let ring: the loop looks again and sets the next. Whether a
 * deadline has come is told by its timer, never by a clock: after a task that was held for long, a replay
 * reads another time than the worker did. Nothing here knows Temporal.
 */
import { type Deadline, nextDeadline } from '../domain/schedule/deadlines.ts';
import type { Run } from './run.ts';

export interface Alarm {
  /** Epoch milliseconds. */
  at: number;
  cancel: () => void;
}

/** Sets the timer that will ring for a deadline, and answers how to cancel it. */
export type Ring = (deadline: Deadline) => Alarm['cancel'];

/** Would the order sleep through its next deadline? */
export function isAlarmMissing(run: Run): boolean {
  const deadline = nextDeadline(run.ledger);
  return deadline !== null && alarmsInTime(run, deadline).length === 0;
}

/** The next deadline, when the timer that was set for it has rung; null otherwise. */
export function rungDeadline(run: Run): Deadline | null {
  const deadline = nextDeadline(run.ledger);
  return deadline?.at === run.rungAt ? deadline : null;
}

/**
 * One that rings after less than this part of the time would only wake the order for nothing: a paid order
 * waits for days, and nobody polls for it any more.
 */
const EARLIEST_PART = 1 / 100;

/** Sees to it that one timer rings by the next deadline; of those that ring before it, the last is enough. */
export function setAlarm(run: Run, now: number, ring: Ring): void {
  const deadline = nextDeadline(run.ledger);
  if (deadline === null) return;
  const { at } = deadline;
  const inTime = alarmsInTime(run, deadline).sort((a, b) => a.at - b.at);
  const last = inTime.at(-1);
  const isOneEnough = last !== undefined && last.at - now >= (at - now) * EARLIEST_PART;
  const needless = isOneEnough ? inTime.slice(0, -1) : inTime;
  run.alarms = run.alarms.filter((alarm) => !needless.includes(alarm));
  for (const alarm of needless) alarm.cancel();
  if (!isOneEnough) run.alarms.push({ at, cancel: ring(deadline) });
}

function alarmsInTime(run: Run, deadline: Deadline): Alarm[] {
  return run.alarms.filter((alarm) => alarm.at <= deadline.at);
}
