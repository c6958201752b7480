/**
 * What all business effects have in common: what they are asked, and how each becomes an activity of its
 * own, whose errors are mapped. Whether an effect runs once is the business of its own file.
 */
import { Context } from '@temporalio/activity';
import type { BusinessEffect, BusinessEffectName } from '../domain/effects.ts';
import type { OrderBrief, OrderView } from '../domain/view.ts';
import { asActivityFailure } from './failures.ts';

/** Effects whose message to another system carries the whole order. */
type DeliveredEffectName = 'grant_access' | 'revoke_access' | 'update_crm';

export interface EffectRequest<Name extends BusinessEffectName> {
  /**
   * The order as it was when the effect was started. The whole of it may be megabytes, in each of thousands
   * of calls, so it is there only where it is delivered.
   */
  order: Name extends DeliveredEffectName ? OrderView : OrderBrief;
  command: Extract<BusinessEffect, { effect: Name }>;
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

export function effectActivity<Name extends BusinessEffectName>(
  run: RunEffect<Name>,
): (request: EffectRequest<Name>) => Promise<EffectDone> {
  return (request) =>
    asActivityFailure(async () => {
      await run(request);
      return { attempts: Context.current().info.attempt };
    });
}
