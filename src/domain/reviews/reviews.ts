/**
 * Manual reviews: a decision compares and sets. The same one again is a repeat, the opposite or a stale
 * one is refused. A review never blocks later facts.
 */

import { type CommandOf, rejected } from '../commands/waiting.ts';
import { type Context, latchFinalStatus, type Verdict } from '../context.ts';
import { isDisputed, stateOf } from '../sums.ts';
import { approve, refundsOn, reject } from './decisions.ts';

export function decideReview(context: Context, command: CommandOf<'review'>): Verdict {
  const { ledger } = context;
  const review = ledger.reviews.find(({ id }) => id === command.reviewId);
  if (review === undefined) return rejected('review_not_found');
  const decided = command.decision === 'approve' ? 'approved' : 'rejected';
  if (review.status === decided)
    return { outcome: 'duplicate', reason: `${review.id} is ${decided} already` };
  if (review.status !== 'open') return rejected('review_already_decided');
  if (review.version !== command.version) return rejected('review_stale');
  // Refunding what the bank may take back anyway would pay it out twice.
  if (isDisputed(ledger) && refundsOn(review.reason, command.decision))
    return rejected('order_disputed');
  const from = stateOf(ledger);
  review.status = decided;
  review.note = command.note;
  if (decided === 'approved') approve(context, review);
  else reject(context, review);
  latchFinalStatus(ledger);
  return {
    outcome: 'applied',
    reason: `${review.reason} ${decided}: ${from} → ${stateOf(ledger)}`,
  };
}
