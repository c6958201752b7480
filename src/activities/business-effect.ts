/**
 * What all business effects have in common: what they are asked, and how each becomes an activity of its
 * own, whose errors are mapped. Whether an effect runs once is the business of its own file.
 */
import { Context } from '@temporalio/activity';
import { msToNumber } from '@temporalio/common/lib/time.js';
import {
  BUSINESS_EFFECTS,
  type BusinessEffect,
  type BusinessEffectName,
} from '../domain/effects/effects.ts';
import type { OrderBrief, OrderView } from '../domain/view.ts';
import { failpoint } from '../process/failpoints.ts';
import type { Database } from '../store/database.ts';
import { forgetFailedTries, noteFailedTry } from '../store/effects/failing-effects.ts';
import { asActivityFailure, failureOf, refusalOf } from './failures.ts';
import { type ActivityOf, activityOf, type WithWholeOrder } from './policies.ts';

export interface EffectRequest<Name extends BusinessEffectName> {
  /** The order as it was when the effect was started. */
  order: Name extends WithWholeOrder ? OrderView : OrderBrief;
  command: Extract<BusinessEffect, { effect: Name }>;
  /** Tries of earlier activities; absent means none. */
  triesBefore?: number;
}

export interface EffectDone {
  /** How many tries it took, the last one included. */
  attempts: number;
}

/** Does the effect, or finds it done. */
export type RunEffect<Name extends BusinessEffectName> = (
  request: EffectRequest<Name>,
) => Promise<void>;

export type RunEffects = { [Name in BusinessEffectName]: RunEffect<Name> };

export type EffectActivities = {
  [Name in BusinessEffectName as ActivityOf<Name>]: (
    request: EffectRequest<Name>,
  ) => Promise<EffectDone>;
};

/** Every effect, killed by a failpoint that all have in common: between its work and its return. */
export function withFailpoint(effects: RunEffects): RunEffects {
  const entries = BUSINESS_EFFECTS.map((name) => {
    const run = effects[name] as RunEffect<BusinessEffectName>;
    return [
      name,
      async (request: EffectRequest<BusinessEffectName>) => {
        await run(request);
        failpoint('effect.afterWorkBeforeReturn');
      },
    ];
  });
  return Object.fromEntries(entries);
}

/** Every effect as an activity of its own. */
export function effectActivities(database: Database, effects: RunEffects): EffectActivities {
  const entries = BUSINESS_EFFECTS.map((name) => [
    activityOf(name),
    effectActivity(database, effects[name] as RunEffect<BusinessEffectName>),
  ]);
  return Object.fromEntries(entries);
}

/** As an activity; a try that fails is noted, as long as the effect has not ended. */
function effectActivity<Name extends BusinessEffectName>(
  database: Database,
  run: RunEffect<Name>,
): (request: EffectRequest<Name>) => Promise<EffectDone> {
  return (request) =>
    asActivityFailure(async () => {
      const attempt = (request.triesBefore ?? 0) + Context.current().info.attempt;
      try {
        await run(request);
      } catch (error) {
        const { order, command } = request;
        const { key, effect: name } = command;
        await noteTry(database, { orderId: order.id, key, name, attempt }, error);
        throw error;
      }
      // Not swallowed: the effect would seem to fail for ever. Tried again, it finds itself done.
      if (attempt > 1) await forgetFailedTries(database, request.command.key);
      return { attempts: attempt };
    });
}

/** Where the database does not take the note, the next try's note says as much. */
async function noteTry(
  database: Database,
  effect: { orderId: string; key: string; name: BusinessEffectName; attempt: number },
  error: unknown,
): Promise<void> {
  const { orderId, key, name, attempt } = effect;
  // A refusal ends the effect, and the order itself keeps it.
  const noted =
    refusalOf(error) === null
      ? noteFailedTry(database, {
          key,
          orderId,
          effect: name,
          attempts: attempt,
          error: failureOf(error).message.slice(0, MAX_ERROR_LENGTH),
          nextTryAt: nextTryAt(),
        })
      : forgetFailedTries(database, key);
  await noted.catch(() => undefined);
}

/** In characters: it is shown in a line. */
const MAX_ERROR_LENGTH = 200;

/** By the policy that the workflow gave; null where it gave none. */
function nextTryAt(): Date | null {
  const { attempt, retryPolicy } = Context.current().info;
  if (retryPolicy === undefined) return null;
  // The order begins another round at once.
  if (attempt === retryPolicy.maximumAttempts) return new Date();
  const { initialInterval = '1s', backoffCoefficient = 2, maximumInterval } = retryPolicy;
  const waitMs = msToNumber(initialInterval) * backoffCoefficient ** (attempt - 1);
  const longestMs = maximumInterval === undefined ? waitMs : msToNumber(maximumInterval);
  return new Date(Date.now() + Math.min(waitMs, longestMs));
}
