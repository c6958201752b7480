/** What follows from every event: for access and the CRM from its change of state, for the books from its money. */

import { applyRow } from '../apply-row.ts';
import type { Context } from '../context.ts';
import type { OrderState } from '../order.ts';
import { followsPresentRules } from '../rules.ts';
import { stateOf } from '../sums.ts';
import type { RowOf } from '../table.ts';
import { earnAccess, endAccess } from './access.ts';
import { notifyState } from './crm.ts';
import { correctInvoices, schedulePostings } from './postings.ts';

export function consequences(context: Context, from: OrderState): void {
  const { ledger } = context;
  const to = stateOf(ledger);
  let entries = ledger.entered[to] ?? 0;
  applyRow(context, rowFor(context, from, to), {
    cause: to,
    evolve: () => {
      if (to === from) return;
      entries += 1;
      ledger.entered[to] = entries;
    },
    effects: {
      post: schedulePostings,
      grant: earnAccess,
      credit: correctInvoices,
      revoke: endAccess,
      crm: (starter) => notifyState(starter, to, entries),
    },
  });
}

function rowFor(context: Context, from: OrderState, to: OrderState): RowOf<'state'> {
  if (to === from) return 'state.kept';
  return isRevived(context, from, to) ? 'state.revived' : 'state.entered';
}

/** The CRM has the order as failed, and a payment of it is under way again. A new attempt is no such change. */
function isRevived({ ledger, event }: Context, from: OrderState, to: OrderState): boolean {
  const isAlive = from === 'failed' && to === 'pending' && event.type !== 'pay';
  return isAlive && followsPresentRules(ledger);
}
