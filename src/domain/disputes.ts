/** Disputes: money that a bank may take back. An open one freezes refunds until it is won or lost. */
import { type DisputeFact, type DisputeStatus, factKey } from './facts.ts';
import { askGateway } from './inquiry.ts';
import { stateOf } from './sums.ts';
import { cellFor, conclude, keyFor, start, type Turn, type Verdict } from './turn.ts';

const RANK: Record<DisputeStatus, number> = { inquiry: 0, opened: 1, won: 2, lost: 2 };

export function applyDisputeFact(turn: Turn, fact: DisputeFact): Verdict {
  const { ledger } = turn;
  const from = stateOf(ledger);
  const status = fact.type.slice('dispute.'.length) as DisputeStatus;
  const known = ledger.disputes[fact.disputeId];
  if (isFlip(known?.status, status) && turn.event.source !== 'effect') {
    askGateway(turn);
    return conclude(turn, cellFor('dispute.flip', from), factKey(fact), from);
  }
  if (known !== undefined && !isFlip(known.status, status) && RANK[status] <= RANK[known.status])
    return { outcome: 'stale', reason: `the dispute is ${known.status} already` };
  const cell = cellFor(fact.type, from);
  const { disputeId, paymentId, amountMinor } = fact;
  ledger.disputes[disputeId] = { disputeId, paymentId, amountMinor, status };
  if (status === 'lost') post(turn, 'chargeback', fact);
  if (status === 'won' && known?.status === 'lost') post(turn, 'chargeback_reversed', fact);
  if (cell.asks.includes('fetch')) askGateway(turn);
  return conclude(turn, cell, factKey(fact), from);
}

/** A closed dispute that closes the other way: arbitration, or a mix-up; the gateway is asked. */
function isFlip(before: DisputeStatus | undefined, after: DisputeStatus): boolean {
  return (before === 'won' && after === 'lost') || (before === 'lost' && after === 'won');
}

function post(turn: Turn, kind: 'chargeback' | 'chargeback_reversed', fact: DisputeFact): void {
  start(turn, {
    effect: 'post_ledger',
    key: keyFor(turn, 'post_ledger', `${kind}-${fact.disputeId}`),
    kind,
    reference: fact.disputeId,
    amountMinor: fact.amountMinor,
    currency: fact.currency,
  });
}
