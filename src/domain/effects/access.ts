/**
 * The customer's access. What a person has decided comes first, then a dispute that is open, then what the order has
 * earned by its money. It is keyed by an epoch of its own, not by the fact that caused it, so that a second capture can
 * never grant twice.
 */

import { applyRow, type EffectStarter } from '../apply-row.ts';
import { type Context, keyFor } from '../context.ts';
import type { Ledger } from '../ledger.ts';
import { followsRules5 } from '../rules.ts';
import {
  capturedMinor,
  discountMinor,
  isDisputed,
  manualPayments,
  writtenOffMinor,
} from '../sums.ts';

/** What money has earned: the order came to be paid so many times, and the last time still counts. */
export function earnedOf({ access }: Ledger): { stands: boolean; epoch: number } {
  return access.earned ?? { stands: access.granted, epoch: access.epoch };
}

/** Would the order grant access, if no person had decided anything? */
function isDueByItself(ledger: Ledger): boolean {
  const isHeldBack = ledger.terms.holdsAccessWhileDisputed === true && isDisputed(ledger);
  return earnedOf(ledger).stands && !isHeldBack;
}

function isDue(ledger: Ledger): boolean {
  const { byHand } = ledger.access;
  return byHand === undefined ? isDueByItself(ledger) : byHand === 'granted';
}

/** Is it withheld until a dispute has ended? */
export function isHeld(ledger: Ledger): boolean {
  const { byHand } = ledger.access;
  return byHand === undefined && earnedOf(ledger).stands && !isDueByItself(ledger);
}

/** The order has come to be paid: it has an invoice, and its customer access, where nothing stands against it. */
export function earnAccess(starter: EffectStarter): void {
  const { ledger } = starter;
  const { stands, epoch: times } = earnedOf(ledger);
  if (stands) return;
  const epoch = times + 1;
  ledger.access.earned = { stands: true, epoch };
  if (isDue(ledger)) grantAccess(starter);
  const discount = discountMinor(ledger);
  starter.start({
    effect: 'issue_invoice',
    key: keyFor(starter, 'issue_invoice', epoch),
    epoch,
    ...(discount === 0 ? {} : { discountMinor: discount }),
    ...paidByHand(ledger),
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

/** The money went back, or a person has said that it is gone: what a person had granted before ends as well. */
export function endAccess(starter: EffectStarter): void {
  const { ledger } = starter;
  const { access } = ledger;
  const { stands, epoch } = earnedOf(ledger);
  if (stands) access.earned = { stands: false, epoch };
  if (access.byHand === 'granted') delete access.byHand;
  revokeAccess(starter);
}

export function grantAccess(starter: EffectStarter): void {
  const { ledger } = starter;
  const { access } = ledger;
  if (access.granted) return;
  access.earned ??= earnedOf(ledger);
  const before = access.epoch;
  const epoch = before + 1;
  access.granted = true;
  access.epoch = epoch;
  starter.start({
    effect: 'grant_access',
    key: keyFor(starter, 'grant_access', epoch),
    epoch,
    ...(before > 0 && awaitsRevocation(ledger)
      ? { after: keyFor(starter, 'revoke_access', before) }
      : {}),
  });
}

/** An order of before rules 5 must replay what it granted by itself; what a person decides has come since. */
function awaitsRevocation(ledger: Ledger): boolean {
  return followsRules5(ledger) || ledger.access.byHand === 'granted';
}

export function revokeAccess(starter: EffectStarter): void {
  const { ledger } = starter;
  const { access } = ledger;
  if (!access.granted) return;
  access.earned ??= earnedOf(ledger);
  access.granted = false;
  starter.start({
    effect: 'revoke_access',
    key: keyFor(starter, 'revoke_access', access.epoch),
    epoch: access.epoch,
    after: keyFor(starter, 'grant_access', access.epoch),
  });
}

/** At the end of every event: a dispute has begun or ended, or the order would grant by itself what a person had granted. */
export function settleAccess(context: Context): void {
  const { ledger } = context;
  const { access } = ledger;
  // From then on it is access like any other: a dispute holds it, and a refund ends it.
  if (access.byHand === 'granted' && isDueByItself(ledger)) delete access.byHand;
  if (isDue(ledger) === access.granted) return;
  if (access.granted)
    applyRow(context, 'access.held', { cause: 'access', effects: { revoke: revokeAccess } });
  else applyRow(context, 'access.returned', { cause: 'access', effects: { grant: grantAccess } });
}
