/**
 * What all business effects have in common as activities: what they are asked, what they answer, and
 * that their errors are mapped. Whether an effect runs once is the business of its own file.
 */
import { Context } from '@temporalio/activity';
import type { BusinessEffect, BusinessEffectName } from '../domain/effects.ts';
import type { OrderView } from '../domain/view.ts';
import { asActivityFailure } from './failures.ts';

export interface EffectRequest<Name extends BusinessEffectName> {
  /** The order as it was when the effect was started. */
  order: OrderView;
  command: Extract<BusinessEffect, { effect: Name }>;
}

export interface EffectDone {
  /** How many tries it took, the last one included. */
  attempts: number;
}

export type EffectActivity<Name extends BusinessEffectName> = (
  request: EffectRequest<Name>,
) => Promise<EffectDone>;

export function effectActivity<Name extends BusinessEffectName>(
  run: (request: EffectRequest<Name>) => Promise<void>,
): EffectActivity<Name> {
  return (request) =>
    asActivityFailure(async () => {
      await run(request);
      return { attempts: Context.current().info.attempt };
    });
}
