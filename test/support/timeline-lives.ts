/** What happens to orders beside the matrix, by a name in the words of the field. */
import type { Answer, Effect } from '../../src/domain/effects/effects.ts';
import { effectKey } from '../../src/domain/effects/effects.ts';
import type { DomainEvent, FactEvent, Refusal, Source } from '../../src/domain/events.ts';
import type { PaymentSnapshot, RefundSnapshot } from '../../src/domain/facts/facts.ts';
import type { OrderTerms } from '../../src/domain/order.ts';
import {
  again,
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
  webhook,
} from './order-events.ts';
import { another, EXPIRED, IN } from './order-states.ts';
import type { Happening } from './order-story.ts';

export interface Life {
  /** Where they differ from the terms of the other tests. */
  terms?: Partial<OrderTerms>;
  before: Happening[];
  now: Happening[];
}

export const HOUR_MS = 3_600_000;
const AT = pay().at;

export function life(before: Happening[], ...now: Happening[]): Life {
  return { before, now };
}

/** Of before rules had a number. */
export function oldLife(before: Happening[], ...now: Happening[]): Life {
  return { terms: { rules: 0 }, before, now };
}

export function from<E extends DomainEvent>(event: E, source: Source): E {
  return { ...event, source };
}

function at(event: DomainEvent, time: number): DomainEvent {
  return { ...event, at: time };
}

export function answered(
  call: Effect['effect'],
  cause: string | number,
  answer: Answer,
): DomainEvent {
  const key = effectKey(TERMS.orderId, call, cause);
  return { type: 'effect.answered', id: key, key, source: 'effect', at: AT, attempts: 2, answer };
}

export function refusedWith(
  call: Effect['effect'],
  cause: string | number,
  refusal: Partial<Refusal>,
): DomainEvent {
  return { ...refused(call, cause), ...refusal } as DomainEvent;
}

export function failedFor(
  call: Effect['effect'],
  cause: string | number,
  more: { attempts?: number; code?: 'gateway_misconfigured' } = {},
): DomainEvent {
  return { ...unanswered(call as 'create_payment', cause), ...more } as DomainEvent;
}

export function captureAnswered(taken: PaymentSnapshot): DomainEvent {
  return answered('capture_payment', taken.paymentId, { to: 'capture_payment', payment: taken });
}

export function refundOf(
  status: RefundSnapshot['status'],
  refundId = 'ref_1',
  amountMinor = 30,
): RefundSnapshot {
  return { refundId, paymentId: 'pay_1', amountMinor, currency: 'INR', status };
}

export function held(paymentId: string, captureId = 'cap_7'): FactEvent {
  return captured(100, captureId, paymentId);
}

export const PARTS: Happening[] = [
  ...IN.partially_paid,
  pay(2),
  created('pay_2', 2),
  captured(60, 'cap_2', 'pay_2'),
];
const PAID_AFTER_CANCEL: Happening[] = [...IN.cancelled, captured()];
export const MISMATCHED: Happening[] = [
  ...IN.failed,
  verify('pay_2'),
  told(snapshot('authorized', 'pay_2', { amountMinor: 70 })),
];
export const DOUBLE: Happening[] = [...IN.paid, ...another(), captured(100, 'cap_2', 'pay_2')];
export const SYNC = command({ type: 'sync' });
const LOOK = from(verify('pay_1', 'look'), 'webhook');
export const AUTHORIZED: Happening[] = [...IN.pending, payment('authorized')];
export const FOREIGN = { installation: 'other' } as const;
const OURS = { installation: 'ours' } as const;

/** The gateway has made the payment of an attempt, with our mark on it. */
function made(paymentId: string, attempt: number): DomainEvent {
  return answered('create_payment', attempt, {
    to: 'create_payment',
    payment: snapshot('created', paymentId, OURS),
    checkout: {},
  });
}

export const LIVES: Record<string, Life> = {
  'two clicks while the payment is being made share its answer': life(
    [],
    pay(1),
    pay(2),
    created(),
    pay(3),
  ),
  'a click whose answer is lost is open, and the gateway is asked again under its key': life(
    [],
    pay(1),
    unanswered('create_payment', 1),
    pay(2),
    told(),
    reached('poll', AT + 30_000),
    created(),
  ),
  'a click on a gateway that refuses the key waits for nobody, and the next one tries again': life(
    [],
    pay(1),
    failedFor('create_payment', 1, { code: 'gateway_misconfigured', attempts: 3 }),
    failedFor('create_payment', 1, { code: 'gateway_misconfigured' }),
    pay(2),
    failedFor('create_payment', 1),
    pay(3),
  ),
  'a key that is corrected a day later is not used again': life(
    [pay(1), failedFor('create_payment', 1, { code: 'gateway_misconfigured' })],
    later(pay(2), 22),
    later(pay(3), 24),
  ),
  'a declined payment may be tried again, one that nobody could make may not': life(
    [pay(1)],
    refusedWith('create_payment', 1, { code: 'card_declined' }),
    pay(2),
    refusedWith('create_payment', 2, { code: 'amount_too_small', isUnpayable: true }),
  ),
  'the twenty-first try is refused': life(
    Array.from({ length: 20 }, (_, i) => [pay(i), refused('create_payment', i + 1)]).flat(),
    pay(21),
  ),
  'a failed order takes no click after its time': life(
    IN.failed,
    at(pay(2), TERMS.expiresAt - 1),
    refused('create_payment', 2),
    at(pay(3), TERMS.expiresAt),
  ),
  'an order that failed by its expiry takes no click': life(EXPIRED, pay(2)),
  'an order whose cancel is under way takes no click': life([...IN.pending, cancel()], pay(2)),
  'the payment of a second attempt takes the place of the failed one': life(
    IN.failed,
    pay(2),
    created('pay_2', 2),
  ),
  'a second attempt gives way to an earlier payment that is on its way after all': life(
    [...IN.failed, pay(2)],
    created('pay_1', 2, 'pending'),
    told(snapshot('pending')),
  ),
  'a second attempt that the gateway answers with the failed payment is open': life(
    [...IN.failed, pay(2)],
    created('pay_1', 2, 'failed'),
  ),
  'of before rules 1, a second attempt is open with an earlier payment': oldLife(
    [...IN.failed, pay(2)],
    created('pay_1', 2, 'pending'),
  ),
  'a payment that is made when the order is paid already is voided': life(
    [...IN.failed, pay(2), captured()],
    created('pay_2', 2),
  ),
  'a payment that is made when the order is paid already, and is over itself, is not voided': life(
    [...IN.failed, pay(2), captured()],
    created('pay_2', 2, 'failed'),
  ),
  'a payment that is made when the order was cancelled is voided': life(
    [pay(), cancel()],
    created(),
    voidAnswered(snapshot('voided')),
  ),
  'an effect is done once, and its answer again changes nothing': life(
    IN.paid,
    done('grant_access', 1),
    done('grant_access', 1),
    done('issue_invoice', 1),
  ),
  'an effect that was refused is for a person, and may be tried again': life(
    IN.paid,
    refusedWith('issue_invoice', 1, { code: 'no_seller' }),
    command({ type: 'retry', key: 'ord_1:issue_invoice:1' }),
    done('issue_invoice', 1),
    command({ type: 'retry', key: 'ord_1:issue_invoice:1' }, 'retry-2'),
    command({ type: 'retry', key: 'toString' }, 'retry-3'),
  ),
  'an effect that is not answered is for a person': life(
    IN.paid,
    failedFor('grant_access', 1, { attempts: 7 }),
    failedFor('issue_invoice', 1),
    command({ type: 'retry', key: 'ord_1:grant_access:1' }),
    failedFor('grant_access', 1, { attempts: 2 }),
    command({ type: 'retry', key: 'ord_1:grant_access:1' }, 'retry-2'),
    done('grant_access', 1),
    command({ type: 'retry', key: 'ord_1:issue_invoice:1' }, 'retry-4'),
    done('issue_invoice', 1),
  ),
  'the CRM is told one thing after another': life(
    [],
    ...IN.paid,
    refund('succeeded'),
    answered('update_crm', 'paid-1', { to: 'void_payment', payment: snapshot('voided') }),
    answered('grant_access', 1, { to: 'void_payment', payment: snapshot('voided') }),
    answered('issue_invoice', 1, { to: 'void_payment', payment: snapshot('voided') }),
  ),
  'an authorization is captured once': life(
    IN.pending,
    payment('authorized'),
    again(payment('authorized')),
    captureAnswered(snapshot('captured')),
    captured(),
  ),
  'a capture whose answer is lost is asked for again under its key': life(
    [...AUTHORIZED, unanswered('capture_payment', 'pay_1')],
    reached('poll', AT + 30_000),
  ),
  'a capture that the gateway refuses is looked into, and then is for a person': life(
    AUTHORIZED,
    refusedWith('capture_payment', 'pay_1', { code: 'limit' }),
    told(snapshot('authorized')),
    decide('approve', 'capture_refused'),
    refusedWith('capture_payment', 'pay_1.2', { code: 'limit' }),
    told(snapshot('authorized')),
    decide('reject', 'capture_refused'),
    answered('void_payment', 'pay_1.3', { to: 'void_payment', payment: snapshot('voided') }),
  ),
  'a capture that the gateway refuses because it no longer knows the payment': life(
    AUTHORIZED,
    refusedWith('capture_payment', 'pay_1', { isGone: true }),
  ),
  'a capture that is refused when the payment has ended': life(
    [...AUTHORIZED, captured()],
    refusedWith('capture_payment', 'pay_1', { isGone: true }),
  ),
  'of before rules 1, a refused capture is looked into': oldLife(
    AUTHORIZED,
    refused('capture_payment', 'pay_1'),
    told(snapshot('authorized')),
  ),
  'an authorization for another amount is captured when a person says so': life(
    MISMATCHED,
    decide('approve', 'amount_mismatch'),
    captured(70, 'cap_2', 'pay_2'),
  ),
  'an authorization for another amount is voided when a person says so': life(
    MISMATCHED,
    decide('reject', 'amount_mismatch'),
    voidAnswered(snapshot('voided', 'pay_2')),
  ),
  'two authorizations for other amounts are captured for what is outstanding': life(
    [
      ...MISMATCHED,
      verify('pay_3'),
      told(snapshot('authorized', 'pay_3', { amountMinor: 50 })),
      verify('pay_4'),
      told(snapshot('authorized', 'pay_4', { amountMinor: 20 })),
    ],
    decide('approve', 'amount_mismatch'),
  ),
  'an authorization in another currency is never captured': life(
    [verify('pay_2'), told(snapshot('authorized', 'pay_2', { currency: 'USD' }))],
    decide('approve', 'amount_mismatch'),
  ),
  'a lost void is asked for again under its key': life(
    [...IN.pending, cancel(), unanswered('void_payment', 'pay_1')],
    reached('poll', AT + 30_000),
    told(snapshot('created')),
    voidAnswered(snapshot('voided')),
  ),
  'a cancel says why, with and without the gateway': life(
    [],
    command({ type: 'cancel', reason: 'out of stock' }),
    command({ type: 'cancel', reason: 'once more' }, 'cancel-2'),
  ),
  'a cancel that waits says why': life(
    IN.pending,
    command({ type: 'cancel', reason: 'out of stock' }),
    command({ type: 'cancel' }, 'cancel-2'),
    unanswered('void_payment', 'pay_1'),
    command({ type: 'cancel', reason: 'still' }, 'cancel-3'),
    reached('poll', AT + 30_000),
    voidAnswered(snapshot('voided')),
  ),
  'a cancel that lost to a capture is told that the order is paid': life(
    [...IN.pending, cancel(), cancel('cancel-2')],
    captured(),
  ),
  'a cancel that lost to a part of the money is told that the order is paid': life(
    [...IN.pending, cancel()],
    captured(40),
  ),
  'a cancel whose void is refused is told what came instead': life(
    [...IN.pending, cancel()],
    refusedWith('void_payment', 'pay_1', { code: 'processing' }),
    told(snapshot('pending')),
  ),
  'a cancel whose void finds no payment': life(
    [...IN.pending, cancel()],
    refusedWith('void_payment', 'pay_1', { isGone: true }),
  ),
  'a void that is refused when the payment is paid': life(
    [...IN.pending, cancel(), captured()],
    refusedWith('void_payment', 'pay_1', { isGone: true }),
  ),
  'a cancel of a partly paid order sends the part back': life(
    IN.partially_paid,
    cancel(),
    refundAnswered('ref_1', 40, { requestKey: 'cancel' }),
  ),
  'a cancel of a partly paid order with an open payment voids and sends back': life(
    [...IN.partially_paid, pay(2), created('pay_2', 2)],
    cancel(),
    voidAnswered(snapshot('voided', 'pay_2')),
  ),
  'a part that a bank may take back is for a person when the order is cancelled': life(
    [...IN.partially_paid, pay(2), created('pay_2', 2), cancel(), dispute('opened', 10)],
    voidAnswered(snapshot('voided', 'pay_2')),
  ),
  'a failed order with a payment that can be tried again is cancelled when that is void': life(
    IN.failed,
    cancel(),
    voidAnswered(snapshot('failed')),
  ),
  'of before rules 1, a partly paid order cannot be cancelled': oldLife(
    IN.partially_paid,
    cancel(),
  ),
  'of before rules 1, a failed order is cancelled without its gateway': oldLife(
    IN.failed,
    cancel(),
    voidAnswered(snapshot('failed')),
  ),
  'of before rules 1, a paid order leaves other payments open': oldLife(
    [...IN.pending],
    ...another(),
    captured(),
  ),
  'a cancelled order voids what is adopted': life(
    IN.cancelled,
    verify('pay_2'),
    told(snapshot('pending', 'pay_2')),
    voidAnswered(snapshot('voided', 'pay_2')),
  ),
  'money after a cancel is kept when a person approves': life(
    PAID_AFTER_CANCEL,
    decide('approve', 'paid_after_cancel'),
    decide('approve', 'paid_after_cancel', 'again'),
    decide('reject', 'paid_after_cancel', 'other'),
  ),
  'money after a cancel goes back when a person rejects': life(
    PAID_AFTER_CANCEL,
    decide('reject', 'paid_after_cancel'),
    answered('refund_payment', 'review:rev_1', {
      to: 'refund_payment',
      refund: refundOf('succeeded', 'ref_1', 100),
    }),
  ),
  'a decision on what has changed since is stale': life(
    PAID_AFTER_CANCEL,
    command({ type: 'review', reviewId: 'rev_1', decision: 'approve', version: 1, note: '' }),
    captured(20, 'cap_3'),
    decide('approve', 'paid_after_cancel'),
  ),
  'money after a refund goes back, or is kept': life(
    [...IN.refunded, ...another(), captured(100, 'cap_2', 'pay_2')],
    decide('approve', 'captured_after_refund'),
  ),
  'money after a refund is sent back when a person rejects': life(
    [...IN.refunded, ...another(), captured(100, 'cap_2', 'pay_2')],
    decide('reject', 'captured_after_refund'),
  ),
  'a double payment is sent back, the one of no attempt first': life(
    DOUBLE,
    decide('reject', 'double_payment'),
    refundAnswered('ref_1', 100, { requestKey: 'review:rev_1', paymentId: 'pay_2' }),
  ),
  'a double payment of two attempts is sent back, the later one first': life(
    [...IN.failed, pay(2), created('pay_2', 2), captured(100, 'cap_2', 'pay_2'), captured()],
    decide('reject', 'double_payment'),
  ),
  'a double payment may be kept': life(DOUBLE, decide('approve', 'double_payment')),
  'what was paid too much is sent back': life(
    [...IN.pending, captured(130)],
    decide('reject', 'overpaid'),
    decide('reject', 'overpaid', 'again'),
  ),
  'what was paid too much has gone back already': life(
    [...IN.pending, captured(130), refund('succeeded', 30)],
    decide('reject', 'overpaid'),
  ),
  'a reversal takes access, when a person says so': life(
    [...IN.paid, captureReversed()],
    decide('approve', 'capture_reversed'),
  ),
  'a reversal of a part leaves the rest': life(
    IN.paid,
    captureReversed(40),
    captured(100, 'cap_2'),
  ),
  'a reversal of more than the capture takes the capture': life(
    [...IN.pending, captured(40)],
    captureReversed(60),
  ),
  'a reversal that comes first meets its capture': life(
    IN.pending,
    captureReversed(30),
    captured(100),
    again(captureReversed(30)),
  ),
  'a refused refund is tried anew when a person says so': life(
    [...IN.paid, refundRequest(60)],
    refusedWith('refund_payment', 'key_1', { code: 'no_balance' }),
    refundRequest(60, 'key_1', 'asked-again'),
    decide('approve', 'refund_failed'),
    refundAnswered('ref_2', 60, { requestKey: 'review:rev_1' }),
  ),
  'a refund that fails at the bank is tried anew when a person says so': life(
    [...IN.paid, refundRequest(60), refundAnswered('ref_1', 60, { status: 'pending' })],
    refund('failed', 60),
    decide('approve', 'refund_failed'),
  ),
  'a refund that came back is tried anew when a person says so': life(
    [...IN.paid, refund('succeeded', 60)],
    refund('reversed', 60),
    decide('approve', 'refund_reversed'),
  ),
  'a refund that the gateway knows better is explained to its caller': life(
    [...IN.paid, refundRequest(60)],
    refusedWith('refund_payment', 'key_1', { code: 'already_refunded', isOutdated: true }),
    told(snapshot('captured', 'pay_1', { refunds: [refundOf('succeeded', 'ref_9', 60)] })),
  ),
  'a refund that the gateway knows better, and no caller waits': life(
    [...IN.paid, refundRequest(60), unanswered('refund_payment', 'key_1'), reached('poll', AT)],
    refusedWith('refund_payment', 'key_1', { code: 'already_refunded', isOutdated: true }),
  ),
  'a refund over two payments is answered when both are': life(
    PARTS,
    refundRequest(70),
    refundRequest(70, 'key_1', 'again'),
    refundAnswered('ref_1', 40),
    refundAnswered('ref_2', 30, { requestKey: 'key_1.2', paymentId: 'pay_2' }),
    refundRequest(70, 'key_1', 'later'),
    refundRequest(null, 'key_1', 'later-2'),
    refundRequest(71, 'key_1', 'later-3'),
    refundRequest(10, 'key_1.2', 'piece'),
  ),
  'a refund over two payments of which one is refused': life(
    [...PARTS, refundRequest(70)],
    refusedWith('refund_payment', 'key_1', { code: 'no_balance' }),
    refundAnswered('ref_2', 30, { requestKey: 'key_1.2', paymentId: 'pay_2' }),
  ),
  'a refund over two payments of which both are refused': life(
    [...PARTS, refundRequest(70)],
    refusedWith('refund_payment', 'key_1', { code: 'no_balance' }),
    refusedWith('refund_payment', 'key_1.2', { code: 'closed' }),
    refundRequest(70, 'key_1', 'later'),
  ),
  'a refund whose answer is lost is open, and is asked again': life(
    [...IN.paid, refundRequest(30)],
    unanswered('refund_payment', 'key_1'),
    refundRequest(30, 'key_1', 'again'),
    reached('poll', AT + 30_000),
    refundAnswered('ref_1', 30),
  ),
  'a refund says why it was asked for': life(
    IN.paid,
    command({ type: 'refund', requestKey: 'key_1', amountMinor: 30, reason: 'broken' }),
    refundAnswered('ref_1', 30, { status: 'pending' }),
    refund('pending', 30),
    refund('succeeded', 30),
  ),
  'a refund under a name that every object has': life(IN.paid, refundRequest(30, 'toString')),
  'a refund that ended differently from what was told': life(
    [...IN.paid, refund('succeeded', 30), refund('reversed', 30)],
    again(refund('succeeded', 30)),
    refund('pending', 30),
    refund('failed', 30),
  ),
  'a forgotten key of a payment is for a person': life(
    [pay(), unanswered('create_payment', 1), silence],
    reached('poll', AT + 23 * HOUR_MS - 1),
    unanswered('create_payment', 1),
    silence,
    reached('poll', AT + 23 * HOUR_MS),
    silence,
    reached('poll', AT + 24 * HOUR_MS),
    decide('approve', 'key_expired'),
  ),
  'who decides to wait for a forgotten key is asked again a day later': life(
    [
      ...IN.paid,
      refundRequest(30),
      unanswered('refund_payment', 'key_1'),
      reached('poll', AT + 23 * HOUR_MS),
      silence,
      decide('reject', 'key_expired'),
    ],
    reached('poll', AT + 45 * HOUR_MS),
    silence,
    reached('poll', AT + 46 * HOUR_MS),
    decide('approve', 'key_expired', 'approve-2'),
    refundRequest(30, 'key_1', 'again'),
  ),
  'verify asks the gateway, and its callers share the answer': life(
    IN.pending,
    verify(),
    verify('pay_1'),
    told(snapshot('captured')),
    told(snapshot('captured')),
    verify('pay_1', 'after'),
  ),
  'verify of an order without a payment': life([], verify(), verify('pay_9'), denied('pay_9')),
  'verify that finds nothing new': life(IN.pending, verify(), told(snapshot('created'))),
  'verify that the gateway does not answer': life(
    IN.pending,
    verify(),
    SYNC,
    silence,
    reached('poll', AT + 30_000),
  ),
  'verify of what another question is under way for waits for the next one': life(
    [...IN.pending, reached('poll', AT + 30_000)],
    verify(),
    told(snapshot('created')),
    told(snapshot('created')),
  ),
  'verify is answered by news of an earlier question': life(
    [...IN.pending, reached('poll', AT + 30_000)],
    verify(),
    told(snapshot('captured')),
  ),
  'verify of a payment under another name': life(
    [...IN.pending, verify('try_1')],
    told(snapshot('created', 'pay_1', { aliases: ['try_1'] })),
  ),
  'verify of a payment under another name that is another order’s': life(
    [...IN.pending, verify('try_9')],
    told(snapshot('captured', 'pay_9', { aliases: ['try_9'], orderId: 'ord_2' })),
  ),
  'a gateway that says look is asked of a paid order too': life(
    IN.paid,
    LOOK,
    told(snapshot('captured')),
  ),
  'a sync of an order without a payment': life([], SYNC),
  'a sync says what was found': life(
    IN.paid,
    SYNC,
    told(snapshot('captured', 'pay_1', { refunds: [refundOf('succeeded')] })),
  ),
  'a sync that finds nothing': life(IN.paid, SYNC, told(snapshot('captured'))),
  'a sync waits for a question of after it': life(
    [...IN.pending, reached('poll', AT + 30_000)],
    SYNC,
    told(snapshot('captured')),
    told(snapshot('captured', 'pay_1', { refunds: [refundOf('pending')] })),
  ),
  'a payment of another installation is parked, and attached by an operator': life(
    [...IN.pending, verify('pay_7')],
    told(snapshot('captured', 'pay_7', { ...FOREIGN })),
    from(command({ type: 'attach', paymentId: 'pay_7' }), 'operator'),
    told(snapshot('captured', 'pay_7', { ...FOREIGN })),
    from(command({ type: 'attach', paymentId: 'pay_7' }, 'attach-2'), 'operator'),
  ),
  'a payment that names no installation is parked with what was captured of it': life(
    IN.pending,
    held('pay_7'),
    told(
      snapshot('captured', 'pay_7', {
        installation: 'none',
        captures: [
          { captureId: 'cap_7', amountMinor: 30, reversed: false },
          { captureId: 'cap_8', amountMinor: 20, reversed: false },
        ],
      }),
    ),
  ),
  'a payment of another installation is parked once for each status in which it is money': life(
    IN.pending,
    verify('pay_7'),
    told(snapshot('created', 'pay_7', FOREIGN)),
    verify('pay_7', 'verify-2'),
    told(snapshot('pending', 'pay_7', FOREIGN)),
    verify('pay_7', 'verify-3'),
    told(snapshot('authorized', 'pay_7', FOREIGN)),
    verify('pay_7', 'verify-4'),
    told(snapshot('authorized', 'pay_7', FOREIGN)),
    verify('pay_7', 'verify-5'),
    told(snapshot('failed', 'pay_7', FOREIGN)),
  ),
  'attaching what the gateway does not know': life(
    IN.pending,
    from(command({ type: 'attach', paymentId: 'pay_7' }), 'operator'),
    denied('pay_7'),
    verify(),
    from(command({ type: 'attach', paymentId: 'toString' }, 'attach-2'), 'operator'),
    from(command({ type: 'attach', paymentId: 'pay_1' }, 'attach-3'), 'operator'),
  ),
  'attaching while another question is under way': life(
    [...IN.pending, verify()],
    from(command({ type: 'attach', paymentId: 'pay_7' }), 'operator'),
    told(snapshot('captured', 'pay_1')),
    told(snapshot('captured', 'pay_1')),
    silence,
  ),
  'money of an unknown payment is held until the gateway names it': life(
    IN.pending,
    held('pay_7'),
    told(snapshot('captured', 'pay_7', { captures: [] })),
  ),
  'money of a payment that the gateway denies three times is for a person': life(
    IN.pending,
    held('pay_7'),
    denied('pay_7'),
    reached('poll', AT + 30_000),
    denied('pay_7'),
    reached('poll', AT + 60_000),
    denied('pay_7'),
    again(held('pay_7')),
    denied('pay_7'),
    reached('poll', AT + 90_000),
    denied('pay_7'),
    reached('poll', AT + 120_000),
    denied('pay_7'),
    decide('approve', 'unmatched'),
  ),
  'money of another order’s payment is for a person': life(
    IN.pending,
    held('pay_7'),
    told(snapshot('captured', 'pay_7', { orderId: 'ord_2' })),
    again(held('pay_7')),
    told(snapshot('captured', 'pay_7', { orderId: 'ord_2' })),
  ),
  'more money of unknown payments than an order can have': life(
    Array.from({ length: 100 }, (_, i) => held(`pay_x${i}`, `cap_x${i}`)),
    held('pay_y', 'cap_y'),
  ),
  'more callers than can wait': life(
    [...IN.pending, ...Array.from({ length: 100 }, (_, i) => verify(undefined, `verify-x${i}`))],
    verify(undefined, 'verify-y'),
  ),
  'a delivery is known again after five hundred others': life(
    [
      ...IN.paid,
      dispute('inquiry', 10, 'dsp_first'),
      ...Array.from({ length: 511 }, (_, i) => ({ ...verify(), id: `verify-z${i}` })),
    ],
    dispute('inquiry', 10, 'dsp_first'),
    verify(undefined, 'one-more'),
    dispute('inquiry', 10, 'dsp_first'),
  ),
  'an id that every object has': life(
    IN.pending,
    captured(100, '__proto__'),
    payment('failed', 'toString'),
    refund('succeeded', 10, 'valueOf'),
    dispute('lost', 10, 'constructor'),
  ),
  'something that cannot be read': life([], {
    type: 'unreadable',
    id: 'bytes',
    source: 'client',
    at: AT,
    reason: 'it is no JSON',
  }),
  'the same fact about other money is a contradiction, told once': life(
    IN.paid,
    captured(90),
    again(captured(90)),
    webhook(
      {
        type: 'payment.captured',
        paymentId: 'pay_1',
        captureId: 'cap_1',
        amountMinor: 100,
        currency: 'USD',
      },
      'usd',
    ),
    decide('approve', 'fact_conflict'),
  ),
  'a refund of the same id and other money is a contradiction': life(
    [...IN.paid, refund('pending', 30)],
    refund('succeeded', 40),
    webhook(
      {
        type: 'refund.failed',
        paymentId: 'pay_1',
        refundId: 'ref_1',
        amountMinor: 30,
        currency: 'USD',
      },
      'usd',
    ),
  ),
  'a fee that the customer bears is no money of the order': life(
    IN.pending,
    webhook(
      {
        type: 'payment.captured',
        paymentId: 'pay_1',
        captureId: 'cap_1',
        amountMinor: 103,
        currency: 'INR',
        mayIncludeFee: true,
      },
      'fee',
    ),
    LOOK,
    told(
      snapshot('captured', 'pay_1', {
        captures: [{ captureId: 'cap_1', amountMinor: 100, reversed: false, feeMinor: 3 }],
      }),
    ),
    from(verify('pay_1', 'look-2'), 'webhook'),
    told(
      snapshot('captured', 'pay_1', {
        captures: [{ captureId: 'cap_1', amountMinor: 100, reversed: false, feeMinor: 3 }],
      }),
    ),
  ),
  'a fee in another currency is left as it is told': life(
    IN.pending,
    webhook(
      {
        type: 'payment.captured',
        paymentId: 'pay_1',
        captureId: 'cap_1',
        amountMinor: 103,
        currency: 'USD',
        mayIncludeFee: true,
      },
      'fee',
    ),
    decide('reject', 'currency_mismatch'),
  ),
  'less than the payment may be captured with a fee': life(
    IN.pending,
    webhook(
      {
        type: 'payment.captured',
        paymentId: 'pay_1',
        captureId: 'cap_1',
        amountMinor: 40,
        currency: 'INR',
        mayIncludeFee: true,
      },
      'fee',
    ),
  ),
  'a discount of the gateway pays the rest, once': life(
    [...IN.pending, LOOK],
    told(
      snapshot('captured', 'pay_1', {
        captures: [{ captureId: 'cap_1', amountMinor: 80, reversed: false }],
        discountMinor: 20,
      }),
    ),
    from(verify('pay_1', 'look-2'), 'webhook'),
    told(
      snapshot('captured', 'pay_1', {
        captures: [{ captureId: 'cap_1', amountMinor: 80, reversed: true }],
        discountMinor: 20,
      }),
    ),
    captured(80, 'cap_2'),
  ),
  'a voucher is waited for as long as its gateway waits': life(
    [...IN.pending, LOOK],
    told(snapshot('pending', 'pay_1', { expiresAt: TERMS.expiresAt + 48 * HOUR_MS })),
    from(verify('pay_1', 'look-2'), 'webhook'),
    told(snapshot('pending', 'pay_1', { expiresAt: TERMS.expiresAt + 48 * HOUR_MS })),
    from(verify('pay_1', 'look-3'), 'webhook'),
    told(snapshot('pending', 'pay_1', { expiresAt: TERMS.expiresAt + HOUR_MS })),
    reached('expiry', TERMS.expiresAt + 48 * HOUR_MS),
    told(snapshot('created', 'pay_1')),
  ),
  'what the gateway says and this version does not know is told once': life(
    [...IN.pending, LOOK],
    told(snapshot('created', 'pay_1', { unknown: ['status "frozen"', 'status "melted"'] })),
    from(verify('pay_1', 'look-2'), 'webhook'),
    told(snapshot('created', 'pay_1', { unknown: ['status "frozen"'] })),
  ),
  'of what this version does not know twenty things are told': life(
    [...IN.pending, LOOK],
    told(snapshot('created', 'pay_1', { unknown: Array.from({ length: 22 }, (_, i) => `u${i}`) })),
  ),
  'money that went back of a payment which was never paid is for a person': life(
    [...IN.pending, LOOK],
    told(
      snapshot('pending', 'pay_1', {
        refunds: [refundOf('succeeded'), refundOf('failed', 'ref_2')],
      }),
    ),
    from(verify('pay_1', 'look-2'), 'webhook'),
    told(snapshot('created', 'pay_1', { refunds: [refundOf('succeeded')] })),
  ),
  'a bank sends an authorization back that lapsed': life(
    [...AUTHORIZED, LOOK],
    told(snapshot('voided', 'pay_1', { refunds: [refundOf('succeeded', 'ref_1', 100)] })),
  ),
  'a payment that was under way is open again': life(
    [...IN.pending, payment('pending'), LOOK],
    told(snapshot('created')),
  ),
  'a payment that moved while the question was under way is not open again': life(
    [...IN.pending, LOOK, payment('pending')],
    told(snapshot('created')),
  ),
  'of before rules 1, a payment that was under way stays so': oldLife(
    [...IN.pending, payment('pending'), LOOK],
    told(snapshot('created')),
  ),
  'a failed payment comes back when the gateway, asked since, says so': life(
    [...IN.failed, payment('pending')],
    told(snapshot('pending')),
    again(payment('failed')),
    payment('authorized'),
    told(snapshot('authorized')),
  ),
  'a failed payment does not come back by an answer of before': life(
    [...IN.pending, LOOK, payment('failed')],
    told(snapshot('authorized')),
  ),
  'a payment that the gateway no longer knows ends': life(
    [...IN.pending, LOOK],
    denied('pay_1'),
    payment('pending'),
    told(snapshot('pending')),
  ),
  'a payment that was named while the question was under way does not end': life(
    [pay(), SYNC, verify('pay_1'), created()],
    denied('pay_1'),
  ),
  'of before rules 1, a payment that the gateway denies stays open': oldLife(
    [...IN.pending, LOOK],
    denied('pay_1'),
  ),
  'of before rules 1, a failed payment does not come back as pending': oldLife(
    IN.failed,
    payment('pending'),
  ),
  'of before rules 1, the CRM hears nothing of a payment that comes back': oldLife(
    IN.failed,
    verify(),
    told(snapshot('authorized')),
  ),
  'nobody paid in time': life([], reached('expiry'), reached('expiry', TERMS.expiresAt + 1)),
  'an expiry that rings too early means nothing': life(
    IN.pending,
    reached('expiry', TERMS.expiresAt - 1),
  ),
  'money in flight postpones the expiry, more the longer it takes': life(
    [...IN.pending, payment('pending')],
    reached('expiry'),
    told(snapshot('pending')),
    reached('expiry', TERMS.expiresAt + HOUR_MS),
    at(told(snapshot('pending'))(asked()), TERMS.expiresAt + HOUR_MS),
    reached('expiry', TERMS.expiresAt + 100 * HOUR_MS),
    silence,
  ),
  'an attempt whose answer is lost postpones the expiry': life(
    [pay(), unanswered('create_payment', 1), told()],
    reached('expiry'),
    told(),
  ),
  'an attempt that is being made postpones the expiry': life([pay()], reached('expiry'), told()),
  'a payment that came while the expiry was being looked into': life(
    [...IN.pending, reached('expiry')],
    told(snapshot('captured')),
  ),
  'a partly paid order is for a person at its expiry, and gets as long again': life(
    IN.partially_paid,
    reached('expiry'),
    decide('approve', 'partial_expired'),
  ),
  'a partly paid order is given up at its expiry': life(
    [...IN.partially_paid, pay(2), created('pay_2', 2), reached('expiry')],
    decide('reject', 'partial_expired'),
  ),
  'a partly paid order that is paid after its expiry needs nobody': life(
    [...IN.partially_paid, ...another(), reached('expiry')],
    captured(60, 'cap_2', 'pay_2'),
  ),
  'a paid order closes after one last question': life(
    [
      ...IN.paid,
      done('grant_access', 1),
      done('issue_invoice', 1),
      answered('post_ledger', 'capture-cap_1', { to: 'void_payment', payment: snapshot('voided') }),
      answered('update_crm', 'paid-1', { to: 'void_payment', payment: snapshot('voided') }),
    ],
    reached('settlement', AT + TERMS.settlementWindowMs),
    silence,
    reached('settlement', AT + TERMS.settlementWindowMs + HOUR_MS),
    told(snapshot('captured')),
    LOOK,
    told(snapshot('captured')),
  ),
  'an order that nobody tried to pay closes without a question': life(
    [
      cancel(),
      answered('update_crm', 'cancelled-1', { to: 'void_payment', payment: snapshot('voided') }),
    ],
    reached('settlement', AT + TERMS.settlementWindowMs),
    verify('pay_9', 'verify-late'),
    denied('pay_9'),
  ),
  'an order that waits for something does not close': life(
    IN.paid,
    reached('settlement', AT + TERMS.settlementWindowMs),
  ),
  'the gateway is asked ever more rarely': life(
    IN.pending,
    ...[1, 2, 3, 4, 5, 6, 7].flatMap((nth) => [
      reached('poll', AT + nth * 1_000),
      told(snapshot('created')),
    ]),
    payment('pending'),
  ),
  'the gateway is asked while an order is paid': {
    terms: { syncsWhenPaid: true },
    before: IN.paid,
    now: [
      reached('sync' as 'poll', AT + 24 * HOUR_MS),
      told(snapshot('captured')),
      reached('sync' as 'poll', AT + 72 * HOUR_MS),
      silence,
      reached('sync' as 'poll', AT + 168 * HOUR_MS),
      told(snapshot('captured')),
    ],
  },
  'the gateway is asked no later than the order closes': {
    terms: { syncsWhenPaid: true, settlementWindowMs: 72 * HOUR_MS },
    before: IN.paid,
    now: [reached('sync' as 'poll', AT + 24 * HOUR_MS), told(snapshot('captured'))],
  },
  'a dispute is told forwards, and not backwards': life(
    IN.paid,
    dispute('inquiry', 60),
    dispute('opened', 60),
    again(dispute('inquiry', 60), 2),
    dispute('won', 60),
    { ...dispute('opened', 60), id: 'evt-late' },
    dispute('lost', 60),
    told(
      snapshot('captured', 'pay_1', {
        disputes: [{ disputeId: 'dsp_1', amountMinor: 60, status: 'lost' }],
      }),
    ),
    again(dispute('lost', 60)),
  ),
  'a dispute that is lost twice by mistake': life(
    [...IN.paid, dispute('lost', 60)],
    dispute('lost', 60, 'dsp_2'),
    dispute('lost', 60, 'dsp_3'),
  ),
  'a refund that is begun in the dashboard': life(
    IN.paid,
    refund('pending', 30),
    refund('succeeded', 30),
    refund('succeeded', 70, 'ref_2'),
  ),
  'a refund and a dispute that were told before their capture count when it comes': life(
    IN.pending,
    refund('succeeded', 30),
    dispute('lost', 20),
    captured(),
  ),
  'money in another currency is sent back once': life(
    [...IN.pending, verify('pay_2')],
    told(
      snapshot('captured', 'pay_2', {
        currency: 'USD',
        captures: [{ captureId: 'cap_u', amountMinor: 5, reversed: false }],
      }),
    ),
    decide('reject', 'currency_mismatch'),
    answered('refund_payment', 'review:rev_1:cap_u', {
      to: 'refund_payment',
      refund: {
        refundId: 'ref_u',
        paymentId: 'pay_2',
        amountMinor: 5,
        currency: 'USD',
        status: 'succeeded',
      },
    }),
  ),
  'a dispute that was opened before it was inquired into is stale': life(
    [...IN.paid, dispute('opened', 60)],
    dispute('inquiry', 60),
  ),
  'a dispute that was lost is won only when the gateway, asked since, says so': life(
    [...IN.paid, dispute('lost')],
    dispute('won'),
    again(dispute('won')),
    told(disputedSnapshot('won')),
    decide('approve', 'dispute_flip'),
  ),
  'a dispute that was won is lost only when the gateway, asked since, says so': life(
    [...IN.paid, dispute('won')],
    dispute('lost'),
    told(disputedSnapshot('lost')),
    told(disputedSnapshot('lost')),
    decide('approve', 'dispute_flip'),
  ),
  'a dispute is not turned by an answer of before': life(
    [...IN.paid, LOOK, dispute('lost')],
    told(disputedSnapshot('won')),
  ),
  'a refund that had failed succeeds only when the gateway, asked since, says so': life(
    [...IN.paid, refund('failed', 30)],
    refund('succeeded', 30),
    again(refund('succeeded', 30)),
    told(snapshot('captured', 'pay_1', { refunds: [refundOf('succeeded')] })),
  ),
  'a refund is not turned by an answer of before': life(
    [...IN.paid, refund('succeeded', 30), LOOK, refund('failed', 30)],
    told(snapshot('captured', 'pay_1', { refunds: [refundOf('succeeded')] })),
    told(snapshot('captured', 'pay_1', { refunds: [refundOf('succeeded')] })),
  ),
  'a refund of ours that a webhook tells first is the same refund': life(
    [...PARTS, refundRequest(30), refundRequest(30, 'key_2'), refundRequest(20, 'key_3')],
    refund('succeeded', 30, 'ref_x', 'pay_2'),
    refund('succeeded', 20, 'ref_y', 'pay_2'),
    refund('pending', 30),
    refundAnswered('ref_1', 30),
    refund('succeeded', 30),
    refund('succeeded', 30, 'ref_2'),
  ),
  'a refund that was laid to the wrong request is put right': life(
    [...IN.paid, refundRequest(30), refundRequest(30, 'key_2'), refund('succeeded', 30, 'ref_b')],
    refundAnswered('ref_b', 30, { requestKey: 'key_2' }),
    refundAnswered('ref_a', 30),
  ),
  'a refund in another currency is no money of ours': life(
    [...IN.paid, refundRequest(30)],
    webhook(
      {
        type: 'refund.succeeded',
        paymentId: 'pay_1',
        refundId: 'ref_u',
        amountMinor: 30,
        currency: 'USD',
      },
      'usd',
    ),
  ),
  'a refund that had succeeded fails: the money is with us again': life(
    [...IN.paid, refund('succeeded', 30)],
    refund('failed', 30),
  ),
  'a double payment of before payments said who made them is sent back in order': life(
    [...IN.paid, ...another(), captured(60, 'cap_2', 'pay_2')],
    decide('reject', 'double_payment'),
  ),
  'a double payment of no attempt of ours is sent back before our own': life(
    [
      pay(),
      made('pay_1', 1),
      verify('pay_8'),
      told(snapshot('created', 'pay_8', OURS)),
      captured(100, 'cap_8', 'pay_8'),
      captured(),
    ],
    decide('reject', 'double_payment'),
  ),
  'of two payments of ours the one that was captured last is sent back': life(
    [
      pay(),
      made('pay_1', 1),
      payment('failed'),
      pay(2),
      made('pay_2', 2),
      captured(100, 'cap_2', 'pay_2'),
      captured(100, 'cap_1'),
    ],
    decide('reject', 'double_payment'),
  ),
  'a decision on a review that is not there, or while a bank disputes': life(
    PAID_AFTER_CANCEL,
    command({ type: 'review', reviewId: 'rev_9', decision: 'approve', version: 1, note: '' }),
    dispute('opened', 10),
    decide('reject', 'paid_after_cancel'),
    decide('approve', 'paid_after_cancel'),
  ),
  'money in review keeps a customer from paying, an effect of ours does not': life(
    [...IN.failed, captured(), captureReversed()],
    pay(2),
    decide('approve', 'capture_reversed'),
    refused('update_crm', 'failed-1'),
    pay(3),
  ),
  'an authorization that is void needs no decision any more': life(
    MISMATCHED,
    payment('voided', 'pay_2'),
  ),
  'an order that is cancelled while money is held is for a person': life(
    [...IN.cancelled, verify('pay_2'), told(snapshot('authorized', 'pay_2'))],
    refused('void_payment', 'pay_2'),
    decide('reject', 'authorized_after_cancel'),
    refused('void_payment', 'pay_2.2'),
    payment('voided', 'pay_2'),
  ),
  'a void that is refused after the cancel is for a person': life(
    [...IN.cancelled, verify('pay_2'), told(snapshot('pending', 'pay_2'))],
    refused('void_payment', 'pay_2'),
    decide('reject', 'cancel_diverged'),
  ),
  'more goes out than came in, told in an odd order': life(
    [...IN.pending, refund('succeeded', 100), dispute('lost', 60)],
    captured(),
    captured(10, 'cap_2'),
  ),
  'a question that the gateway refuses is unanswered': life(
    IN.pending,
    verify(),
    refused('fetch_payments', 1),
  ),
  'of two unknown payments the one that the gateway names is let in': life(
    IN.pending,
    held('pay_7'),
    held('pay_8', 'cap_8'),
    told(snapshot('captured', 'pay_7', { captures: [] })),
    told(snapshot('captured', 'pay_8', { captures: [] })),
  ),
  'a fee of a payment that is not known yet is judged when it is': life(
    IN.pending,
    webhook(
      {
        type: 'payment.captured',
        paymentId: 'pay_7',
        captureId: 'cap_7',
        amountMinor: 103,
        currency: 'INR',
        mayIncludeFee: true,
      },
      'fee',
    ),
    told(snapshot('captured', 'pay_7', { captures: [] })),
  ),
  'what changes at once is posted in the order in which it became known': life(
    [
      ...PARTS,
      refund('succeeded', 10),
      refund('succeeded', 20, 'ref_2'),
      dispute('won', 5),
      dispute('won', 6, 'dsp_2'),
      LOOK,
    ],
    told(
      snapshot('captured', 'pay_2', {
        captures: [{ captureId: 'cap_2', amountMinor: 60, reversed: true }],
      }),
      snapshot('captured', 'pay_1', {
        captures: [{ captureId: 'cap_1', amountMinor: 40, reversed: true }],
        refunds: [refundOf('reversed', 'ref_2', 20), refundOf('reversed', 'ref_1', 10)],
        disputes: [
          { disputeId: 'dsp_2', amountMinor: 6, status: 'lost' },
          { disputeId: 'dsp_1', amountMinor: 5, status: 'lost' },
        ],
      }),
    ),
  ),
  'refunds that were told before their capture are posted in the order in which they were told':
    life(
      [
        ...IN.pending,
        refund('pending', 10),
        refund('succeeded', 20, 'ref_2'),
        refund('succeeded', 10),
      ],
      captured(),
    ),
  'a paid order that a bank disputes is not cancelled': life(
    [...IN.paid, dispute('opened')],
    cancel(),
  ),
  'an open order with a dispute of its own is cancelled like any other': life(
    [...IN.pending, dispute('opened')],
    cancel(),
    voidAnswered(snapshot('voided')),
  ),
  'money that came late and was taken back leaves the order waiting': life(
    [...EXPIRED, ...another()],
    captured(40),
    captureReversed(40),
  ),
  'a payment of another amount makes an order wait for a person alone': life(
    another(),
    payment('authorized', 'pay_2', { amountMinor: 70 }),
  ),
  'an expiry that is due with a question comes first': life(
    IN.pending,
    at(payment('pending'), TERMS.expiresAt - 30_000),
  ),
  'an order that is being looked into at its expiry does not expire again': life(
    [...IN.pending, reached('poll', TERMS.expiresAt - 1_000), told(snapshot('created'))],
    reached('expiry'),
  ),
  'a partly paid order that a person looks into does not expire again': life(
    [...IN.partially_paid, reached('poll', TERMS.expiresAt - 1_000), silence],
    reached('expiry'),
  ),
  'a refunded order is not asked about': {
    terms: { syncsWhenPaid: true },
    before: IN.refunded,
    now: [verify('pay_9'), denied('pay_9')],
  },
  'a call that is answered with nothing is unanswered': life([pay()], answeredWithNothing()),
  'an answer to another call than the one that was made': life(
    [pay()],
    answered('create_payment', 1, { to: 'void_payment', payment: snapshot('failed') }),
    pay(2),
    answered('create_payment', 1, { to: 'refund_payment', refund: refundOf('succeeded') }),
  ),
  'an answer to a refund that is about a payment': life(
    [...IN.paid, refundRequest(30)],
    answered('refund_payment', 'key_1', { to: 'void_payment', payment: snapshot('captured') }),
  ),
  'a capture that finds the payment failed': life(AUTHORIZED, captureAnswered(snapshot('failed'))),
  'a click is answered by its payment, and a verify beside it by the gateway’s answer': life(
    [pay(), verify('pay_9')],
    created(),
    denied('pay_9'),
  ),
  'a cancel that lost to a capture whose refund was told before it': life(
    [...IN.pending, refund('succeeded'), cancel()],
    captured(),
  ),
  'a capture of which nothing stands does not end a cancel': life(
    [...IN.pending, ...another(), captureReversed(100, 'cap_9'), cancel()],
    captured(100, 'cap_9'),
    voidAnswered(snapshot('voided', 'pay_2')),
  ),
};

function disputedSnapshot(status: 'won' | 'lost'): PaymentSnapshot {
  const disputes = [{ disputeId: 'dsp_1', amountMinor: 100, status }];
  return snapshot('captured', 'pay_1', { disputes });
}

function answeredWithNothing(): DomainEvent {
  const key = effectKey(TERMS.orderId, 'create_payment', 1);
  return {
    ...refused('create_payment', 1),
    type: 'effect.answered',
    key,
    answer: null,
  } as DomainEvent;
}

/** What `told` needs of a ledger: the number of the question that is open. */
function asked(): Parameters<ReturnType<typeof told>>[0] {
  return { inquiry: { generation: 2 } } as Parameters<ReturnType<typeof told>>[0];
}
