/**
 * Money on its way back. A refund counts once under the gateway's refund id, whether we asked for it
 * or somebody did so in the gateway's dashboard; a request of ours reserves its amount until it ends.
 */
import { factKey, type RefundFact, type RefundStatus } from './facts.ts';
import { askGateway } from './inquiry.ts';
import type { RefundRequest } from './ledger.ts';
import { resolveSettledReviews } from './settled-reviews.ts';
import { capturedMinor, lostMinor, refundableMinor, refundedMinor, stateOf } from './sums.ts';
import type { Row } from './table.ts';
import { cellFor, conclude, keyFor, start, type Turn, type Verdict } from './turn.ts';

/** A failed refund never failed less: `failed` and `reversed` are ends, `pending` never undoes one. */
const RANK: Record<RefundStatus, number> = { pending: 0, succeeded: 1, failed: 2, reversed: 2 };

export function applyRefundFact(turn: Turn, fact: RefundFact): Verdict {
  const { ledger } = turn;
  const from = stateOf(ledger);
  const status = fact.type.slice('refund.'.length) as RefundStatus;
  const known = ledger.refunds[fact.refundId];
  if (known?.status === 'failed' && status === 'succeeded' && turn.event.source !== 'effect')
    return conclude(turn, cellFor('refund.flip', from), factKey(fact), from);
  const isComeback = known?.status === 'failed' && status === 'succeeded';
  if (known !== undefined && !isComeback && RANK[status] <= RANK[known.status])
    return { outcome: 'stale', reason: `the refund is ${known.status} already` };
  const cell = cellFor(classify(turn, fact, status), from);
  const { refundId, paymentId, amountMinor, currency } = fact;
  ledger.refunds[refundId] = { refundId, paymentId, amountMinor, currency, status };
  linkRequest(turn, fact);
  afterMoneyMoved(turn, fact, status, known?.status);
  if (cell.asks.includes('fetch')) askGateway(turn);
  return conclude(turn, cell, factKey(fact), from);
}

function classify(turn: Turn, fact: RefundFact, status: RefundStatus): Row {
  if (status !== 'succeeded') return fact.type;
  const { ledger } = turn;
  const captured = capturedMinor(ledger);
  if (captured === 0) return 'refund.succeeded.early';
  const net = captured - refundedMinor(ledger) - lostMinor(ledger) - fact.amountMinor;
  return net > 0 ? 'refund.succeeded.partial' : 'refund.succeeded.full';
}

/** Our own refund, coming back by webhook before our call returned, is the same refund. */
function linkRequest(turn: Turn, fact: RefundFact): void {
  const requests = Object.values(turn.ledger.refundRequests);
  if (requests.some((request) => request.refundId === fact.refundId)) return;
  const unnamed = requests.find(
    (request) =>
      request.status === 'requested' &&
      request.paymentId === fact.paymentId &&
      request.amountMinor === fact.amountMinor,
  );
  if (unnamed !== undefined) acceptRequest(unnamed, fact.refundId);
}

export function acceptRequest(request: RefundRequest, refundId: string): void {
  request.status = 'accepted';
  request.refundId = refundId;
}

function afterMoneyMoved(
  turn: Turn,
  fact: RefundFact,
  status: RefundStatus,
  before: RefundStatus | undefined,
): void {
  if (fact.currency !== turn.ledger.terms.currency) return;
  if (status === 'succeeded') {
    post(turn, 'refund', fact);
    issueCreditNote(turn, fact);
    resolveSettledReviews(turn);
  }
  if (status === 'reversed' && before === 'succeeded') post(turn, 'refund_reversed', fact);
}

function post(turn: Turn, kind: 'refund' | 'refund_reversed', fact: RefundFact): void {
  start(turn, {
    effect: 'post_ledger',
    key: keyFor(turn, 'post_ledger', `${kind}-${fact.refundId}`),
    kind,
    reference: fact.refundId,
    amountMinor: fact.amountMinor,
    currency: fact.currency,
  });
}

/** A credit note corrects an invoice; where none was issued there is nothing to correct. */
function issueCreditNote(turn: Turn, fact: RefundFact): void {
  const { epoch } = turn.ledger.access;
  if (epoch === 0) return;
  start(turn, {
    effect: 'issue_credit_note',
    key: keyFor(turn, 'issue_credit_note', fact.refundId),
    refundId: fact.refundId,
    amountMinor: fact.amountMinor,
    after: keyFor(turn, 'issue_invoice', epoch),
  });
}

export interface RefundOrder {
  requestKey: string;
  amountMinor: number;
  reason: string | null;
}

/**
 * Reserves an amount and asks the gateway to refund it, over as many payments as it takes. The first
 * piece keeps the request's key; further ones count up from it.
 */
export function requestRefund(turn: Turn, order: RefundOrder): void {
  const { ledger, event } = turn;
  let leftMinor = order.amountMinor;
  let piece = 0;
  for (const paymentId of Object.keys(ledger.payments)) {
    const amountMinor = Math.min(leftMinor, refundableMinor(ledger, paymentId));
    if (amountMinor <= 0) continue;
    piece += 1;
    leftMinor -= amountMinor;
    const requestKey = piece === 1 ? order.requestKey : `${order.requestKey}.${piece}`;
    const { currency } = ledger.terms;
    ledger.refundRequests[requestKey] = {
      requestKey,
      paymentId,
      amountMinor,
      currency,
      status: 'requested',
      refundId: null,
      reason: order.reason,
      createdAt: event.at,
      parentKey: order.requestKey,
    };
    askForRefund(turn, requestKey);
  }
}

export function askForRefund(turn: Turn, requestKey: string): void {
  const request = turn.ledger.refundRequests[requestKey];
  if (request === undefined) return;
  start(turn, {
    effect: 'refund_payment',
    key: keyFor(turn, 'refund_payment', requestKey),
    paymentId: request.paymentId,
    requestKey,
    amountMinor: request.amountMinor,
    currency: request.currency,
  });
}
