/** Lives that are one step away from another outcome: each shows on which side of a condition it is. */
import type { FactEvent } from '../../src/domain/events.ts';
import type { OrderTerms } from '../../src/domain/order.ts';
import {
  cancel,
  captured,
  captureReversed,
  command,
  created,
  decide,
  denied,
  dispute,
  done,
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
  unanswered,
  verify,
  voidAnswered,
} from './order-events.ts';
import { another, EXPIRED, IN } from './order-states.ts';
import {
  AUTHORIZED,
  FOREIGN,
  failedFor,
  from,
  HOUR_MS,
  type Life,
  life,
  MISMATCHED,
  oldLife,
  PARTS,
  refundOf,
  refusedWith,
  SYNC,
} from './timeline-lives.ts';

/** Of gateways where a void is only a note. */
const VOIDS_NOTHING = { voidsWhenFailed: undefined } as unknown as Partial<OrderTerms>;
const KEY_REFUSED = failedFor('create_payment', 1, { code: 'gateway_misconfigured' });

const ALL_DONE = [
  ...IN.paid,
  done('post_ledger', 'capture-cap_1'),
  done('grant_access', 1),
  done('issue_invoice', 1),
  done('update_crm', 'paid-1'),
];

function inDollars(event: FactEvent): FactEvent {
  return { ...event, fact: { ...event.fact, currency: 'USD' } };
}

export const EDGES: Record<string, Life> = {
  'of before rules 1, an order whose payment is open is cancelled': oldLife(IN.pending, cancel()),
  'of before rules 1, a void is answered as failed': oldLife(
    [...AUTHORIZED, cancel()],
    voidAnswered(snapshot('failed')),
    later(reached('poll'), 1),
  ),
  'of before rules 1, a void is answered as authorized': oldLife(
    [...AUTHORIZED, cancel()],
    voidAnswered(snapshot('authorized')),
    later(reached('poll'), 1),
  ),
  'of before rules 1, the void of a surplus payment is answered as authorized': oldLife(
    [...AUTHORIZED, ...another(), payment('authorized', 'pay_2')],
    voidAnswered(snapshot('authorized', 'pay_2')),
    later(reached('poll'), 1),
  ),
  'a void that is answered as failed after the payment was captured': life(
    [...IN.pending, cancel(), captured()],
    voidAnswered(snapshot('failed')),
    refundRequest(),
  ),
  'a void whose answer says that nothing has changed': life(
    [...IN.failed, cancel()],
    voidAnswered(snapshot('created')),
    later(reached('poll'), 1),
  ),
  'an order that has expired at a gateway that voids nothing': {
    terms: VOIDS_NOTHING,
    before: IN.pending,
    now: [reached('expiry'), told(snapshot('created')), later(reached('poll'), 48)],
  },
  'a failed order at a gateway that voids nothing expires': {
    terms: VOIDS_NOTHING,
    before: IN.failed,
    now: [reached('expiry')],
  },
  'a second capture of a cancelled order whose first went back, approved': life(
    [...IN.cancelled, captured(), refund('succeeded'), captured(100, 'cap_2')],
    decide('approve', 'paid_after_cancel'),
  ),
  'a payment of another installation that is told again beside a change of our own': life(
    [...IN.pending, SYNC, told(snapshot('captured', 'pay_9', FOREIGN))],
    command({ type: 'sync' }, 'second'),
    told(snapshot('authorized'), snapshot('captured', 'pay_9', FOREIGN)),
  ),
  'a payment of ours of which the gateway names another order': life(
    [...IN.pending, SYNC],
    told(snapshot('captured', 'pay_1', { orderId: 'ord_2' })),
  ),
  'two payments attached, of which the gateway does not know one': life(
    [
      ...IN.pending,
      command({ type: 'attach', paymentId: 'pay_7' }, 'attach-7'),
      command({ type: 'attach', paymentId: 'pay_8' }, 'attach-8'),
    ],
    denied('pay_7'),
    told(snapshot('captured', 'pay_8', FOREIGN)),
    denied('pay_7', 'pay_8'),
    told(snapshot('captured', 'pay_8', FOREIGN)),
  ),
  'a click a day after a key was refused, which is refused again': life(
    [pay(), KEY_REFUSED],
    later(pay(2), 22),
    KEY_REFUSED,
    later(pay(3), 23),
  ),
  'a click while a cancel waits for the void of what failed': life(
    [...IN.failed, cancel()],
    pay(2),
  ),
  'a click while a cancel waits for the void of a payment that no click made': life(
    [...another(), cancel()],
    pay(),
  ),
  'a click on an open payment while the gateway refuses the key': life(
    [
      ...IN.pending,
      SYNC,
      (ledger) =>
        ({
          ...failedFor('fetch_payments', ledger.inquiry.generation),
          code: 'gateway_misconfigured',
        }) as never,
    ],
    pay(2),
  ),
  'a payment captured in another currency only, of which a refund is told': life(
    IN.pending,
    payment('captured', 'pay_1', { currency: 'USD' }),
    refund('succeeded', 30),
  ),
  'a payment that was gone and is told as failed': life(
    [...IN.pending, reached('poll'), denied('pay_1'), later(reached('poll'), 1)],
    told(snapshot('failed')),
  ),
  'a payment that expired and is told as authorized by a webhook and by a sync': life(
    [...IN.pending, payment('expired')],
    payment('authorized'),
    told(snapshot('authorized')),
  ),
  'a payment whose void was refused comes back and is voided after all': life(
    [...AUTHORIZED, cancel(), refusedWith('void_payment', 'pay_1', {}), payment('expired'), SYNC],
    told(snapshot('expired')),
    command({ type: 'sync' }, 'second'),
    told(snapshot('authorized')),
    cancel('again'),
  ),
  'a payment whose void was refused comes back, and another one pays': life(
    [
      ...AUTHORIZED,
      ...another(),
      cancel(),
      refusedWith('void_payment', 'pay_1', {}),
      payment('expired'),
      SYNC,
      told(snapshot('expired')),
      command({ type: 'sync' }, 'second'),
      told(snapshot('authorized')),
    ],
    captured(100, 'cap_2', 'pay_2'),
  ),
  'a payment that is being voided fails, and comes back': life(
    [...EXPIRED, unanswered('void_payment', 'pay_1'), payment('failed'), SYNC],
    told(snapshot('pending')),
    later(reached('poll'), 25),
  ),
  'a further part of an order that expired partly paid, and all of it goes back': life(
    [...IN.partially_paid, ...another(), reached('expiry'), captured(10, 'cap_2')],
    captureReversed(40),
    captureReversed(10, 'cap_2'),
  ),
  'silence about the last sync of an order that has nothing open': life(
    [...ALL_DONE, reached('settlement', TERMS.createdAt + 241 * HOUR_MS)],
    (ledger) => later(silence(ledger), 241),
  ),
  'silence about any other sync of an order that soon closes': {
    terms: { settlementWindowMs: 60_000 },
    before: [...ALL_DONE, SYNC],
    now: [silence],
  },
  'a payment whose capture was refused, and which ends while the gateway is asked': life(
    [...AUTHORIZED, refused('capture_payment', 'pay_1'), payment('expired')],
    told(snapshot('expired')),
    SYNC,
    told(snapshot('expired')),
  ),
  'a capture that was refused of a payment that was authorized while the gateway was asked': life(
    [...IN.pending, verify('pay_1'), payment('authorized'), refused('capture_payment', 'pay_1')],
    told(snapshot('authorized')),
    told(snapshot('authorized')),
  ),
  'a webhook that says that something changed of an order that nobody has tried to pay': life(
    [],
    from(verify(undefined, 'changed'), 'webhook'),
  ),
  'a sync that finds a capture, and a verify that came after it': life(
    [...IN.pending, SYNC, verify()],
    told(snapshot('captured')),
  ),
  'a refund over two payments, of which the last is refused': life(
    [...PARTS, refundRequest(null, 'key_1'), refundAnswered('ref_1', 40)],
    refusedWith('refund_payment', 'key_1.2', { code: 'balance_insufficient' }),
  ),
  'a refund over two payments, of which one is not answered': life(
    [
      ...PARTS,
      refundRequest(null, 'key_1'),
      refundAnswered('ref_1', 40),
      failedFor('refund_payment', 'key_1.2'),
    ],
    refundRequest(null, 'key_1', 'again'),
    refundRequest(null, 'key_1.2', 'by-the-key-of-a-part'),
  ),
  'a refund over two payments, of which one is refused and one given up': life(
    [
      ...PARTS,
      refundRequest(null, 'key_1'),
      refusedWith('refund_payment', 'key_1', { code: 'balance_insufficient' }),
      failedFor('refund_payment', 'key_1.2'),
      later(reached('poll'), 24),
      decide('approve', 'key_expired'),
    ],
    refundRequest(null, 'key_1', 'again'),
  ),
  'a refund of which the gateway knows more than the order, while another caller waits': life(
    [
      ...IN.paid,
      refundRequest(30),
      failedFor('refund_payment', 'key_1'),
      { ...reached('poll'), at: TERMS.createdAt + HOUR_MS },
      refundRequest(40, 'key_2'),
    ],
    refusedWith('refund_payment', 'key_1', { code: 'already_refunded', isOutdated: true }),
  ),
  'a part of a cancelled order is approved, which is cancelled again while a payment is held': life(
    [
      ...IN.cancelled,
      ...another(),
      payment('authorized', 'pay_2'),
      refusedWith('void_payment', 'pay_2', {}),
      captured(40),
      decide('approve', 'paid_after_cancel'),
      cancel('again'),
    ],
    decide('reject', 'authorized_after_cancel'),
  ),
  'a part of an expired order is not sent back while it is disputed': life(
    [...IN.partially_paid, reached('expiry'), dispute('opened', 10)],
    decide('reject', 'partial_expired'),
  ),
  'an order that expired partly paid gets more time, and its part goes back': life(
    [...IN.partially_paid, ...another(), reached('expiry'), decide('approve', 'partial_expired')],
    captureReversed(40),
  ),
  'an order that expired partly paid is cancelled': life(
    [...IN.partially_paid, reached('expiry')],
    cancel(),
  ),
  'the excess of an order of which only one payment says who made it': life(
    [
      ...IN.paid,
      verify('pay_2'),
      told(snapshot('created', 'pay_2', { installation: 'ours' })),
      captured(100, 'cap_2', 'pay_2'),
    ],
    decide('reject', 'double_payment'),
  ),
  'a mismatched payment is approved, of which another has ended': life(
    [
      ...MISMATCHED,
      verify('pay_3'),
      told(snapshot('authorized', 'pay_3', { amountMinor: 60 })),
      payment('expired', 'pay_3'),
    ],
    decide('approve', 'amount_mismatch'),
  ),
  'a mismatched payment is rejected while another one is captured': life(
    [...AUTHORIZED, verify('pay_2'), told(snapshot('authorized', 'pay_2', { amountMinor: 70 }))],
    decide('reject', 'amount_mismatch'),
  ),
  'one of two lost refunds is given up': life(
    [
      ...IN.paid,
      refundRequest(30),
      failedFor('refund_payment', 'key_1'),
      later(refundRequest(20, 'key_2'), 20),
      failedFor('refund_payment', 'key_2'),
      later(reached('poll'), 0),
      decide('approve', 'key_expired'),
    ],
    refundRequest(30, 'key_1', 'again'),
    refundRequest(20, 'key_2', 'again-2'),
  ),
  'a lost refund is given up after a webhook has told of it': life(
    [
      ...IN.paid,
      refundRequest(30),
      failedFor('refund_payment', 'key_1'),
      later(reached('poll'), 0),
      refund('succeeded', 30),
      decide('approve', 'key_expired'),
    ],
    refundRequest(30, 'key_1', 'again'),
  ),
  'a payment whose capture was refused ends by itself': life(
    [
      ...AUTHORIZED,
      refused('capture_payment', 'pay_1'),
      told(snapshot('authorized')),
      SYNC,
      told(snapshot('authorized')),
    ],
    payment('expired'),
  ),
  'a payment that is authorized after the refund, and whose void is refused, expires': life(
    [
      ...IN.refunded,
      ...another(),
      payment('authorized', 'pay_2'),
      refusedWith('void_payment', 'pay_2', {}),
    ],
    payment('expired', 'pay_2'),
  ),
  'two refunds that had failed and are told as succeeded, of which the gateway confirms one': life(
    [
      ...IN.paid,
      refund('failed', 30, 'ref_1'),
      refund('failed', 20, 'ref_2'),
      refund('succeeded', 30, 'ref_1'),
      refund('succeeded', 20, 'ref_2'),
    ],
    told(snapshot('captured', 'pay_1', { refunds: [refundOf('succeeded', 'ref_1', 30)] })),
  ),
  'two disputes of payments without a capture, of which one arrives': life(
    [...IN.pending, ...another(), dispute('opened', 10), dispute('opened', 10, 'dsp_2', 'pay_2')],
    captured(40),
  ),
  'refunds and disputes that an answer names in another order': life(
    [
      ...IN.paid,
      refund('pending', 30, 'ref_1'),
      refund('pending', 20, 'ref_2'),
      dispute('opened', 10, 'dsp_1'),
      dispute('opened', 5, 'dsp_2'),
      SYNC,
    ],
    told(
      snapshot('captured', 'pay_1', {
        refunds: [refundOf('succeeded', 'ref_2', 20), refundOf('succeeded', 'ref_1', 30)],
        disputes: [
          { disputeId: 'dsp_2', amountMinor: 5, status: 'lost' },
          { disputeId: 'dsp_1', amountMinor: 10, status: 'lost' },
        ],
      }),
    ),
  ),
  'what is left while a refund is pending': life(
    [...IN.paid, refund('pending', 30)],
    refundRequest(),
  ),
  'what is left after a dispute in another currency was lost': life(
    [...IN.paid, inDollars(dispute('lost', 60))],
    refundRequest(),
  ),
  'what is left while money in another currency is sent back': life(
    [
      ...IN.paid,
      ...another(),
      payment('captured', 'pay_2', { currency: 'USD' }),
      decide('reject', 'currency_mismatch'),
    ],
    refundRequest(),
  ),
  'what is left of two payments after a dispute of one was lost': life(
    [...PARTS, dispute('lost', 40)],
    refundRequest(),
  ),
  'a fee and a discount of one of two payments': life(
    [...PARTS, SYNC],
    told(
      snapshot('captured', 'pay_2', {
        captures: [{ captureId: 'cap_2', amountMinor: 60, reversed: false, feeMinor: 3 }],
        discountMinor: 10,
      }),
    ),
    captureReversed(60, 'cap_2', 'pay_2'),
  ),
  'a refund of a payment of which only a reversal has arrived': life(
    [...IN.pending, captureReversed()],
    refund('succeeded', 30),
  ),
  'an update of the CRM that is tried again after a later one': life(
    [
      ...IN.paid,
      refusedWith('update_crm', 'paid-1', {}),
      refund('succeeded'),
      command({ type: 'retry', key: 'ord_1:update_crm:paid-1' }),
      captured(100, 'cap_2'),
    ],
    decide('approve', 'captured_after_refund'),
  ),
  'a refund that a person gave up, asked for again': life(
    [
      ...IN.paid,
      refundRequest(30),
      failedFor('refund_payment', 'key_1'),
      later(reached('poll'), 1),
      failedFor('refund_payment', 'key_1'),
      later(reached('poll'), 24),
      decide('approve', 'key_expired'),
    ],
    refundRequest(30, 'key_1', 'again'),
  ),
  'a capture that came late and only in part': life(EXPIRED, captured(40)),
  'a capture of a partly paid order that has failed payments': life(
    [...IN.partially_paid, pay(2), created('pay_2', 2), payment('failed', 'pay_2')],
    captured(60, 'cap_2', 'pay_2'),
  ),
  'a dispute that was lost, told as an inquiry and as won': life(
    [...IN.paid, dispute('lost', 60)],
    dispute('inquiry', 60),
    dispute('won', 60),
    told(
      snapshot('captured', 'pay_1', {
        disputes: [{ disputeId: 'dsp_1', amountMinor: 60, status: 'lost' }],
      }),
    ),
  ),
  'a refund that had failed and is told as reversed': life(
    [...IN.paid, refund('failed', 30)],
    refund('reversed', 30),
  ),
  'three equal refunds, of which one was laid to the wrong request': life(
    [
      ...IN.paid,
      refundRequest(30, 'key_1'),
      refundRequest(30, 'key_2'),
      refundRequest(30, 'key_3'),
      refund('succeeded', 30, 'ref_1'),
      refundAnswered('ref_1', 30, { requestKey: 'key_2' }),
    ],
    refund('succeeded', 30, 'ref_2'),
  ),
  'a refund of a payment that was not known, told as failed and then as succeeded': life(
    [
      ...IN.pending,
      refund('failed', 30, 'ref_9', 'pay_8'),
      refund('succeeded', 30, 'ref_9', 'pay_8'),
    ],
    told(snapshot('created'), snapshot('captured', 'pay_8')),
  ),
  'a void whose answer says that what was pending is only open': life(
    [...IN.pending, payment('pending'), SYNC, told(snapshot('pending')), cancel()],
    voidAnswered(snapshot('created')),
  ),
  'a refund that was reversed and is told as succeeded by a sync': life(
    [...IN.paid, refund('succeeded', 30), refund('reversed', 30), SYNC],
    told(snapshot('captured', 'pay_1', { refunds: [refundOf('succeeded')] })),
  ),
  'a refund that is told as reversed while it is pending': life(
    [...IN.paid, refund('pending', 30)],
    refund('failed', 30),
    refund('reversed', 30),
  ),
  'two refunds in one answer that together are more than was paid': life(
    [...IN.paid, SYNC],
    told(
      snapshot('captured', 'pay_1', {
        refunds: [refundOf('succeeded', 'ref_1', 60), refundOf('succeeded', 'ref_2', 60)],
      }),
    ),
  ),
  'a click a minute before an order expires, and one at that time': life(
    IN.failed,
    later(pay(2), 23.98),
    refusedWith('create_payment', 2, {}),
    { ...pay(3), at: TERMS.expiresAt },
  ),
  'a webhook that only says that something changed': life(
    IN.paid,
    from(verify('pay_1', 'changed'), 'webhook'),
    told(snapshot('captured')),
    from(verify(undefined, 'changed-again'), 'webhook'),
  ),
  'a capture that came back of two payments, of which one is open': life(
    [...IN.paid, ...another()],
    captureReversed(),
    captured(100, 'cap_2', 'pay_2'),
  ),
  'a refund of a payment whose call was lost, while a webhook tells of it': life(
    [...IN.paid, refundRequest(30), unanswered('refund_payment', 'key_1')],
    refund('succeeded', 30),
    later(reached('poll'), 1),
  ),
};
