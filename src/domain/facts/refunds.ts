/**
 * Facts about money on its way back. A refund counts once under the gateway's refund id, whether we asked
 * for it or it was made in the gateway's dashboard.
 */

import { applyRow } from '../apply-row.ts';
import type { Context, Verdict } from '../context.ts';
import type { Ledger, Refund, RefundRequest } from '../ledger.ts';
import { indexOf, inListOrder, putRefund, putRefundRequest } from '../ledger-index.ts';
import { followsRules3 } from '../rules.ts';
import { askGateway } from '../schedule/gateway-sync.ts';
import { netMinor, stateOf, wasCaptured } from '../sums.ts';
import type { RowOf } from '../table.ts';
import { factKey, type RefundFact, type RefundStatus } from './facts.ts';
import { checkProgress, contradict, contradictOnce } from './flips.ts';
import { isByHand } from './manual.ts';

/** A refund that succeeded may still come back, and what came back stays so. */
const RANK: Record<RefundStatus, number> = { pending: 0, succeeded: 1, failed: 2, reversed: 3 };

export function applyRefundFact(context: Context, fact: RefundFact): Verdict {
  const { ledger } = context;
  const status = fact.type.slice('refund.'.length) as RefundStatus;
  const known = ledger.refunds[fact.refundId];
  if (known !== undefined && !isSameMoney(known, fact)) {
    const contradicted = followsRules3(ledger) ? contradictOnce : contradict;
    return contradicted(context, fact, { known, what: fact.refundId });
  }
  const halted = checkProgress(context, {
    kind: 'refund',
    fact,
    known,
    isForward: (was) => RANK[status] > RANK[was],
    isFlip: (was) => was === 'failed' && status === 'succeeded',
  });
  if (halted !== null) return halted;
  const { refundId, paymentId, amountMinor, currency } = fact;
  const movedAtVersion = ledger.version + 1;
  return applyRow(context, classify(context, fact, known), {
    cause: factKey(fact),
    evolve: () => {
      putRefund(ledger, { refundId, paymentId, amountMinor, currency, status, movedAtVersion });
      linkRequest(context, fact);
    },
    effects: { fetch: askGateway },
  });
}

function classify(
  context: Context,
  fact: RefundFact,
  known: Refund | undefined,
): RowOf<RefundFact['type']> {
  // Some gateways say "failed" of a refund that had succeeded: the money is with us again.
  if (known?.status === 'succeeded') return 'refund.reversed';
  if (fact.type === 'refund.failed' && isHeldAfterRefund(context.ledger))
    return 'refund.failed.held';
  if (fact.type !== 'refund.succeeded') return fact.type;
  if (!wasCaptured(context.ledger, fact.paymentId)) return 'refund.succeeded.early';
  const leftMinor = netMinor(context.ledger) - fact.amountMinor;
  if (leftMinor < 0) return 'refund.succeeded.over';
  return leftMinor > 0 ? 'refund.succeeded.partial' : 'refund.succeeded.full';
}

/** Money that came after the order was refunded did not go back either: it is still the customer's. */
function isHeldAfterRefund(ledger: Ledger): boolean {
  return followsRules3(ledger) && stateOf(ledger) === 'refunded' && netMinor(ledger) > 0;
}

function isSameMoney(refund: Refund, fact: RefundFact): boolean {
  return refund.amountMinor === fact.amountMinor && refund.currency === fact.currency;
}

/** Our own refund, coming back by webhook before our call returned, is the same refund. */
function linkRequest({ ledger }: Context, fact: RefundFact): void {
  const index = indexOf(ledger);
  if (isByHand(fact.refundId)) return;
  if ((index.requestsByRefund.get(fact.refundId)?.size ?? 0) > 0) return;
  const unnamed = inListOrder(index, 'request', index.openRequests)
    .map((requestKey) => ledger.refundRequests[requestKey])
    .find(
      (request) =>
        request?.paymentId === fact.paymentId &&
        request.amountMinor === fact.amountMinor &&
        request.currency === fact.currency,
    );
  if (unnamed !== undefined) acceptRequest(ledger, unnamed, fact.refundId);
}

export function acceptRequest(ledger: Ledger, request: RefundRequest, refundId: string): void {
  putRefundRequest(ledger, { ...request, status: 'accepted', refundId });
}
