/**
 * The customer's access. It is keyed by an epoch of its own, not by the fact that caused it, so that a
 * second capture can never grant twice.
 */

import type { EffectStarter } from '../apply-row.ts';
import { keyFor } from '../context.ts';
import type { Ledger } from '../ledger.ts';
import { capturedMinor, discountMinor, manualPayments, writtenOffMinor } from '../sums.ts';

export function grantAccess(starter: EffectStarter): void {
  const { access } = starter.ledger;
  if (access.granted) return;
  access.granted = true;
  access.epoch += 1;
  const { epoch } = access;
  starter.start({ effect: 'grant_access', key: keyFor(starter, 'grant_access', epoch), epoch });
  const discount = discountMinor(starter.ledger);
  starter.start({
    effect: 'issue_invoice',
    key: keyFor(starter, 'issue_invoice', epoch),
    epoch,
    ...(discount === 0 ? {} : { discountMinor: discount }),
    ...paidByHand(starter.ledger),
  });
}

/** For the invoice, which names the gateway alone where all came through it. */
function paidByHand(ledger: Ledger): { paidBy?: string[] } {
  const byHand = manualPayments(ledger).filter(({ paymentId }) => capturedMinor(ledger, paymentId));
  const writeOff = writtenOffMinor(ledger) > 0 ? ['write_off'] : [];
  if (byHand.length === 0 && writeOff.length === 0) return {};
  const handMinor = byHand.reduce(
    (sum, { paymentId }) => sum + capturedMinor(ledger, paymentId),
    0,
  );
  const gateway = handMinor < capturedMinor(ledger) ? [ledger.terms.gateway] : [];
  const methods = byHand.flatMap(({ manual }) => manual?.method ?? []);
  return { paidBy: [...new Set([...gateway, ...methods, ...writeOff])] };
}

export function revokeAccess(starter: EffectStarter): void {
  const { access } = starter.ledger;
  if (!access.granted) return;
  access.granted = false;
  starter.start({
    effect: 'revoke_access',
    key: keyFor(starter, 'revoke_access', access.epoch),
    epoch: access.epoch,
    after: keyFor(starter, 'grant_access', access.epoch),
  });
}
