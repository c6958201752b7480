/** What the schedule asks again: calls whose answers were lost, always under the key used before. */

import { applyRow } from '../apply-row.ts';
import { cancelsUnanswered } from '../commands/cancel.ts';
import { askForCapture, openRequests } from '../commands/capture.ts';
import { createPayment } from '../commands/pay.ts';
import { askForRefund } from '../commands/refund.ts';
import type { Context } from '../context.ts';
import { effectsFor } from '../facts/payments.ts';
import type { Attempt, CaptureRequest, Ledger, Payment } from '../ledger.ts';
import { indexOf, inListOrder } from '../ledger-index.ts';
import { isPayable, isUnwanted, isVoidable, outstandingMinor } from '../sums.ts';
import { isKeyForgotten } from './deadlines.ts';
import { askGateway } from './gateway-sync.ts';

export function retryUnresolved(context: Context): void {
  const { ledger } = context;
  for (const attempt of ledger.attempts) retryAttempt(context, attempt);
  const index = indexOf(ledger);
  for (const requestKey of inListOrder(index, 'request', index.openRequests))
    retryRefund(context, requestKey);
  for (const [requestKey, request] of openRequests(ledger))
    retryCapture(context, requestKey, request);
  for (const payment of Object.values(ledger.payments)) retryPayment(context, payment);
  reviewOverdue(context);
  applyRow(context, 'poll.reached', { cause: 'poll', effects: { fetch: askGateway } });
  cancelsUnanswered(context);
}

function retryAttempt(context: Context, attempt: Attempt): void {
  const { ledger, event } = context;
  if (attempt.status !== 'unknown' || outstandingMinor(ledger) === 0) return;
  const cause = `attempt:${attempt.number}`;
  if (isKeyForgotten(ledger, attempt.createdAt, event.at)) return expireKey(context, cause);
  applyRow(context, 'pay.unresolved', {
    cause,
    effects: { create: (starter) => createPayment(starter, attempt) },
  });
}

function retryRefund(context: Context, requestKey: string): void {
  const { ledger, event } = context;
  const request = ledger.refundRequests[requestKey];
  if (request === undefined) return;
  const cause = `refund:${request.requestKey}`;
  if (isKeyForgotten(ledger, request.createdAt, event.at)) return expireKey(context, cause);
  applyRow(context, 'refund.unresolved', {
    cause,
    effects: { refund: (starter) => askForRefund(starter, request) },
  });
}

/** An order that is to be cancelled, or was paid by other means meanwhile, captures nothing more: the void decides. */
function retryCapture(context: Context, requestKey: string, request: CaptureRequest): void {
  const { ledger, event } = context;
  if (isUnwanted(ledger) || request.amountMinor > outstandingMinor(ledger)) return;
  const cause = `capture:${requestKey}`;
  // Where a payment is captured once, a repeat can take nothing twice.
  const isByParts = ledger.terms.manualCapture?.takes === 'parts';
  if (isByParts && isKeyForgotten(ledger, request.createdAt, event.at))
    return expireKey(context, cause);
  applyRow(context, 'capture.unresolved', {
    cause,
    effects: { capture: (starter) => askForCapture(starter, requestKey, request) },
  });
}

/** Past its memory the gateway would take the call for a new one: a person looks first. */
function expireKey(context: Context, cause: string): void {
  if (isUnderReview(context, cause)) return;
  applyRow(context, 'key.expired', {
    cause,
    reason: `key_expired: nobody knows what became of ${cause}`,
    origin: { source: 'timer', type: 'key.expired', eventId: context.event.id },
  });
}

/** Weekends included, captures and refunds are reported within hours. */
const OVERDUE_MS = 3 * 24 * 60 * 60 * 1_000;

/**
 * Where nothing can be fetched, a webhook that was lost stays lost: what the gateway has accepted and not reported for
 * days is for a person.
 */
function reviewOverdue(context: Context): void {
  const { ledger, event } = context;
  const sinceMs = event.at - ledger.updatedAt;
  if (ledger.terms.webhooksOnly !== true || sinceMs < OVERDUE_MS) return;
  for (const cause of awaited(ledger))
    if (!isUnderReview(context, cause))
      applyRow(context, 'key.expired', {
        cause,
        reason: `key_expired: no webhook has said what became of ${cause}: have the gateway send it again`,
        origin: { source: 'timer', type: 'webhook.missing', eventId: event.id },
      });
}

/** What a webhook alone can end. */
function awaited(ledger: Ledger): string[] {
  const { pendingRefunds } = indexOf(ledger);
  const payments = Object.values(ledger.payments).filter(
    ({ status, captureMinor, voiding, manual }) =>
      manual === undefined &&
      (status === 'pending' ||
        (status === 'authorized' && (captureMinor !== undefined || voiding === true))),
  );
  return [
    ...openRequests(ledger).map(([requestKey]) => `capture:${requestKey}`),
    ...payments.map(({ paymentId }) => `payment:${paymentId}`),
    ...[...pendingRefunds].map((refundId) => `refunded:${refundId}`),
  ];
}

/** After a decision to keep waiting, the review opens again when as much time has passed once more. */
function isUnderReview({ ledger, event }: Context, cause: string): boolean {
  return ledger.reviews.some(
    ({ reason, causes, status, openedAt }) =>
      reason === 'key_expired' &&
      causes.includes(cause) &&
      (status === 'open' || !isKeyForgotten(ledger, openedAt, event.at)),
  );
}

function retryPayment(context: Context, payment: Payment): void {
  const row = retryRow(context.ledger, payment);
  if (row === null) return;
  applyRow(context, row, { cause: payment.paymentId, effects: effectsFor(payment) });
}

/** Null where nothing of the payment is unresolved. */
function retryRow(
  ledger: Ledger,
  payment: Payment,
): 'void.unresolved' | 'capture.unresolved' | null {
  const { captureMinor, status, voiding } = payment;
  if (voiding === true && isPayable(payment)) return 'void.unresolved';
  if (!isVoidable(payment)) return null;
  const isHeld = status === 'authorized';
  const wantedMinor = captureMinor ?? requestedMinor(ledger, payment);
  const isTooMuch = isHeld && wantedMinor > outstandingMinor(ledger);
  const isToCapture = isHeld && captureMinor !== undefined && !isTooMuch;
  if (!isUnwanted(ledger) && isToCapture) return 'capture.unresolved';
  // A void that was refused is for a review, or for the next fact.
  const isToVoid = voiding !== false && (isUnwanted(ledger) || isTooMuch);
  return isToVoid ? 'void.unresolved' : null;
}

/** Minor units that a person has asked to capture of it, and that are not known to be. */
function requestedMinor(ledger: Ledger, { paymentId }: Payment): number {
  return openRequests(ledger)
    .filter(([, request]) => request.paymentId === paymentId)
    .reduce((total, [, { amountMinor }]) => total + amountMinor, 0);
}
