/**
 * The books follow the ledger: what is true and not yet posted is posted, once, under a key made of the
 * gateway's id. Nothing is posted for money that never was with us.
 */
import type { PostingKind } from './effects.ts';
import type { Dispute, Refund } from './ledger.ts';
import { reversedMinor, wasCaptured } from './sums.ts';
import { keyFor, start, type Turn } from './turn.ts';

export function keepBooks(turn: Turn): void {
  const { captures, refunds, disputes, terms } = turn.ledger;
  for (const capture of Object.values(captures).filter(({ captured }) => captured)) {
    post(turn, 'capture', capture.captureId, capture.amountMinor);
    if (capture.reversed) post(turn, 'capture_reversed', capture.captureId, reversedMinor(capture));
  }
  const isOurs = ({ currency, paymentId }: Refund | Dispute): boolean =>
    currency === terms.currency && wasCaptured(turn.ledger, paymentId);
  for (const refund of Object.values(refunds).filter(isOurs)) {
    const { refundId, amountMinor, status } = refund;
    keep(turn, 'refund', { reference: refundId, amountMinor, isTrue: status === 'succeeded' });
  }
  for (const dispute of Object.values(disputes).filter(isOurs)) {
    const { disputeId, amountMinor, status } = dispute;
    keep(turn, 'chargeback', { reference: disputeId, amountMinor, isTrue: status === 'lost' });
  }
}

/** What may become true and untrue again, by arbitration or a bank's mistake, is posted as often. */
function keep(
  turn: Turn,
  kind: 'refund' | 'chargeback',
  entry: { reference: string; amountMinor: number; isTrue: boolean },
): void {
  const { reference, amountMinor, isTrue } = entry;
  const reversal = `${kind}_reversed` as const;
  const posted = timesPosted(turn, kind, reference);
  const takenBack = timesPosted(turn, reversal, reference);
  if (isTrue && posted === takenBack) post(turn, kind, reference, amountMinor, posted);
  if (!isTrue && posted > takenBack) post(turn, reversal, reference, amountMinor, takenBack);
}

function timesPosted(turn: Turn, kind: PostingKind, reference: string): number {
  let times = 0;
  while (turn.ledger.effects[postingKey(turn, kind, reference, times)] !== undefined) times += 1;
  return times;
}

function post(
  turn: Turn,
  kind: PostingKind,
  reference: string,
  amountMinor: number,
  timesBefore = 0,
): void {
  const key = postingKey(turn, kind, reference, timesBefore);
  const { currency } = turn.ledger.terms;
  start(turn, { effect: 'post_ledger', key, kind, reference, amountMinor, currency });
}

function postingKey(turn: Turn, kind: PostingKind, reference: string, timesBefore: number): string {
  const cause = `${kind}-${reference}`;
  return keyFor(turn, 'post_ledger', timesBefore === 0 ? cause : `${cause}.${timesBefore + 1}`);
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
