/**
 * What it costs that a paid order asks its gateway by itself. The workloads of the bench end long before the first
 * question, a day after the payment, so the price is counted from a history in which a question was asked;
 * test/workflows/price.test.ts counts it anew on a real server.
 */
import { SYNC_SCHEDULE_MS } from '../src/domain/schedule/deadlines.ts';

const DAY_MS = 86_400_000;

/** One question that finds nothing, as nearly all do. */
export const QUESTION = { events: 13, actions: 4, gatewayCalls: 1 };

/** In the order of the table's columns. */
export const SLOW_SCHEDULE = {
  days: SYNC_SCHEDULE_MS.map((ms) => ms / DAY_MS),
  questions: SYNC_SCHEDULE_MS.length,
  events: QUESTION.events * SYNC_SCHEDULE_MS.length,
  actions: QUESTION.actions * SYNC_SCHEDULE_MS.length,
  gatewayCalls: QUESTION.gatewayCalls * SYNC_SCHEDULE_MS.length,
};
