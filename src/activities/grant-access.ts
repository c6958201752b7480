/** Lets the customer in, once for an epoch. A grant that its revocation overtook grants nothing. */
import { failpoint } from '../process/failpoints.ts';
import type { Database } from '../store/database.ts';
import { grantEntitlement, isRevoked } from '../store/effects/entitlements.ts';
import type { RunEffect } from './business-effect.ts';
import type { Deliver } from './deliver.ts';

export function createGrantAccess(deps: {
  database: Database;
  deliver: Deliver;
}): RunEffect<'grant_access'> {
  const { database, deliver } = deps;
  return async ({ order, command: { key, epoch, times } }) => {
    if (await isRevoked(database, { orderId: order.id, epoch })) return;
    await deliver({ key, type: 'access.granted', order, ...(times && { times }) });
    await grantEntitlement(database, {
      orderId: order.id,
      epoch,
      customerId: order.customer.id,
      key,
    });
    failpoint('grant.afterCommitBeforeReturn');
  };
}
