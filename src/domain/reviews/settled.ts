/** Reviews that answer themselves, because what they were about is no longer so. */

import { returnedSince } from '../commands/manual.ts';
import type { Context } from '../context.ts';
import type { Ledger, Review } from '../ledger.ts';
import {
  capturablePayment,
  netMinor,
  openReviews,
  stateOf,
  toReturnMinor,
  wasCaptured,
} from '../sums.ts';
import { failedMinor } from './decisions.ts';

export function resolveSettledReviews({ ledger }: Context): void {
  for (const review of openReviews(ledger)) {
    const note = answerTo(ledger, review);
    if (note === null) continue;
    review.status = 'resolved';
    review.version = ledger.version;
    review.note = note;
  }
}

function answerTo(ledger: Ledger, review: Review): string | null {
  const net = netMinor(ledger);
  const isHeld = Object.values(ledger.payments).some(({ status }) => status === 'authorized');
  switch (review.reason) {
    case 'paid_after_cancel':
    case 'captured_after_refund':
      return net <= 0 ? 'resolved by the gateway: the money went back' : null;
    case 'partial_expired':
      return ['paid', 'refunded', 'cancelled'].includes(stateOf(ledger))
        ? 'resolved: no part is outstanding any more'
        : null;
    case 'amount_mismatch':
    case 'capture_refused':
    case 'authorized_after_cancel':
    case 'authorized_after_refund':
      return isHeld ? null : 'resolved by the gateway: nothing is authorized any more';
    case 'authorization_expiring':
      return capturablePayment(ledger) === undefined
        ? 'resolved: nothing waits to be captured any more'
        : null;
    case 'refund_flip':
      return review.causes.every((key) => ledger.facts[key] !== undefined)
        ? 'resolved by the gateway: asked, it says the same'
        : null;
    case 'dispute_without_capture':
      return Object.values(ledger.disputes).every(({ paymentId }) => wasCaptured(ledger, paymentId))
        ? 'resolved by the gateway: the capture has arrived'
        : null;
    case 'effect_failed':
      return review.causes.every((key) => ledger.effects[key]?.status === 'done')
        ? 'resolved: it was tried again and is done'
        : null;
    case 'refund_failed':
    case 'refund_reversed':
      return isReturnedByHand(ledger, review) ? 'resolved: it was given back by hand' : null;
    case 'refund_by_hand':
      return toReturnMinor(ledger) === 0 ? 'resolved: it was given back by hand' : null;
    default:
      return null;
  }
}

/** Money of refunds that failed, and that a person has sent since by another way. */
function isReturnedByHand(ledger: Ledger, review: Review): boolean {
  const returnedMinor = returnedSince(ledger, review.version);
  return returnedMinor > 0 && returnedMinor >= failedMinor(ledger, review);
}
