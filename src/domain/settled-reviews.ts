/** Reviews that answer themselves: the money they were about has gone back. */
import { netMinor, openReviews } from './sums.ts';
import type { Turn } from './turn.ts';

/** Money that went back on its own answers the question that a review was open for. */
export function resolveSettledReviews(turn: Turn): void {
  const { ledger } = turn;
  const net = netMinor(ledger);
  for (const review of openReviews(ledger)) {
    const isAboutAll =
      review.reason === 'paid_after_cancel' || review.reason === 'captured_after_refund';
    const isAboutExcess = review.reason === 'overpaid' || review.reason === 'double_payment';
    if ((isAboutAll && net <= 0) || (isAboutExcess && net <= ledger.terms.amountMinor)) {
      review.status = 'resolved';
      review.version = ledger.version + 1;
      review.note = 'resolved by the gateway: the money went back';
    }
  }
}
