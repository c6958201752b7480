/**
 * The books follow the ledger: what is true and not yet posted is posted, once, under a key made of the
 * gateway's id. Nothing is posted for money that never was with us.
 */

import type { EffectStarter } from '../apply-row.ts';
import { keyFor } from '../context.ts';
import { type Dispute, type Ledger, type Refund, reversedMinor } from '../ledger.ts';
import { indexOf, takeChanged } from '../ledger-index.ts';
import { capturedMinor, wasCaptured } from '../sums.ts';
import { earnedOf } from './access.ts';
import type { PostingKind } from './effects.ts';

export function schedulePostings(starter: EffectStarter): void {
  const { captures, refunds, disputes } = starter.ledger;
  const index = indexOf(starter.ledger);
  const { unposted } = index;
  for (const capture of takeChanged(index, 'capture', unposted.captures).map(
    (id) => captures[id],
  )) {
    if (!capture?.captured) continue;
    post(starter, 'capture', capture.captureId, capture.amountMinor);
    if (capture.reversed)
      post(starter, 'capture_reversed', capture.captureId, reversedMinor(capture));
  }
  for (const { paymentId, discountMinor = 0 } of Object.values(starter.ledger.payments)) {
    if (discountMinor === 0) continue;
    const isTrue = capturedMinor(starter.ledger, paymentId) > 0;
    keep(starter, 'discount', { reference: paymentId, amountMinor: discountMinor, isTrue });
  }
  const { orderId } = starter.ledger.terms;
  for (const [i, { amountMinor, lifted }] of (starter.ledger.writeOffs ?? []).entries())
    keep(starter, 'write_off', {
      reference: `${orderId}.${i + 1}`,
      amountMinor,
      isTrue: lifted !== true,
    });
  for (const refund of takeChanged(index, 'refund', unposted.refunds).map((id) => refunds[id])) {
    if (refund === undefined || !isOurs(starter.ledger, refund)) continue;
    const { refundId, amountMinor, status } = refund;
    keep(starter, 'refund', { reference: refundId, amountMinor, isTrue: status === 'succeeded' });
  }
  for (const dispute of takeChanged(index, 'dispute', unposted.disputes).map(
    (id) => disputes[id],
  )) {
    if (dispute === undefined || !isOurs(starter.ledger, dispute)) continue;
    const { disputeId, amountMinor, status } = dispute;
    keep(starter, 'chargeback', { reference: disputeId, amountMinor, isTrue: status === 'lost' });
  }
}

function isOurs(ledger: Ledger, { currency, paymentId }: Refund | Dispute): boolean {
  return currency === ledger.terms.currency && wasCaptured(ledger, paymentId);
}

/** What may become true and untrue again, by arbitration or a bank's mistake, is posted as often. */
function keep(
  starter: EffectStarter,
  kind: 'discount' | 'refund' | 'chargeback' | 'write_off',
  entry: { reference: string; amountMinor: number; isTrue: boolean },
): void {
  const { reference, amountMinor, isTrue } = entry;
  const reversal = `${kind}_reversed` as const;
  const posted = timesPosted(starter, kind, reference);
  const takenBack = timesPosted(starter, reversal, reference);
  if (isTrue && posted === takenBack) post(starter, kind, reference, amountMinor, posted);
  if (!isTrue && posted > takenBack) post(starter, reversal, reference, amountMinor, takenBack);
}

function timesPosted(starter: EffectStarter, kind: PostingKind, reference: string): number {
  let times = 0;
  while (starter.ledger.effects[postingKey(starter, kind, reference, times)] !== undefined)
    times += 1;
  return times;
}

function post(
  starter: EffectStarter,
  kind: PostingKind,
  reference: string,
  amountMinor: number,
  timesBefore = 0,
): void {
  const key = postingKey(starter, kind, reference, timesBefore);
  const { currency } = starter.ledger.terms;
  starter.start({ effect: 'post_ledger', key, kind, reference, amountMinor, currency });
}

function postingKey(
  starter: EffectStarter,
  kind: PostingKind,
  reference: string,
  timesBefore: number,
): string {
  const cause = `${kind}-${reference}`;
  return keyFor(starter, 'post_ledger', timesBefore === 0 ? cause : `${cause}.${timesBefore + 1}`);
}

/** A credit note corrects an invoice; where none was issued there is nothing to correct. */
export function correctInvoices(starter: EffectStarter): void {
  const { ledger } = starter;
  const { refunds } = ledger;
  const { epoch } = earnedOf(ledger);
  if (epoch === 0) return;
  const index = indexOf(ledger);
  for (const refund of takeChanged(index, 'refund', index.uncredited).map((id) => refunds[id])) {
    if (refund?.status !== 'succeeded' || !isOurs(ledger, refund)) continue;
    const { refundId, amountMinor } = refund;
    starter.start({
      effect: 'issue_credit_note',
      key: keyFor(starter, 'issue_credit_note', refundId),
      refundId,
      amountMinor,
      after: keyFor(starter, 'issue_invoice', epoch),
    });
  }
}
