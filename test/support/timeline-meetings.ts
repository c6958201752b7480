/** Lives in which two things meet that seldom do: each shows what no other life of an order shows. */
import type { PaymentSnapshot } from '../../src/domain/facts/facts.ts';
import {
  again,
  cancel,
  captured,
  captureReversed,
  command,
  created,
  denied,
  dispute,
  later,
  pay,
  payment,
  reached,
  refund,
  refundAnswered,
  refundRequest,
  refused,
  silence,
  snapshot,
  TERMS,
  told,
  verify,
  voidAnswered,
} from './order-events.ts';
import { another, IN } from './order-states.ts';
import {
  AUTHORIZED,
  DOUBLE,
  FOREIGN,
  HOUR_MS,
  held,
  type Life,
  life,
  PARTS,
  refundOf,
  refusedWith,
  SYNC,
} from './timeline-lives.ts';

export const MEETINGS: Record<string, Life> = {
  'a capture that the gateway names under a second payment': life(
    [...IN.paid, SYNC],
    told(
      snapshot('captured', 'pay_3', {
        captures: [{ captureId: 'cap_1', amountMinor: 100, reversed: false }],
      }),
    ),
  ),
  'an inquiry that is told after its dispute was lost': life(
    [...IN.paid, dispute('lost', 60)],
    dispute('inquiry', 60),
    dispute('opened', 60),
  ),
  'a refund that had failed and is told as pending': life(
    [...IN.paid, refund('failed', 30)],
    refund('pending', 30),
  ),
  'a payment that was gone and is authorized for more': life(
    [...IN.pending, reached('poll'), denied('pay_1'), later(reached('poll'), 1)],
    told(snapshot('authorized', 'pay_1', { amountMinor: 130 })),
  ),
  'an authorization that is delivered again after its payment was gone': life(
    [...AUTHORIZED, refusedWith('capture_payment', 'pay_1', { isGone: true })],
    again(payment('authorized')),
    again(payment('pending')),
  ),
  'a payment whose amount is another one before anybody has paid it': life(
    [...IN.pending, verify('pay_1')],
    told(snapshot('created')),
    verify('pay_1', 'second'),
    told(snapshot('created', 'pay_1', { amountMinor: 130 })),
  ),
  'an authorization of a payment that is being voided, after the capture that was enough came back':
    life(
      [...IN.pending, ...another(), captured(100, 'cap_2', 'pay_2')],
      captureReversed(100, 'cap_2', 'pay_2'),
      payment('authorized'),
    ),
  'two equal refunds, of which one is told twice': life(
    [...IN.paid, refundRequest(30, 'key_1'), refundRequest(30, 'key_2')],
    refund('pending', 30, 'ref_1'),
    refund('succeeded', 30, 'ref_1'),
    refundRequest(30, 'key_1', 'key_1-again'),
    refundRequest(30, 'key_2', 'key_2-again'),
    refundAnswered('ref_2', 30, { requestKey: 'key_2' }),
    refundAnswered('ref_1', 30, { requestKey: 'key_1' }),
  ),
  'a fee that an answer no longer names': life(
    [...IN.paid, SYNC],
    told(withFee(3)),
    command({ type: 'sync' }, 'second'),
    told(snapshot('captured')),
    command({ type: 'sync' }, 'third'),
    told(withFee(5)),
  ),
  'a fee of a capture in another currency': life(
    [...IN.pending, verify('pay_1')],
    told({ ...withFee(3), currency: 'USD' }),
  ),
  'a voucher whose time is no longer named': life(
    [...IN.pending, verify('pay_1')],
    told(snapshot('pending', 'pay_1', { expiresAt: TERMS.expiresAt + HOUR_MS })),
    verify('pay_1', 'second'),
    told(snapshot('pending')),
    verify('pay_1', 'third'),
    told(snapshot('pending', 'pay_1', { expiresAt: TERMS.expiresAt - HOUR_MS })),
  ),
  'a time to pay of what nobody has begun to pay': life(
    [...IN.pending, verify('pay_1')],
    told(snapshot('created', 'pay_1', { expiresAt: TERMS.expiresAt + HOUR_MS })),
  ),
  'a capture that came back and whose refund is told': life(
    [...IN.pending, verify('pay_1')],
    told(
      snapshot('created', 'pay_1', {
        captures: [{ captureId: 'cap_1', amountMinor: 100, reversed: true }],
        refunds: [refundOf('succeeded', 'ref_1', 100)],
      }),
    ),
  ),
  'a click on an order that is paid twice': life(DOUBLE, pay(9)),
  'a refund under the name of something that every object has': life(
    IN.paid,
    refundRequest(30, 'constructor'),
    refundRequest(30, '__proto__'),
  ),
  'a refund of nothing': life(IN.paid, refundRequest(0), refundRequest(-1, 'key_2')),
  'a refund over two payments, asked for again while one part is open': life(
    [...PARTS, refundRequest(null, 'key_1')],
    refundAnswered('ref_1', 40),
    refundRequest(null, 'key_1', 'while-open'),
    refundAnswered('ref_2', 60, { requestKey: 'key_1.2', paymentId: 'pay_2' }),
    refundRequest(null, 'key_1', 'afterwards'),
    refundRequest(100, 'key_1', 'afterwards-by-amount'),
    refundRequest(40, 'key_1', 'of-a-part'),
    refundRequest(40, 'key_1.2', 'by-the-key-of-a-part'),
  ),
  'a refund over two payments, of which one is refused': life(
    [...PARTS, refundRequest(null, 'key_1')],
    refusedWith('refund_payment', 'key_1', { code: 'balance_insufficient' }),
    refundRequest(null, 'key_1', 'while-open'),
    refundAnswered('ref_2', 60, { requestKey: 'key_1.2', paymentId: 'pay_2' }),
    refundRequest(null, 'key_1', 'afterwards'),
  ),
  'a refund over two payments, of which none is taken': life(
    [...PARTS, refundRequest(null, 'key_1')],
    refusedWith('refund_payment', 'key_1', { code: 'balance_insufficient' }),
    refusedWith('refund_payment', 'key_1.2', { code: 'refund_too_old' }),
    refundRequest(null, 'key_1', 'afterwards'),
  ),
  'two refunds that wait, of which one is answered': life(
    [...IN.paid, refundRequest(30, 'key_1'), refundRequest(40, 'key_2')],
    refundAnswered('ref_2', 40, { requestKey: 'key_2' }),
    refusedWith('refund_payment', 'key_1', { code: 'balance_insufficient' }),
  ),
  'a refund and a verify that wait for different answers': life(
    [...IN.paid, verify('pay_7'), refundRequest(30, 'key_1')],
    refundAnswered('ref_1', 30),
    denied('pay_7'),
  ),
  'a verify of a payment that came before any click': life(
    [verify('pay_2'), told(snapshot('created', 'pay_2'))],
    verify(),
    SYNC,
  ),
  'two payments that are told and not known, of which one stays unknown': life(
    [...IN.pending, held('pay_8', 'cap_8')],
    denied('pay_8'),
    held('pay_9', 'cap_9'),
    denied('pay_8', 'pay_9'),
    later(reached('poll'), 1),
    denied('pay_8', 'pay_9'),
    later(reached('poll'), 2),
    denied('pay_8', 'pay_9'),
    later(reached('poll'), 3),
    denied('pay_8', 'pay_9'),
  ),
  'two captures of a payment that is not known, told at different times': life(
    [...IN.pending, held('pay_8', 'cap_8')],
    denied('pay_8'),
    later(reached('poll'), 1),
    held('pay_8', 'cap_9'),
    denied('pay_8'),
    later(reached('poll'), 2),
    denied('pay_8'),
    later(reached('poll'), 3),
    denied('pay_8'),
  ),
  'a sync and a verify that wait for the same answer': life(
    [...IN.paid, SYNC, verify('pay_9')],
    told(snapshot('captured'), snapshot('created', 'pay_9', { orderId: 'ord_2' })),
  ),
  'a sync that finds an order of others and a payment of another installation': life(
    [
      ...IN.pending,
      SYNC,
      verify('pay_8', 'eight'),
      verify('pay_9', 'nine'),
      verify(undefined, 'any'),
    ],
    told(
      snapshot('captured', 'pay_8', { orderId: 'ord_2' }),
      snapshot('captured', 'pay_9', FOREIGN),
    ),
  ),
  'a cancel with words of its own waits': life(
    [...AUTHORIZED, command({ type: 'cancel', reason: 'no longer in stock' }, 'cancel-why')],
    cancel('cancel-again'),
    voidAnswered(snapshot('voided')),
  ),
  'a cancel whose void was answered as failed, and one that follows': life(
    [...IN.failed, cancel()],
    voidAnswered(snapshot('failed')),
    told(snapshot('failed')),
    cancel('cancel-again'),
    payment('pending'),
    later(reached('poll'), 1),
  ),
  'three payments attached, one of them twice, and one that turns out to be of another order': life(
    [
      ...IN.pending,
      command({ type: 'attach', paymentId: 'pay_7', note: 'ours' }, 'attach-7'),
      command({ type: 'attach', paymentId: 'pay_8', note: 'ours' }, 'attach-8'),
      command({ type: 'attach', paymentId: 'pay_7', note: 'ours' }, 'attach-7-again'),
    ],
    told(
      snapshot('captured', 'pay_7', FOREIGN),
      snapshot('captured', 'pay_8', { orderId: 'ord_2' }),
    ),
    command({ type: 'attach', paymentId: 'pay_9', note: 'ours' }, 'attach-9'),
    denied('pay_9'),
    told(snapshot('captured', 'pay_9', FOREIGN)),
  ),
  'silence about a sync that the settlement began': life(
    [...IN.paid, reached('settlement', TERMS.createdAt + 241 * HOUR_MS)],
    silence,
    pay(9),
  ),
  'silence about a sync while a click waits for its payment': life(
    [pay(), verify('pay_9'), SYNC],
    silence,
    created(),
  ),
  'a capture that was refused while the sync was on its way': life(
    [...AUTHORIZED, verify('pay_1'), refused('capture_payment', 'pay_1')],
    told(snapshot('authorized')),
    told(snapshot('authorized')),
    told(snapshot('captured')),
  ),
};

function withFee(feeMinor: number): PaymentSnapshot {
  return snapshot('captured', 'pay_1', {
    captures: [{ captureId: 'cap_1', amountMinor: 100, reversed: false, feeMinor }],
  });
}
