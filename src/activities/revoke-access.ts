/**
 * Ends the customer's access. The row comes first: from then on no late grant lets anybody in, also
 * while the other system cannot be reached.
 */
import type { Database } from '../store/database.ts';
import { revokeEntitlement } from '../store/entitlements.ts';
import { type EffectActivity, effectActivity } from './business-effect.ts';
import type { Deliver } from './deliver.ts';

export function createRevokeAccess(deps: {
  database: Database;
  deliver: Deliver;
}): EffectActivity<'revoke_access'> {
  const { database, deliver } = deps;
  return effectActivity(async ({ order, command: { key, epoch } }) => {
    await revokeEntitlement(database, {
      orderId: order.id,
      epoch,
      customerId: order.customer.id,
      key,
    });
    await deliver({ key, type: 'access.revoked', order });
  });
}
