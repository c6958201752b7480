/**
 * What either answer to a manual review does, in words for the person who gives it. It only describes:
 * the domain's review decisions do it, and what is not named here is noted and changes nothing.
 */
import type { ReviewReason } from '../../domain/reviews/reasons.ts';

interface Advice {
  approve: string;
  reject: string;
}

const NOTED = 'noted, nothing changes';
const GIVE_BACK = 'A manual refund that is recorded ends it.';

const VOIDED_AGAIN: Advice = { approve: NOTED, reject: 'the gateway is asked to void it again' };
const EXCESS: Advice = { approve: 'the excess is kept', reject: 'the excess is refunded' };
const REFUND_ANEW: Advice = { approve: 'it is refunded anew', reject: NOTED };

const ADVICE: Partial<Record<ReviewReason, Advice>> = {
  paid_after_cancel: {
    approve: 'the cancellation is lifted and the money counts',
    reject: 'the money is refunded',
  },
  captured_after_refund: {
    approve: 'the order is open again and the money counts',
    reject: 'the money is refunded',
  },
  overpaid: EXCESS,
  double_payment: EXCESS,
  amount_mismatch: {
    approve:
      'it is captured, up to what is outstanding; where the shop captures by hand, it may be captured',
    reject: 'it is voided',
  },
  capture_refused: {
    approve: 'it is captured again, up to what is outstanding',
    reject: 'it is voided',
  },
  authorization_expiring: {
    approve: 'it is captured, up to what is outstanding',
    reject: 'it is voided',
  },
  currency_mismatch: { approve: NOTED, reject: 'the foreign money is refunded' },
  capture_reversed: { approve: 'access is revoked, unless paid again', reject: 'access stays' },
  authorized_after_cancel: VOIDED_AGAIN,
  authorized_after_refund: VOIDED_AGAIN,
  cancel_diverged: VOIDED_AGAIN,
  partial_expired: {
    approve: 'the customer gets as long again to pay the rest',
    reject: 'the order is cancelled and what was paid is refunded',
  },
  key_expired: { approve: 'the call counts as never made', reject: NOTED },
  refund_failed: REFUND_ANEW,
  refund_reversed: REFUND_ANEW,
  dispute_flip: { approve: 'the order no longer counts as refunded', reject: NOTED },
};

export function adviceFor(reason: ReviewReason): string {
  const { approve, reject } = ADVICE[reason] ?? { approve: NOTED, reject: NOTED };
  const decision = `Approve: ${approve}. Reject: ${reject}.`;
  return reason === 'refund_by_hand' ? `${GIVE_BACK} ${decision}` : decision;
}
