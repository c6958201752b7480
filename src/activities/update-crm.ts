/** Tells the CRM of a state, a dispute, a refund or a review, each once under its key. */
import { crmTypeOf } from '../domain/effects/crm.ts';
import { failpoint } from '../process/failpoints.ts';
import type { RunEffect } from './business-effect.ts';
import type { Deliver } from './deliver.ts';

export function createUpdateCrm({ deliver }: { deliver: Deliver }): RunEffect<'update_crm'> {
  return async ({ order, command }) => {
    const { key, about, times } = command;
    await deliver({
      ...{ key, type: crmTypeOf(command), order },
      ...(about && { about: about.id }),
      ...(times && { times }),
    });
    failpoint('crm.afterMarkBeforeReturn');
  };
}
