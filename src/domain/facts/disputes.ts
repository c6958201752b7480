/**
 * Disputes: money that a bank may take back. An open one freezes refunds until it is won or lost. It does not touch the
 * state; see `effects/access.ts` for access.
 */

import { applyRow } from '../apply-row.ts';
import type { Context, Verdict } from '../context.ts';
import type { Dispute } from '../ledger.ts';
import { putDispute } from '../ledger-index.ts';
import { askGateway } from '../schedule/gateway-sync.ts';
import { netMinor, wasCaptured } from '../sums.ts';
import type { RowOf } from '../table.ts';
import { type DisputeFact, type DisputeStatus, factKey, type PaymentSnapshot } from './facts.ts';
import { checkProgress } from './flips.ts';

const RANK: Record<DisputeStatus, number> = { inquiry: 0, opened: 1, won: 2, lost: 2 };

export function applyDisputeFact(context: Context, fact: DisputeFact): Verdict {
  const { ledger } = context;
  if (movesDeadline(context, fact))
    return applyRow(context, 'dispute.deadline', {
      cause: factKey(fact),
      effects: { fetch: askGateway },
      reason: 'it names another deadline, and the gateway is asked which one holds',
    });
  const status = statusOf(fact);
  const known = ledger.disputes[fact.disputeId];
  const halted = checkProgress(context, {
    kind: 'dispute',
    fact,
    known,
    isForward: (was) => RANK[status] > RANK[was],
    isFlip: (was) => isFlip(was, status),
  });
  if (halted !== null) return halted;
  const { disputeId, paymentId, amountMinor, currency, respondBy } = fact;
  const movedAtVersion = ledger.version + 1;
  return applyRow(context, classify(context, fact), {
    cause: factKey(fact),
    evolve: () =>
      putDispute(ledger, {
        ...{ disputeId, paymentId, amountMinor, currency, status, movedAtVersion },
        ...deadlineOf(status, respondBy),
      }),
    effects: { fetch: askGateway },
  });
}

/**
 * A webhook tells of another deadline for a dispute that is otherwise as it was. It may be an old one, so that the gateway
 * is asked which of the two it is.
 */
export function movesDeadline({ ledger, isPresentTruth }: Context, fact: DisputeFact): boolean {
  const known = ledger.disputes[fact.disputeId];
  const { respondBy } = fact;
  if (isPresentTruth || known === undefined || known.status !== statusOf(fact)) return false;
  return respondBy !== undefined && isOpen(known.status) && respondBy !== known.respondBy;
}

function statusOf({ type }: DisputeFact): DisputeStatus {
  return type.slice('dispute.'.length) as DisputeStatus;
}

function isOpen(status: DisputeStatus): boolean {
  return status === 'inquiry' || status === 'opened';
}

/** What is won or lost awaits no answer. */
function deadlineOf(
  status: DisputeStatus,
  respondBy: number | undefined,
): Pick<Dispute, 'respondBy'> {
  return isOpen(status) && respondBy !== undefined ? { respondBy } : {};
}

/** A deadline moves, and ends once the shop has answered, without the dispute itself being another one. */
export function takeDeadlines({ ledger }: Context, { disputes }: PaymentSnapshot): void {
  for (const { disputeId, status, respondBy } of disputes) {
    const known = ledger.disputes[disputeId];
    const isSame = known === undefined || known.respondBy === respondBy;
    if (isSame || known.status !== status) continue;
    const { respondBy: _, ...dispute } = known;
    putDispute(ledger, { ...dispute, ...deadlineOf(status, respondBy) });
    ledger.version += 1;
  }
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
