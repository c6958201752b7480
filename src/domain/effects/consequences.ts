/** What a change of state means for access and the CRM, and what a change of money means for the books. */

import { indexOf } from '../ledger-index.ts';
import type { OrderState } from '../order.ts';
import { followsPresentRules } from '../rules.ts';
import { stateOf } from '../sums.ts';
import { keyFor, start, type Turn } from '../turn.ts';
import { grantAccess, revokeAccess } from './access.ts';
import { correctInvoices, keepBooks } from './postings.ts';

export function consequences(turn: Turn, from: OrderState): void {
  const { ledger } = turn;
  const to = stateOf(ledger);
  keepBooks(turn);
  if (to === 'paid' && to !== from) grantAccess(turn);
  correctInvoices(turn);
  if (to === from) return;
  if (to === 'refunded' || to === 'cancelled') revokeAccess(turn);
  const entries = (ledger.entered[to] ?? 0) + 1;
  ledger.entered[to] = entries;
  if ((to !== 'initiated' && to !== 'pending') || isRevived(turn, from, to))
    tellCrm(turn, to, entries);
}

/** The CRM has been told that the order failed, and a payment of it is under way again; a new try is no news. */
function isRevived({ ledger, event }: Turn, from: OrderState, to: OrderState): boolean {
  const isAlive = from === 'failed' && to === 'pending' && event.type !== 'pay';
  return isAlive && followsPresentRules(ledger);
}

/** Updates reach the CRM in the order in which they became true: each waits for the one before. */
function tellCrm(turn: Turn, state: OrderState, entries: number): void {
  const previous = indexOf(turn.ledger).lastCrmKey;
  start(turn, {
    effect: 'update_crm',
    key: keyFor(turn, 'update_crm', `${state}-${entries}`),
    state,
    ...(previous === undefined ? {} : { after: previous }),
  });
}
