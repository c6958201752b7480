/**
 * The customer's access. It is keyed by an epoch of its own, not by the fact that caused it, so that a
 * second capture can never grant twice.
 */

import { type Context, keyFor, start } from '../context.ts';
import { discountMinor } from '../sums.ts';

export function grantAccess(context: Context): void {
  const { access } = context.ledger;
  if (access.granted) return;
  access.granted = true;
  access.epoch += 1;
  const { epoch } = access;
  start(context, { effect: 'grant_access', key: keyFor(context, 'grant_access', epoch), epoch });
  const discount = discountMinor(context.ledger);
  start(context, {
    effect: 'issue_invoice',
    key: keyFor(context, 'issue_invoice', epoch),
    epoch,
    ...(discount === 0 ? {} : { discountMinor: discount }),
  });
}

export function revokeAccess(context: Context): void {
  const { access } = context.ledger;
  if (!access.granted) return;
  access.granted = false;
  start(context, {
    effect: 'revoke_access',
    key: keyFor(context, 'revoke_access', access.epoch),
    epoch: access.epoch,
    after: keyFor(context, 'grant_access', access.epoch),
  });
}
