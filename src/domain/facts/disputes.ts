/**
 * Disputes: money that a bank may take back. An open one freezes refunds until it is won or lost. It
 * touches neither state nor access, so winning has nothing to restore.
 */

import { applyRow } from '../apply-row.ts';
import type { Context, Verdict } from '../context.ts';
import { putDispute } from '../ledger-index.ts';
import { askGateway } from '../schedule/gateway-sync.ts';
import { netMinor, wasCaptured } from '../sums.ts';
import type { RowOf } from '../table.ts';
import { type DisputeFact, type DisputeStatus, factKey } from './facts.ts';
import { checkProgress } from './flips.ts';

const RANK: Record<DisputeStatus, number> = { inquiry: 0, opened: 1, won: 2, lost: 2 };

export function applyDisputeFact(context: Context, fact: DisputeFact): Verdict {
  const { ledger } = context;
  const status = fact.type.slice('dispute.'.length) as DisputeStatus;
  const known = ledger.disputes[fact.disputeId];
  const halted = checkProgress(context, {
    kind: 'dispute',
    fact,
    known,
    isForward: (was) => RANK[status] > RANK[was],
    isFlip: (was) => isFlip(was, status),
  });
  if (halted !== null) return halted;
  const { disputeId, paymentId, amountMinor, currency } = fact;
  const movedAtVersion = ledger.version + 1;
  return applyRow(context, classify(context, fact), {
    cause: factKey(fact),
    evolve: () =>
      putDispute(ledger, { disputeId, paymentId, amountMinor, currency, status, movedAtVersion }),
    effects: { fetch: askGateway },
  });
}

/** A closed dispute that closes the other way: arbitration, or a mix-up; the gateway is asked. */
function isFlip(before: DisputeStatus, after: DisputeStatus): boolean {
  return (before === 'won' && after === 'lost') || (before === 'lost' && after === 'won');
}

function classify(context: Context, fact: DisputeFact): RowOf<'dispute'> {
  const { ledger } = context;
  if (fact.currency !== ledger.terms.currency) return 'dispute.currency';
  if (fact.type !== 'dispute.lost') return fact.type;
  if (!wasCaptured(ledger, fact.paymentId)) return 'dispute.lost.early';
  return netMinor(ledger) - fact.amountMinor < 0 ? 'dispute.lost.over' : 'dispute.lost';
}
