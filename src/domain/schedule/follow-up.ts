/** What the schedule asks again: calls whose answers were lost, always under the key used before. */

import { cancelsUnanswered } from '../commands/cancel.ts';
import { createPayment } from '../commands/pay.ts';
import { askForRefund } from '../commands/refund.ts';
import { type Context, openReview, record } from '../context.ts';
import { capturePayment, voidPayment } from '../facts/payments.ts';
import type { Payment } from '../ledger.ts';
import { indexOf, inListOrder } from '../ledger-index.ts';
import { isPayable, isUnwanted, isVoidable, outstandingMinor } from '../sums.ts';
import { isKeyForgotten } from './deadlines.ts';
import { askGateway } from './gateway-sync.ts';

export function askAgain(context: Context): void {
  const { ledger, event } = context;
  for (const attempt of ledger.attempts) {
    if (attempt.status !== 'unknown' || outstandingMinor(ledger) === 0) continue;
    if (isKeyForgotten(attempt.createdAt, event.at))
      openKeyExpiredReview(context, `attempt:${attempt.number}`);
    else createPayment(context, attempt);
  }
  const index = indexOf(ledger);
  for (const requestKey of inListOrder(index, 'request', index.openRequests)) {
    const request = ledger.refundRequests[requestKey];
    if (request === undefined) continue;
    if (isKeyForgotten(request.createdAt, event.at))
      openKeyExpiredReview(context, `refund:${request.requestKey}`);
    else askForRefund(context, request);
  }
  for (const payment of Object.values(ledger.payments)) askAgainFor(context, payment);
  askGateway(context);
  cancelsUnanswered(context);
}

/** Past its memory the gateway would take the call for a new one: a person looks first. */
function openKeyExpiredReview(context: Context, cause: string): void {
  if (isUnderReview(context, cause)) return;
  openReview(context, 'key_expired', cause);
  const reason = `key_expired: nobody knows what became of ${cause}`;
  const origin = { source: 'timer', type: 'key.expired', eventId: context.event.id } as const;
  record(context, { outcome: 'review', reason }, origin);
}

/** After a decision to keep waiting, the review opens again when as much time has passed once more. */
function isUnderReview({ ledger, event }: Context, cause: string): boolean {
  return ledger.reviews.some(
    ({ reason, causes, status, openedAt }) =>
      reason === 'key_expired' &&
      causes.includes(cause) &&
      (status === 'open' || !isKeyForgotten(openedAt, event.at)),
  );
}

function askAgainFor(context: Context, payment: Payment): void {
  const { captureMinor, status, voiding } = payment;
  if (voiding === true && isPayable(payment)) return voidPayment(context, payment);
  if (!isVoidable(payment)) return;
  const isToCapture = captureMinor !== undefined && status === 'authorized';
  const isTooMuch = isToCapture && captureMinor > outstandingMinor(context.ledger);
  if (!isUnwanted(context.ledger) && isToCapture && !isTooMuch)
    return capturePayment(context, payment, captureMinor);
  // A void that was refused is for a person, or for what the gateway tells next.
  if (voiding !== false && (isUnwanted(context.ledger) || isTooMuch)) voidPayment(context, payment);
}
