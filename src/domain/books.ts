/**
 * The books follow the ledger: what is true and not yet posted is posted, once, under a key made of the
 * gateway's id. Nothing is posted for money that never was with us.
 */
import type { PostingKind } from './effects.ts';
import { reversedMinor, wasCaptured } from './sums.ts';
import { keyFor, start, type Turn } from './turn.ts';

export function keepBooks(turn: Turn): void {
  const { captures, refunds, disputes, terms } = turn.ledger;
  for (const capture of Object.values(captures).filter(({ captured }) => captured)) {
    post(turn, 'capture', capture.captureId, capture.amountMinor);
    if (capture.reversed) post(turn, 'capture_reversed', capture.captureId, reversedMinor(capture));
  }
  for (const { refundId, paymentId, amountMinor, currency, status } of Object.values(refunds)) {
    if (currency !== terms.currency || !wasCaptured(turn.ledger, paymentId)) continue;
    if (status === 'succeeded') post(turn, 'refund', refundId, amountMinor);
    if (status === 'failed' || status === 'reversed')
      unpost(turn, ['refund', 'refund_reversed'], refundId, amountMinor);
  }
  for (const { disputeId, paymentId, amountMinor, currency, status } of Object.values(disputes)) {
    if (currency !== terms.currency || !wasCaptured(turn.ledger, paymentId)) continue;
    if (status === 'lost') post(turn, 'chargeback', disputeId, amountMinor);
    else unpost(turn, ['chargeback', 'chargeback_reversed'], disputeId, amountMinor);
  }
}

function post(turn: Turn, kind: PostingKind, reference: string, amountMinor: number): void {
  start(turn, {
    effect: 'post_ledger',
    key: postingKey(turn, kind, reference),
    kind,
    reference,
    amountMinor,
    currency: turn.ledger.terms.currency,
  });
}

/** Takes back what was posted; where nothing was, there is nothing to take back. */
function unpost(
  turn: Turn,
  [kind, reversal]: [PostingKind, PostingKind],
  reference: string,
  amountMinor: number,
): void {
  if (turn.ledger.effects[postingKey(turn, kind, reference)] !== undefined)
    post(turn, reversal, reference, amountMinor);
}

function postingKey(turn: Turn, kind: PostingKind, reference: string): string {
  return keyFor(turn, 'post_ledger', `${kind}-${reference}`);
}

/** A credit note corrects an invoice; where none was issued there is nothing to correct. */
export function correctInvoices(turn: Turn): void {
  const { access, refunds, terms } = turn.ledger;
  if (access.epoch === 0) return;
  for (const { refundId, paymentId, amountMinor, currency, status } of Object.values(refunds)) {
    if (status !== 'succeeded' || currency !== terms.currency) continue;
    if (!wasCaptured(turn.ledger, paymentId)) continue;
    start(turn, {
      effect: 'issue_credit_note',
      key: keyFor(turn, 'issue_credit_note', refundId),
      refundId,
      amountMinor,
      after: keyFor(turn, 'issue_invoice', access.epoch),
    });
  }
}
