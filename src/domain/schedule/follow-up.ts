/** What the schedule asks again: calls whose answers were lost, always under the key used before. */

import { cancelsUnanswered } from '../commands/cancel.ts';
import { createPayment } from '../commands/pay.ts';
import { askForRefund } from '../commands/refund.ts';
import { capturePayment, voidPayment } from '../facts/payments.ts';
import type { Payment } from '../ledger.ts';
import { indexOf, inListOrder } from '../ledger-index.ts';
import { isPayable, isUnwanted, isVoidable, outstandingMinor } from '../sums.ts';
import { openReview, record, type Turn } from '../turn.ts';
import { isKeyForgotten } from './deadlines.ts';
import { askGateway } from './gateway-sync.ts';

export function askAgain(turn: Turn): void {
  const { ledger, event } = turn;
  for (const attempt of ledger.attempts) {
    if (attempt.status !== 'unknown' || outstandingMinor(ledger) === 0) continue;
    if (isKeyForgotten(attempt.createdAt, event.at)) doubtKey(turn, `attempt:${attempt.number}`);
    else createPayment(turn, attempt);
  }
  const index = indexOf(ledger);
  for (const requestKey of inListOrder(index, 'request', index.openRequests)) {
    const request = ledger.refundRequests[requestKey];
    if (request === undefined) continue;
    if (isKeyForgotten(request.createdAt, event.at)) doubtKey(turn, `refund:${request.requestKey}`);
    else askForRefund(turn, request);
  }
  for (const payment of Object.values(ledger.payments)) askAgainFor(turn, payment);
  askGateway(turn);
  cancelsUnanswered(turn);
}

/** Past its memory the gateway would take the call for a new one: a person looks first. */
function doubtKey(turn: Turn, cause: string): void {
  if (isBeforePerson(turn, cause)) return;
  openReview(turn, 'key_expired', cause);
  const reason = `key_expired: nobody knows what became of ${cause}`;
  const origin = { source: 'timer', type: 'key.expired', eventId: turn.event.id } as const;
  record(turn, { outcome: 'review', reason }, origin);
}

/** Whoever decides to keep waiting is asked again when as much time has passed once more. */
function isBeforePerson({ ledger, event }: Turn, cause: string): boolean {
  return ledger.reviews.some(
    ({ reason, causes, status, openedAt }) =>
      reason === 'key_expired' &&
      causes.includes(cause) &&
      (status === 'open' || !isKeyForgotten(openedAt, event.at)),
  );
}

function askAgainFor(turn: Turn, payment: Payment): void {
  const { captureMinor, status, voiding } = payment;
  if (voiding === true && isPayable(payment)) return voidPayment(turn, payment);
  if (!isVoidable(payment)) return;
  const isToCapture = captureMinor !== undefined && status === 'authorized';
  const isTooMuch = isToCapture && captureMinor > outstandingMinor(turn.ledger);
  if (!isUnwanted(turn.ledger) && isToCapture && !isTooMuch)
    return capturePayment(turn, payment, captureMinor);
  // A void that was refused is for a person, or for what the gateway tells next.
  if (voiding !== false && (isUnwanted(turn.ledger) || isTooMuch)) voidPayment(turn, payment);
}
