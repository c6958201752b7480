/**
 * When an order wakes by itself. A timer is billed when it is started and costs nothing to cancel or to keep, so one
 * that fires somewhat too early stays: the loop looks again and starts the next. Whether a deadline has come is
 * known from its timer, never from a clock: after a task that was held for long, a replay reads another time than
 * the worker did. No Temporal here.
 */
import { type Deadline, nextDeadline } from '../domain/schedule/deadlines.ts';
import type { Run } from './run.ts';

export interface OrderTimer {
  /** Epoch milliseconds. */
  at: number;
  cancel: () => void;
}

/** Starts a timer that fires at a deadline, and returns how to cancel it. */
export type StartTimer = (deadline: Deadline) => OrderTimer['cancel'];

/** Would the order sleep through its next deadline? */
export function isTimerMissing(run: Run): boolean {
  const deadline = nextDeadline(run.ledger);
  return deadline !== null && timersInTime(run, deadline).length === 0;
}

/** The next deadline, when the timer that was started for it has fired; null otherwise. */
export function firedDeadline(run: Run): Deadline | null {
  const deadline = nextDeadline(run.ledger);
  return deadline?.at === run.firedTimerAt ? deadline : null;
}

/**
 * One that fires after less than this part of the time would wake the order for nothing: a paid order waits for
 * days, and no poll is due.
 */
const EARLIEST_PART = 1 / 100;

/** Makes sure that one timer fires by the next deadline; of those that fire before it, the last is enough. */
export function setTimer(run: Run, now: number, startTimer: StartTimer): void {
  const deadline = nextDeadline(run.ledger);
  if (deadline === null) return;
  const { at } = deadline;
  const inTime = timersInTime(run, deadline).sort((a, b) => a.at - b.at);
  const last = inTime.at(-1);
  const isOneEnough = last !== undefined && last.at - now >= (at - now) * EARLIEST_PART;
  const needless = isOneEnough ? inTime.slice(0, -1) : inTime;
  run.timers = run.timers.filter((timer) => !needless.includes(timer));
  for (const timer of needless) timer.cancel();
  if (!isOneEnough) run.timers.push({ at, cancel: startTimer(deadline) });
}

function timersInTime(run: Run, deadline: Deadline): OrderTimer[] {
  return run.timers.filter((timer) => timer.at <= deadline.at);
}
