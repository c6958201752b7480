/** What a change of state means for access and the CRM, and what a change of money means for the books. */

import { type Context, keyFor, start } from '../context.ts';
import { indexOf } from '../ledger-index.ts';
import type { OrderState } from '../order.ts';
import { followsPresentRules } from '../rules.ts';
import { stateOf } from '../sums.ts';
import { grantAccess, revokeAccess } from './access.ts';
import { correctInvoices, schedulePostings } from './postings.ts';

export function consequences(context: Context, from: OrderState): void {
  const { ledger } = context;
  const to = stateOf(ledger);
  schedulePostings(context);
  if (to === 'paid' && to !== from) grantAccess(context);
  correctInvoices(context);
  if (to === from) return;
  if (to === 'refunded' || to === 'cancelled') revokeAccess(context);
  const entries = (ledger.entered[to] ?? 0) + 1;
  ledger.entered[to] = entries;
  if ((to !== 'initiated' && to !== 'pending') || isRevived(context, from, to))
    notifyCrm(context, to, entries);
}

/** The CRM has been told that the order failed, and a payment of it is under way again; a new try is no news. */
function isRevived({ ledger, event }: Context, from: OrderState, to: OrderState): boolean {
  const isAlive = from === 'failed' && to === 'pending' && event.type !== 'pay';
  return isAlive && followsPresentRules(ledger);
}

/** Updates reach the CRM in the order in which they became true: each waits for the one before. */
function notifyCrm(context: Context, state: OrderState, entries: number): void {
  const previous = indexOf(context.ledger).lastCrmKey;
  start(context, {
    effect: 'update_crm',
    key: keyFor(context, 'update_crm', `${state}-${entries}`),
    state,
    ...(previous === undefined ? {} : { after: previous }),
  });
}
