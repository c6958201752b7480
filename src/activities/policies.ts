/**
 * How the workflow runs each effect: which activity, what it is handed of the order, how long it may take and how
 * often it is tried. The workflow runs this file too, so it holds no work and imports none.
 */
import type { ActivityOptions } from '@temporalio/common';
import type { BusinessEffectName } from '../domain/effects/effects.ts';

/**
 * A gateway is asked a few times close together, as most outages are short; after that the order
 * says "unknown" and asks again on its own schedule, under the same key.
 */
export const GATEWAY_CALL = {
  startToCloseTimeout: '10s',
  scheduleToCloseTimeout: '40s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumAttempts: 4 },
} as const satisfies ActivityOptions;

/**
 * What did not work out inside the task is owed all the same: it is tried until it succeeds or is refused
 * for good, where operators see it. A minute between tries is often enough to notice recovery and seldom
 * enough not to hinder it.
 *
 * A workflow does not see the retries of an activity. So they are made in rounds, ten minutes and then an hour
 * long, and after each the order's details show the failure. A round costs the history six events.
 */
export const TRY_MS = 60_000;
const FIRST_ROUND = { initialInterval: '1s', backoffCoefficient: 2, maximumAttempts: 16 } as const;
const NEXT_ROUND = { initialInterval: '1m', backoffCoefficient: 1, maximumAttempts: 60 } as const;

export function roundAfter(
  triesBefore: number,
): ActivityOptions & { retry: { maximumAttempts: number } } {
  const round = triesBefore === 0 ? FIRST_ROUND : NEXT_ROUND;
  return { startToCloseTimeout: '15s', retry: { ...round, maximumInterval: TRY_MS } };
}

/**
 * Effects whose message to another system carries the whole order. That may be megabytes, in each of thousands of
 * calls, so every other effect is handed what identifies the order alone.
 */
const WITH_WHOLE_ORDER = ['grant_access', 'revoke_access', 'update_crm'] as const;

export type WithWholeOrder = (typeof WITH_WHOLE_ORDER)[number];

export function takesWholeOrder(name: BusinessEffectName): name is WithWholeOrder {
  return (WITH_WHOLE_ORDER as readonly string[]).includes(name);
}

/** The name of an effect's activity: `issue_credit_note` is run by `issueCreditNote`. */
export type ActivityOf<Name extends string> = Name extends `${infer First}_${infer Rest}`
  ? `${First}${Capitalize<ActivityOf<Rest>>}`
  : Name;

export function activityOf<Name extends BusinessEffectName>(name: Name): ActivityOf<Name> {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()) as ActivityOf<Name>;
}

/**
 * A day of settlements is fetched page by page, each call of at most half a minute; a worker that has said nothing for
 * longer is given up, and another one goes on. An outage of an hour is waited for; what is left then is the next run's.
 */
export const FETCH_DAY = {
  startToCloseTimeout: '4h',
  scheduleToCloseTimeout: '12h',
  heartbeatTimeout: '1m',
  retry: {
    initialInterval: '5s',
    backoffCoefficient: 2,
    maximumInterval: '10m',
    maximumAttempts: 14,
  },
} as const satisfies ActivityOptions;

/** The database alone; as long as an import of a report may take. */
export const IMPORT_DAY = {
  ...FETCH_DAY,
  startToCloseTimeout: '30m',
} as const satisfies ActivityOptions;

/** A query or two. */
export const NOTE_DAY = {
  startToCloseTimeout: '15s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
} as const satisfies ActivityOptions;
