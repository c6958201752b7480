/**
 * Disputes: a bank opens one over captured money and decides it, at once or later.
 * A dispute never touches captures or refunds; what a lost one means is the merchant's ledger.
 */

import { newId } from './ids.ts';
import { amountCapturedMinor, type Dispute, type Payment } from './payment.ts';
import { changed, type PaymentEvent, refused, UNCHANGED, type Verdict } from './verdict.ts';

type Outcome = 'won' | 'lost';

const disputeEvent = ({ id, status, amountMinor, respondBy }: Dispute): PaymentEvent => ({
  type: `dispute.${status}`,
  amountMinor,
  disputeId: id,
  ...(respondBy === undefined ? {} : { respondBy }),
});

const open = (payment: Payment, respondBy: string): Dispute => ({
  id: newId('sbx_dis'),
  status: 'opened',
  amountMinor: amountCapturedMinor(payment),
  respondBy,
});

/** What is decided awaits no answer. */
function decide({ respondBy: _, ...dispute }: Dispute, status: Outcome): Dispute {
  return { ...dispute, status };
}

/** Decides the open dispute, or opens one that may be answered until then (and decides it, when an outcome is named). */
export function dispute(payment: Payment, respondBy: string, outcome?: Outcome): Verdict {
  const last = payment.disputes.at(-1);
  const isRepeat = last !== undefined && last.status === (outcome ?? 'opened');
  if (isRepeat) return UNCHANGED;
  if (last?.status === 'opened' && outcome !== undefined) {
    const decided = decide(last, outcome);
    const disputes = [...payment.disputes.slice(0, -1), decided];
    return changed({ ...payment, disputes }, disputeEvent(decided));
  }
  if (amountCapturedMinor(payment) === 0) {
    return refused(409, 'payment_not_captured', `Payment ${payment.id} has nothing to dispute.`);
  }
  const opened = open(payment, respondBy);
  const settled = outcome === undefined ? opened : decide(opened, outcome);
  const events = outcome === undefined ? [opened] : [opened, settled];
  return changed(
    { ...payment, disputes: [...payment.disputes, settled] },
    ...events.map(disputeEvent),
  );
}
