/** The contract of the workflows that reconcile days with the outside: their types, their ids and what they carry. */
import type { DaySettings } from '../activities/settlement-days.ts';

/** One day of a gateway's account; its ids are `dayWorkflowId`. */
export const DAY_WORKFLOW = 'reconcileDay';
/** Every day that is due; started by a schedule. */
export const DAILY_WORKFLOW = 'reconcileDaily';

export interface DayInput extends DaySettings {
  /** `YYYY-MM-DD` in the zone of the gateway's account. */
  day: string;
  /** Names the API key, or the schedule. */
  requestedBy: string;
}

export type DailyInput = Omit<DayInput, 'day'>;

/** What came of a day. */
export type DayResult =
  | { state: 'imported'; lines: number; newLines: number }
  /** `isDefinite`: the day itself is at fault, such as a type that is not known, and no outage. */
  | { state: 'failed'; problem: string; isDefinite: boolean };

/** By day; `under way` where somebody else has asked for it a moment ago. */
export type DailyResult = Record<string, DayResult['state'] | 'under way'>;

/** An order's id has no colon, so that neither is in the other's way. */
export function dayWorkflowId({ gateway, day }: Pick<DayInput, 'gateway' | 'day'>): string {
  return `settlements:${gateway}:${day}`;
}

export function scheduleId(gateway: string): string {
  return `settlements:${gateway}`;
}
