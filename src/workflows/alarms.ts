/**
 * The timers of an order. A timer is paid for when it is set and costs nothing to cancel or to keep, so
 * one that rings somewhat too early is let ring: the loop looks again and sets the next. Whether a deadline
 * has come is told by its timer, never by a clock: after a task that was held for long, a replay reads
 * another time than the worker did.
 */
import { CancellationScope, sleep } from '@temporalio/workflow';
import { type Deadline, nextDeadline } from '../domain/deadlines.ts';
import type { Run } from './run.ts';

export interface Alarm {
  /** Epoch milliseconds. */
  at: number;
  cancel: () => void;
}

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
export function setAlarm(run: Run): void {
  const deadline = nextDeadline(run.ledger);
  if (deadline === null) return;
  const now = Date.now();
  const inTime = alarmsInTime(run, deadline).sort((a, b) => a.at - b.at);
  const last = inTime.at(-1);
  const isOneEnough = last !== undefined && last.at - now >= (deadline.at - now) * EARLIEST_PART;
  for (const needless of isOneEnough ? inTime.slice(0, -1) : inTime) {
    drop(run, needless);
    needless.cancel();
  }
  if (!isOneEnough) ring(run, deadline);
}

function alarmsInTime(run: Run, deadline: Deadline): Alarm[] {
  return run.alarms.filter((alarm) => alarm.at <= deadline.at);
}

function ring(run: Run, { at, name }: Deadline): void {
  const scope = new CancellationScope();
  const alarm: Alarm = { at, cancel: () => scope.cancel() };
  run.alarms.push(alarm);
  void scope
    .run(() => sleep(Math.max(1, at - Date.now()), { summary: name }))
    .then(
      () => {
        drop(run, alarm);
        run.rungAt = at;
      },
      () => undefined,
    );
}

function drop(run: Run, alarm: Alarm): void {
  run.alarms = run.alarms.filter((other) => other !== alarm);
}
