/** Tells the CRM which state the order has come to, once for every time that it came there. */
import type { RunEffect } from './business-effect.ts';
import type { Deliver } from './deliver.ts';

export function createUpdateCrm({ deliver }: { deliver: Deliver }): RunEffect<'update_crm'> {
  return ({ order, command: { key, state } }) => deliver({ key, type: `order.${state}`, order });
}
