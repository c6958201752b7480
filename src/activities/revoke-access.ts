/**
 * Ends the customer's access. The row comes first: from then on no late grant lets anybody in, also
 * while the other system cannot be reached.
 */
import { failpoint } from '../process/failpoints.ts';
import type { Database } from '../store/database.ts';
import { revokeEntitlement } from '../store/effects/entitlements.ts';
import type { RunEffect } from './business-effect.ts';
import type { Deliver } from './deliver.ts';

export function createRevokeAccess(deps: {
  database: Database;
  deliver: Deliver;
}): RunEffect<'revoke_access'> {
  const { database, deliver } = deps;
  return async ({ order, command: { key, epoch, times } }) => {
    await revokeEntitlement(database, {
      orderId: order.id,
      epoch,
      customerId: order.customer.id,
      key,
    });
    await deliver({ key, type: 'access.revoked', order, ...(times && { times }) });
    failpoint('revoke.afterCommitBeforeReturn');
  };
}
