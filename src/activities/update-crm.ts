/** Tells the CRM which state the order has come to, once for every time that it came there. */
import { failpoint } from '../process/failpoints.ts';
import type { RunEffect } from './business-effect.ts';
import type { Deliver } from './deliver.ts';

export function createUpdateCrm({ deliver }: { deliver: Deliver }): RunEffect<'update_crm'> {
  return async ({ order, command: { key, state } }) => {
    await deliver({ key, type: `order.${state}`, order });
    failpoint('crm.afterMarkBeforeReturn');
  };
}
