/**
 * Refunds that we ask for. A request reserves its amount from the moment it is made until its refund
 * has ended, so two requests can never promise the same money.
 */

import type { Refusal } from '../events.ts';
import { applyFact } from '../facts/apply-fact.ts';
import type { RefundSnapshot } from '../facts/facts.ts';
import { acceptRequest } from '../facts/refunds.ts';
import type { Ledger, RefundRequest } from '../ledger.ts';
import { indexOf, inListOrder, putRefundRequest } from '../ledger-index.ts';
import { askGateway } from '../schedule/gateway-sync.ts';
import { isDisputed, refundableMinor, stateOf } from '../sums.ts';
import type { Row } from '../table.ts';
import {
  cellFor,
  isNews,
  keyFor,
  makeCalls,
  openReview,
  record,
  start,
  type Turn,
  type Verdict,
} from '../turn.ts';
import { answerWaiting, type CommandOf, rejected, UNSETTLED, wait } from './waiting.ts';

export function refund(turn: Turn, command: CommandOf<'refund'>): Verdict | null {
  const { ledger } = turn;
  const { requestKey } = command;
  if (requestKey in Object.prototype) return rejected('idempotency_key_reused');
  if (ledger.refundRequests[requestKey] !== undefined) return refundAgain(turn, command);
  const refundable = refundableMinor(ledger);
  const amountMinor = command.amountMinor ?? refundable;
  const cell = cellFor(refundRow(ledger, amountMinor, refundable), stateOf(ledger));
  if (cell.code !== undefined) return rejected(cell.code);
  const request = { requestKey, amountMinor, reason: command.reason ?? null };
  makeCalls(cell, { refund: () => requestRefund(turn, request) });
  return wait(turn, command, { requestKey });
}

function refundRow(ledger: Ledger, amountMinor: number, refundable: number): Row {
  if (isDisputed(ledger)) return 'refund.requested.disputed';
  const fits = amountMinor > 0 && amountMinor <= refundable;
  return fits ? 'refund.requested' : 'refund.requested.over';
}

function refundAgain(turn: Turn, command: CommandOf<'refund'>): Verdict | null {
  const { requestKey } = command;
  const pieces = piecesOf(turn.ledger, requestKey);
  const totalMinor = pieces.reduce((total, piece) => total + piece.amountMinor, 0);
  const isOther = command.amountMinor !== undefined && command.amountMinor !== totalMinor;
  if (pieces.length === 0 || isOther) return rejected('idempotency_key_reused');
  if (isUnderWay(turn, pieces)) return wait(turn, command, { requestKey }, true);
  if (isRefused(pieces)) return refusedVerdict(pieces);
  if (pieces.some(({ status }) => status === 'requested'))
    return { ...UNSETTLED, outcome: 'duplicate', answer: { requestKey, ...UNSETTLED.answer } };
  const reason = 'refunded under this key already';
  return { outcome: 'duplicate', reason, answer: { requestKey } };
}

/** Refunds of one request, in the order in which they were begun. */
function piecesOf(ledger: Ledger, parentKey: string): RefundRequest[] {
  const index = indexOf(ledger);
  return inListOrder(index, 'request', index.requestsByParent.get(parentKey) ?? []).flatMap(
    (key) => ledger.refundRequests[key] ?? [],
  );
}

/** Did the gateway refuse all of it? Where a part went back, the parts say which. */
function isRefused(pieces: readonly RefundRequest[]): boolean {
  return pieces.length > 0 && pieces.every(({ status }) => status === 'refused');
}

function refusedVerdict(pieces: readonly RefundRequest[]): Verdict {
  const { refusal } = pieces.findLast((piece) => piece.refusal !== undefined) ?? {};
  return {
    outcome: 'rejected',
    reason: `the gateway refused: ${refusal ?? 'no reason is kept'}`,
    answer: { code: 'refund_refused', ...(refusal === undefined ? {} : { gatewayCode: refusal }) },
  };
}

/** Is the gateway being asked for one of them at this moment? Only then will an answer come. */
function isUnderWay(turn: Turn, pieces: RefundRequest[]): boolean {
  return pieces.some(
    ({ status, requestKey }) =>
      status === 'requested' &&
      turn.ledger.effects[keyFor(turn, 'refund_payment', requestKey)] !== undefined,
  );
}

export interface RefundOrder {
  requestKey: string;
  amountMinor: number;
  reason: string | null;
}

/**
 * Reserves an amount and asks the gateway to refund it, over as many payments as it takes.
 *
 * @param paymentIds in the order in which they are refunded
 */
export function requestRefund(
  turn: Turn,
  order: RefundOrder,
  paymentIds: readonly string[] = Object.keys(turn.ledger.payments),
): void {
  const { ledger } = turn;
  let leftMinor = order.amountMinor;
  for (const paymentId of paymentIds) {
    const amountMinor = Math.min(leftMinor, refundableMinor(ledger, paymentId));
    if (amountMinor <= 0) continue;
    leftMinor -= amountMinor;
    const { currency } = ledger.terms;
    reserve(turn, order, { paymentId, amountMinor, currency });
  }
}

/** The first piece keeps the request's key, further ones count up from it. */
export function reserve(
  turn: Turn,
  order: Pick<RefundOrder, 'requestKey' | 'reason'>,
  piece: { paymentId: string; amountMinor: number; currency: string },
): void {
  const requestKey = freeKey(turn.ledger, order.requestKey);
  const request: RefundRequest = {
    ...piece,
    requestKey,
    status: 'requested',
    refundId: null,
    reason: order.reason,
    createdAt: turn.event.at,
    parentKey: order.requestKey,
  };
  putRefundRequest(turn.ledger, request);
  askForRefund(turn, request);
}

function freeKey({ refundRequests }: Ledger, base: string): string {
  let key = base;
  for (let piece = 2; refundRequests[key] !== undefined; piece += 1) key = `${base}.${piece}`;
  return key;
}

export function askForRefund(turn: Turn, request: RefundRequest): void {
  const { requestKey, paymentId, amountMinor, currency } = request;
  const key = keyFor(turn, 'refund_payment', requestKey);
  start(turn, { effect: 'refund_payment', key, paymentId, requestKey, amountMinor, currency });
}

export function takeRefund(turn: Turn, refund: RefundSnapshot, requestKey: string): void {
  const { refundId, paymentId, amountMinor, currency, status } = refund;
  const { ledger } = turn;
  const request = ledger.refundRequests[requestKey];
  if (request !== undefined) {
    correctGuess(ledger, request, refundId);
    acceptRequest(ledger, request, refundId);
  }
  const type = `refund.${status}` as const;
  const verdict = applyFact(turn, { type, paymentId, refundId, amountMinor, currency });
  if (isNews(verdict)) record(turn, verdict, { source: 'gateway', type, eventId: turn.event.id });
  answerRefunds(turn, requestKey, { outcome: 'applied', reason: `${refundId} is ${status}` });
}

/** Of two equal requests the webhook may have been laid to the wrong one: that one is open again. */
function correctGuess(ledger: Ledger, { requestKey }: RefundRequest, refundId: string): void {
  for (const key of [...(indexOf(ledger).requestsByRefund.get(refundId) ?? [])]) {
    const other = ledger.refundRequests[key];
    if (other === undefined || key === requestKey) continue;
    putRefundRequest(ledger, { ...other, status: 'requested', refundId: null });
  }
}

export function refuseRefund(
  turn: Turn,
  requestKey: string,
  { code, isOutdated = false }: Refusal,
): void {
  const request = turn.ledger.refundRequests[requestKey];
  if (request !== undefined)
    putRefundRequest(turn.ledger, { ...request, status: 'refused', refusal: code });
  const isExplained = isOutdated && isAwaited(turn.ledger, requestKey);
  if (!isExplained) openReview(turn, 'refund_failed', `request:${requestKey}`);
  const origin = { type: 'refund_payment.refused', eventId: turn.event.id } as const;
  const verdict: Verdict = isExplained
    ? { outcome: 'applied', reason: `refused: ${code}, the gateway is asked` }
    : { outcome: 'review', reason: `refund_failed: ${code}` };
  record(turn, verdict, { source: 'gateway', ...origin });
  // Somebody has refunded it elsewhere, and its webhook has not come.
  if (isOutdated) askGateway(turn);
  answerRefunds(turn, requestKey, { outcome: 'applied', reason: `refused: ${code}` });
}

/** Does a caller wait who is told of the refusal? */
function isAwaited({ refundRequests, waiting }: Ledger, requestKey: string): boolean {
  const asked = refundRequests[requestKey]?.parentKey ?? requestKey;
  return waiting.some(({ type, answer }) => type === 'refund' && answer.requestKey === asked);
}

export function refundUnanswered(turn: Turn, requestKey: string): void {
  answerRefunds(turn, requestKey, UNSETTLED);
}

/** One request may be several refunds: its callers hear of it when the last of them has been answered. */
function answerRefunds(turn: Turn, requestKey: string, verdict: Verdict): void {
  const { refundRequests } = turn.ledger;
  const asked = refundRequests[requestKey]?.parentKey ?? requestKey;
  const pieces = piecesOf(turn.ledger, asked);
  if (isUnderWay(turn, pieces)) return;
  const isSure = pieces.every(({ status }) => status !== 'requested');
  answerWaiting(
    turn,
    (command) => command.type === 'refund' && command.answer.requestKey === asked,
    () => {
      if (!isSure) return UNSETTLED;
      return isRefused(pieces) ? refusedVerdict(pieces) : verdict;
    },
  );
}
