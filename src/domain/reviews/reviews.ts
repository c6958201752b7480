/**
 * Manual reviews: a decision compares and sets. The same one again is a repeat, the opposite or a stale
 * one is refused. A review never blocks later facts.
 */

import { applyRow } from '../apply-row.ts';
import { captureRefusal } from '../commands/capture.ts';
import { type CommandOf, rejected } from '../commands/waiting.ts';
import type { Context, Verdict } from '../context.ts';
import type { Review } from '../ledger.ts';
import { isDisputed } from '../sums.ts';
import { decisionRow, effectsOf, evolveBy, refundsOn } from './decisions.ts';

export function decideReview(context: Context, command: CommandOf<'review'>): Verdict {
  const { ledger } = context;
  const review = ledger.reviews.find(({ id }) => id === command.reviewId);
  if (review === undefined) return rejected('review_not_found');
  const decided = command.decision === 'approve' ? 'approved' : 'rejected';
  if (review.status === decided)
    return { outcome: 'duplicate', reason: `${review.id} is ${decided} already` };
  if (review.status !== 'open') return decidedOtherwise(review);
  if (review.version !== command.version) return rejected('review_stale');
  const row = decisionRow(ledger, review.reason, command.decision);
  // Refunding what the bank may take back anyway would pay it out twice.
  if (isDisputed(ledger) && refundsOn(row)) return rejected('order_disputed');
  return applyRow(context, row, {
    cause: review.id,
    // A gateway that captures whole would take what the order no longer lacks.
    refusal: () => (row === 'review.approved.expiring' ? captureRefusal(ledger) : undefined),
    evolve: () => {
      review.status = decided;
      review.note = command.note;
      if (command.actor !== undefined) review.decidedBy = command.actor;
      evolveBy(context, review, row);
    },
    effects: effectsOf(context, review, row),
    reason: ({ from, to }) => `${review.reason} ${decided}: ${from} → ${to}`,
  });
}

function decidedOtherwise({ decidedBy }: Review): Verdict {
  const code = 'review_already_decided';
  return { ...rejected(code), answer: { code, ...(decidedBy === undefined ? {} : { decidedBy }) } };
}
