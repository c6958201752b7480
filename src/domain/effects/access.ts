/**
 * The customer's access. It is keyed by an epoch of its own, not by the fact that caused it, so that a
 * second capture can never grant twice.
 */
import { discountMinor } from '../sums.ts';
import { keyFor, start, type Turn } from '../turn.ts';

export function grantAccess(turn: Turn): void {
  const { access } = turn.ledger;
  if (access.granted) return;
  access.granted = true;
  access.epoch += 1;
  const { epoch } = access;
  start(turn, { effect: 'grant_access', key: keyFor(turn, 'grant_access', epoch), epoch });
  const discount = discountMinor(turn.ledger);
  start(turn, {
    effect: 'issue_invoice',
    key: keyFor(turn, 'issue_invoice', epoch),
    epoch,
    ...(discount === 0 ? {} : { discountMinor: discount }),
  });
}

export function revokeAccess(turn: Turn): void {
  const { access } = turn.ledger;
  if (!access.granted) return;
  access.granted = false;
  start(turn, {
    effect: 'revoke_access',
    key: keyFor(turn, 'revoke_access', access.epoch),
    epoch: access.epoch,
    after: keyFor(turn, 'grant_access', access.epoch),
  });
}
