/**
 * What a change of state means for access, papers and the CRM. Access is keyed by an epoch of its own,
 * not by the fact that caused it, so that a second capture can never grant twice.
 */
import type { OrderState } from './order.ts';
import { revokeAccess } from './reviews.ts';
import { stateOf } from './sums.ts';
import { keyFor, start, type Turn } from './turn.ts';

export function consequences(turn: Turn, from: OrderState): void {
  const { ledger } = turn;
  const to = stateOf(ledger);
  if (to === from) return;
  const entries = (ledger.entered[to] ?? 0) + 1;
  ledger.entered[to] = entries;
  if (to === 'paid') grant(turn);
  if (to === 'refunded') revokeAccess(turn);
  if (to !== 'initiated' && to !== 'pending') tellCrm(turn, to, entries);
}

function grant(turn: Turn): void {
  const { access } = turn.ledger;
  if (access.granted) return;
  access.granted = true;
  access.epoch += 1;
  const { epoch } = access;
  start(turn, { effect: 'grant_access', key: keyFor(turn, 'grant_access', epoch), epoch });
  start(turn, { effect: 'issue_invoice', key: keyFor(turn, 'issue_invoice', epoch), epoch });
}

/** Updates reach the CRM in the order in which they became true: each waits for the one before. */
function tellCrm(turn: Turn, state: OrderState, entries: number): void {
  const previous = Object.values(turn.ledger.effects).findLast(
    ({ command }) => command.effect === 'update_crm',
  );
  start(turn, {
    effect: 'update_crm',
    key: keyFor(turn, 'update_crm', `${state}-${entries}`),
    state,
    ...(previous === undefined ? {} : { after: previous.command.key }),
  });
}
