/**
 * How the rows come to pass that are about what follows: waiting commands, effects and their answers, deadlines,
 * reviews, and the changes of state themselves. No timeline is kept of these.
 */
import { effectKey, isBusinessEffect } from '../../src/domain/effects/effects.ts';
import type { DomainEvent } from '../../src/domain/events.ts';
import type { RefundSnapshot } from '../../src/domain/facts/facts.ts';
import type { Ledger } from '../../src/domain/ledger.ts';
import type { OrderState } from '../../src/domain/order.ts';
import { BY_HAND } from './matrix-captures.ts';
import {
  type Befores,
  EXPIRED_AND_KEPT,
  follow,
  OPENING,
  only,
  openingAttempt,
  PAID_AFTER_CANCEL,
  PAID_AFTER_REFUND,
  REVERSED_AND_OPEN,
  type Scenes,
  STRANGER,
  SUBJECT,
} from './matrix-rows.ts';
import {
  byHand,
  cancel,
  captured,
  captureReversed,
  command,
  created,
  decide,
  decideAccess,
  denied,
  dispute,
  pay,
  payment,
  reached,
  refund,
  refundRequest,
  refused,
  resend,
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

/** The gateway refuses our key. */
function keyRefused(attempt: number): DomainEvent {
  return { ...unanswered('create_payment', attempt), code: 'gateway_misconfigured' } as DomainEvent;
}

/** The first attempt is opened in another currency than the order's. */
const OPENED_ABROAD = {
  ...created(),
  answer: {
    to: 'create_payment',
    payment: snapshot('created', 'pay_1', { currency: 'USD' }),
    checkout: {},
  },
} as DomainEvent;

/** Soon enough that gateways still know the keys of calls. */
const SOON = TERMS.createdAt + 3_600_000;

const ANY_STATES: OrderState[] = [
  'initiated',
  'pending',
  'partially_paid',
  'paid',
  'failed',
  'cancelled',
  'refunded',
];

function before(happenings: (state: OrderState) => Happening[]): Befores {
  return Object.fromEntries(ANY_STATES.map((state) => [state, happenings(state)]));
}

/** Its own payment, or in a new order the stranger's. */
const knownIn = (state: OrderState): string => (state === 'initiated' ? 'pay_2' : 'pay_1');

/** An earlier payment has failed, another one may have brought money, and a second attempt is being opened. */
const SUPERSEDING: Happening[] = [...IN.failed, ...another()];
const SUPERSEDED: Befores = {
  pending: [...IN.failed, pay(2)],
  partially_paid: [...SUPERSEDING, captured(40, 'cap_2', 'pay_2'), pay(2)],
  paid: [...IN.failed, pay(2), ...another(), captured(100, 'cap_2', 'pay_2')],
  failed: [
    ...SUPERSEDING,
    captured(40, 'cap_2', 'pay_2'),
    pay(2),
    reached('expiry'),
    captureReversed(40, 'cap_2', 'pay_2'),
  ],
  cancelled: [
    ...SUPERSEDING,
    captured(40, 'cap_2', 'pay_2'),
    pay(2),
    reached('expiry'),
    decide('reject', 'partial_expired'),
  ],
  refunded: [
    ...IN.failed,
    pay(2),
    ...another(),
    captured(100, 'cap_2', 'pay_2'),
    refund('succeeded', 100, 'ref_1', 'pay_2'),
  ],
};

/** A void was asked for, and its answer was lost. */
const VOIDING: Befores = {
  ...SUBJECT,
  initiated: [
    verify('pay_2'),
    told(snapshot('authorized', 'pay_2', { amountMinor: 70 })),
    cancel(),
    unanswered('void_payment', 'pay_2'),
  ],
  pending: [...IN.pending, cancel(), unanswered('void_payment', 'pay_1')],
  partially_paid: [
    ...(SUBJECT.partially_paid ?? []),
    cancel(),
    unanswered('void_payment', 'pay_2'),
  ],
  failed: [...EXPIRED, unanswered('void_payment', 'pay_1')],
};

const ABROAD: Happening[] = [
  ...STRANGER,
  payment('captured', 'pay_2', { currency: 'USD', captureId: 'cap_usd' }),
  decide('reject', 'currency_mismatch'),
];

/** A refund is asked for, and the gateway has not answered yet. */
const REFUNDING: Befores = {
  initiated: ABROAD,
  partially_paid: [...IN.partially_paid, refundRequest(10)],
  paid: [...IN.paid, refundRequest(10)],
  failed: [...IN.paid, refundRequest(10), captureReversed()],
  cancelled: [...PAID_AFTER_CANCEL, decide('reject', 'paid_after_cancel')],
  refunded: [...PAID_AFTER_REFUND, decide('reject', 'captured_after_refund')],
};

function refundKeyIn(state: OrderState): string {
  if (state === 'initiated') return 'review:rev_1:cap_usd';
  return state === 'cancelled' || state === 'refunded' ? 'review:rev_1' : 'key_1';
}

const refundRefused = (state: OrderState, isOutdated = false): DomainEvent =>
  ({ ...refused('refund_payment', refundKeyIn(state)), isOutdated }) as DomainEvent;

function unansweredRefunds(): Befores {
  return Object.fromEntries(
    Object.entries(REFUNDING).map(([state, happenings]) => [
      state,
      [...happenings, unanswered('refund_payment', refundKeyIn(state as OrderState))],
    ]),
  );
}

/** Authorized for another amount than what was outstanding, and for a review. */
const HELD: Befores = {
  initiated: [verify('pay_2'), told(snapshot('authorized', 'pay_2', { amountMinor: 70 }))],
  pending: [...IN.pending, payment('authorized', 'pay_1', { amountMinor: 70 })],
  partially_paid: [
    ...(SUBJECT.partially_paid ?? []),
    payment('authorized', 'pay_2', { amountMinor: 70 }),
  ],
  paid: [
    ...IN.pending,
    payment('authorized', 'pay_1', { amountMinor: 70 }),
    ...another(),
    captured(100, 'cap_2', 'pay_2'),
    unanswered('void_payment', 'pay_1'),
  ],
  failed: [...EXPIRED_AND_KEPT, payment('authorized', 'pay_1', { amountMinor: 70 })],
  cancelled: [
    ...(SUBJECT.partially_paid ?? []),
    payment('authorized', 'pay_2', { amountMinor: 70 }),
    reached('expiry'),
    decide('reject', 'partial_expired'),
    unanswered('void_payment', 'pay_2'),
  ],
  refunded: [
    ...(SUBJECT.partially_paid ?? []),
    payment('authorized', 'pay_2', { amountMinor: 70 }),
    refund('succeeded', 40),
    unanswered('void_payment', 'pay_2'),
  ],
};
/** The same, while a cancel waits for a void. */
const HELD_AND_CANCELLING: Befores = {
  ...HELD,
  initiated: [...(HELD.initiated ?? []), cancel(), unanswered('void_payment', 'pay_2')],
  pending: [...(HELD.pending ?? []), cancel(), unanswered('void_payment', 'pay_1')],
  partially_paid: [...(HELD.partially_paid ?? []), cancel(), unanswered('void_payment', 'pay_2')],
  failed: [...(HELD.failed ?? []), cancel(), unanswered('void_payment', 'pay_1.2')],
};

/** A payment that another installation made is known to the gateway, and is put before an operator. */
const PARKED: Happening[] = [
  verify('pay_8'),
  told(snapshot('captured', 'pay_8', { installation: 'other' })),
];
const PARKING = 'pay_8:captured';

const CONTRADICTED: Befores = before((state) => [
  ...(state === 'initiated' ? STRANGER : IN[state]),
  dispute('inquiry', 10, 'dsp_8', knownIn(state)),
  dispute('inquiry', 11, 'dsp_8', knownIn(state)),
]);

/** The time of a partly paid order is over, its money was taken back, and more came and went meanwhile. */
const PART_EXPIRED_AND_PENDING: Happening[] = [
  ...(OPENING.failed ?? []),
  ...another('pay_3'),
  captured(40, 'cap_3', 'pay_3'),
  captureReversed(40, 'cap_3', 'pay_3'),
];

/** A void was refused after the order had been cancelled, and money came after all. */
const UNVOIDED_AUTHORIZATION: Befores = {
  cancelled: [
    ...(SUBJECT.cancelled ?? []),
    payment('authorized', 'pay_2'),
    refused('void_payment', 'pay_2'),
  ],
  refunded: [
    ...(SUBJECT.refunded ?? []),
    payment('authorized', 'pay_2'),
    refused('void_payment', 'pay_2'),
  ],
};
function revivedWith(amountMinor: number): Happening[] {
  return [
    ...(UNVOIDED_AUTHORIZATION.cancelled ?? []),
    ...another('pay_3'),
    captured(amountMinor, 'cap_3', 'pay_3'),
    decide('approve', 'paid_after_cancel'),
  ];
}

/** Our systems have done what they were asked for. */
function finish({ effects }: Ledger): DomainEvent {
  const pending = Object.values(effects).find(
    ({ command, status }) => status === 'pending' && isBusinessEffect(command),
  );
  const key = pending?.command.key ?? 'none';
  const at = TERMS.createdAt + 60_000;
  const attempts = 1;
  return { type: 'effect.answered', id: key, key, source: 'effect', at, attempts, answer: null };
}
const FINISHED: Happening[] = Array.from({ length: 10 }, () => finish);

const NO_ATTEMPT: Befores = {
  initiated: [],
  pending: another(),
  partially_paid: [...another(), captured(40, 'cap_2', 'pay_2')],
  paid: [...another(), captured(100, 'cap_2', 'pay_2')],
  failed: [...another(), payment('failed', 'pay_2')],
  cancelled: [cancel()],
  refunded: [
    ...another(),
    captured(100, 'cap_2', 'pay_2'),
    refund('succeeded', 100, 'ref_1', 'pay_2'),
  ],
};

/** What brings an order into each state. */
const ENTERING: Record<OrderState, Happening> = {
  initiated: OPENED_ABROAD,
  pending: pay(),
  partially_paid: captured(40),
  paid: captured(),
  failed: payment('failed'),
  cancelled: cancel(),
  refunded: refund('succeeded'),
};

const STRANGER_ASKED: Happening[] = [...STRANGER, reached('poll')];

function refundOf(paymentId: string): RefundSnapshot {
  const refund = { refundId: 'ref_9', amountMinor: 10, currency: 'INR' };
  return { ...refund, paymentId, status: 'succeeded' };
}

/** The decision that sends money back which no gateway can send. */
const DECIDED_BY_HAND: Record<OrderState, Happening> = {
  initiated: pay(),
  pending: pay(),
  failed: pay(),
  partially_paid: decide('approve', 'refund_failed'),
  paid: decide('reject', 'overpaid'),
  cancelled: decide('reject', 'paid_after_cancel'),
  refunded: decide('reject', 'captured_after_refund'),
};

const RESENT: Happening = (ledger) => resend(`grant_access:${ledger.access.epoch}`);

export const FOLLOW_UPS: Record<string, Scenes> = {
  'resend.requested': {
    before: before((state) => [
      ...IN[state],
      ...(state === 'paid' ? [] : [decideAccess('grant')]),
      ...FINISHED,
    ]),
    now: () => RESENT,
  },
  'resend.refused': {
    before: before((state) => [
      ...IN[state],
      ...(state === 'paid' ? [] : [decideAccess('grant')]),
      ...FINISHED,
      RESENT,
    ]),
    now: () => (ledger) => refused('grant_access', ledger.access.epoch),
  },
  'crm.outdated': {
    terms: { notifiesCrmOfEvents: true },
    before: before((state) => (state === 'initiated' ? STRANGER : IN[state])),
    now: (state) => dispute('inquiry', 10, 'dsp_8', knownIn(state)),
  },
  'verify.requested': { before: { initiated: [pay(), OPENED_ABROAD] }, now: () => verify() },
  'payment.authorized.after_end': {
    before: { initiated: [...STRANGER, payment('failed', 'pay_2')] },
    now: () => payment('authorized', 'pay_2'),
  },
  'payment.pending.after_end': {
    before: { initiated: [...STRANGER, payment('failed', 'pay_2')] },
    now: () => payment('pending', 'pay_2'),
  },
  'pay.repeated.opening': {
    before: only(['pending', 'partially_paid', 'paid', 'cancelled', 'refunded'], OPENING),
    now: () => pay(3),
  },
  'pay.repeated.misconfigured': {
    before: Object.fromEntries(
      (['pending', 'partially_paid', 'paid', 'cancelled', 'refunded'] as const).map((state) => [
        state,
        [...(OPENING[state] ?? []), keyRefused(openingAttempt(state))],
      ]),
    ),
    now: () => pay(3),
  },
  'pay.unanswered.misconfigured': {
    before: OPENING,
    now: (state) => keyRefused(openingAttempt(state)),
  },
  'pay.unresolved': {
    before: {
      pending: [pay(), unanswered('create_payment', 1)],
      ...follow(
        only(['partially_paid', 'failed', 'cancelled'], OPENING),
        unanswered('create_payment', 2),
      ),
      refunded: [
        ...IN.partially_paid,
        pay(2),
        unanswered('create_payment', 2),
        refund('succeeded', 40),
      ],
    },
    now: () => reached('poll', SOON),
  },
  'pay.opened.superseded': { before: SUPERSEDED, now: () => created('pay_1', 2, 'pending') },
  'pay.opened.unwanted': {
    before: {
      ...OPENING,
      initiated: [pay(), cancel()],
      pending: [pay(), cancel()],
      partially_paid: [...IN.partially_paid, pay(2), cancel()],
      failed: [...(OPENING.failed ?? []), cancel()],
    },
    now: (state) => {
      if (state === 'initiated') return OPENED_ABROAD;
      return state === 'pending' ? created() : created('pay_2', 2);
    },
    isFollowing: true,
  },
  'payment.needless': {
    before: {
      ...follow(only(['paid', 'cancelled', 'refunded'], IN), verify('pay_9')),
      failed: IN.failed,
    },
    now: (state) => (state === 'failed' ? reached('expiry') : told(snapshot('created', 'pay_9'))),
  },
  'payment.foreign': {
    before: follow(IN, verify('pay_8')),
    now: () => told(snapshot('failed', 'pay_8', { installation: 'other' })),
  },
  'payment.foreign.money': {
    before: follow(IN, payment('captured', 'pay_8')),
    now: () => told(snapshot('captured', 'pay_8', { installation: 'other' })),
  },
  'cancel.requested.rules_0': {
    terms: { rules: 0 },
    before: only(['initiated', 'partially_paid', 'paid', 'failed', 'cancelled', 'refunded'], IN),
    now: () => cancel('now'),
  },
  'order.cancelled': {
    before: { cancelled: IN.partially_paid },
    now: () => cancel(),
    isFollowing: true,
  },
  'order.cancelled.disputed': {
    before: {
      cancelled: [...(SUBJECT.partially_paid ?? []), cancel(), dispute('opened', 10)],
    },
    now: () => voidAnswered(snapshot('voided', 'pay_2')),
    isFollowing: true,
  },
  'expiry.reached': { before: { pending: IN.pending }, now: () => reached('expiry') },
  'void.answered.failed': {
    before: {
      pending: [...IN.failed, pay(2), created('pay_2', 2), cancel()],
      partially_paid: [...(SUBJECT.partially_paid ?? []), payment('failed', 'pay_2'), cancel()],
      failed: [...IN.failed, cancel()],
      ...follow(
        {
          paid: [...IN.paid, ...another()],
          cancelled: [...IN.cancelled, ...another()],
          refunded: [...IN.refunded, ...another()],
        },
        payment('failed', 'pay_2'),
      ),
    },
    now: (state) => {
      const isOwn = state === 'pending' || state === 'failed';
      return voidAnswered(snapshot('failed', isOwn ? 'pay_1' : 'pay_2'));
    },
  },
  'void.unresolved': { before: VOIDING, now: () => reached('poll', SOON) },
  'capture.unresolved': {
    before: {
      pending: [...IN.pending, payment('authorized'), unanswered('capture_payment', 'pay_1')],
      partially_paid: [
        ...(SUBJECT.partially_paid ?? []),
        payment('authorized', 'pay_2', { amountMinor: 60 }),
        unanswered('capture_payment', 'pay_2'),
      ],
      failed: [
        ...(HELD.failed ?? []),
        decide('approve', 'amount_mismatch'),
        unanswered('capture_payment', 'pay_1.2'),
      ],
    },
    now: () => reached('poll', SOON),
  },
  'refund.unresolved': { before: unansweredRefunds(), now: () => reached('poll', SOON) },
  'refund.refused': { before: REFUNDING, now: (state) => refundRefused(state) },
  'refund.refused.explained': {
    before: {
      ...only(['partially_paid', 'paid', 'failed'], REFUNDING),
      refunded: [...IN.paid, refundRequest(10, 'review:rev_1'), refund('succeeded', 100, 'ref_9')],
    },
    now: (state) => refundRefused(state, true),
  },
  'refund.refused.outdated': {
    before: REFUNDING,
    now: (state) => refundRefused(state, true),
  },
  'refund.succeeded.uncaptured': {
    before: {
      initiated: STRANGER_ASKED,
      pending: [...IN.pending, reached('poll')],
      partially_paid: [...(SUBJECT.partially_paid ?? []), reached('poll')],
    },
    now: (state) => {
      const paymentId = state === 'pending' ? 'pay_1' : 'pay_2';
      const currency = state === 'initiated' ? 'USD' : 'INR';
      return told(snapshot('created', paymentId, { currency, refunds: [refundOf(paymentId)] }));
    },
  },
  'refund.flip.early': {
    before: before((state) => [
      ...(state === 'initiated' ? STRANGER : IN[state]),
      reached('poll'),
      refund('failed', 10, 'ref_9', knownIn(state)),
    ]),
    now: (state) =>
      told(
        snapshot('captured', knownIn(state), { captures: [], refunds: [refundOf(knownIn(state))] }),
      ),
  },
  'dispute.flip.early': {
    before: before((state) => [
      ...(state === 'initiated' ? STRANGER : IN[state]),
      reached('poll'),
      dispute('won', 10, 'dsp_9', knownIn(state)),
    ]),
    now: (state) => {
      const disputes = [{ disputeId: 'dsp_9', amountMinor: 10, status: 'lost' as const }];
      return told(snapshot('captured', knownIn(state), { captures: [], disputes }));
    },
  },
  'dispute.deadline': {
    before: before((state) => [
      ...(state === 'initiated' ? STRANGER : IN[state]),
      dispute('inquiry', 10, 'dsp_9', knownIn(state)),
    ]),
    now: (state) => {
      const { fact } = dispute('inquiry', 10, 'dsp_9', knownIn(state));
      const moved = { ...fact, respondBy: Date.UTC(2026, 2, 7) } as typeof fact;
      return { ...webhook(moved), id: 'evt_moved' };
    },
  },
  'refund.by_hand': {
    before: {
      partially_paid: [
        ...IN.partially_paid,
        byHand({ amountMinor: 30 }),
        refund('failed', 10),
        refund('succeeded', 35, 'ref_2'),
      ],
      paid: [byHand({ amountMinor: 150 })],
      cancelled: [...IN.cancelled, byHand()],
      refunded: [...IN.refunded, byHand()],
    },
    now: (state) => DECIDED_BY_HAND[state],
    isFollowing: true,
  },
  'pay.nothing_due': {
    before: { initiated: [], paid: [pay()], cancelled: [cancel()] },
    now: () => pay(2),
    terms: { amountMinor: 0 },
  },
  'net.negative': {
    before: { partially_paid: [...IN.pending, refund('succeeded')] },
    now: () => captured(40),
    isFollowing: true,
  },
  'verify.requested.no_attempt': { before: NO_ATTEMPT, now: () => verify() },
  'verify.requested.stranger.no_attempt': {
    before: NO_ATTEMPT,
    now: () => ({ ...verify(), source: 'webhook' }),
  },
  'sync.requested': {
    before: { ...IN, initiated: STRANGER },
    now: () => command({ type: 'sync' }),
  },
  'sync.requested.no_attempt': {
    before: { initiated: [], failed: [reached('expiry')], cancelled: [cancel()] },
    now: () => command({ type: 'sync' }),
  },
  'attach.requested': {
    before: IN,
    now: () => command({ type: 'attach', paymentId: 'pay_8' }),
  },
  'sync.answered.again': {
    before: follow(IN, payment('captured', 'pay_7'), payment('captured', 'pay_6')),
    now: () => told(),
  },
  'poll.reached': { before: IN, now: () => reached('poll') },
  'sync.reached': {
    before: IN,
    now: () => ({ ...reached('poll'), deadline: 'sync' }) as DomainEvent,
  },
  'settlement.reached': {
    before: {
      ...follow(only(['paid', 'cancelled', 'refunded'], IN), ...FINISHED),
      failed: [...EXPIRED, voidAnswered(snapshot('voided')), ...FINISHED],
    },
    now: () => reached('settlement'),
  },
  'fact.unmatched': {
    before: follow(
      IN,
      payment('captured', 'pay_7'),
      denied('pay_7'),
      reached('poll'),
      denied('pay_7'),
      reached('poll'),
    ),
    now: () => denied('pay_7'),
  },
  'fact.wrong_order': {
    before: follow(IN, payment('captured', 'pay_7')),
    now: () => told(snapshot('captured', 'pay_7', { orderId: 'ord_2' })),
  },
  'effect.failed': {
    before: follow(IN, ...PARKED),
    now: () => refused('park_payment', PARKING),
  },
  'retry.requested': {
    before: follow(IN, ...PARKED, refused('park_payment', PARKING)),
    now: () => command({ type: 'retry', key: effectKey(TERMS.orderId, 'park_payment', PARKING) }),
  },
  'key.expired': { before: unansweredRefunds(), now: () => reached('poll') },
  'review.approved': { before: CONTRADICTED, now: () => decide('approve', 'fact_conflict') },
  'review.rejected': { before: CONTRADICTED, now: () => decide('reject', 'fact_conflict') },
  'review.approved.paid_after_cancel': {
    before: { cancelled: PAID_AFTER_CANCEL },
    now: () => decide('approve', 'paid_after_cancel'),
  },
  'review.approved.refunded': {
    before: {
      ...before((state) => [
        ...(state === 'initiated' ? STRANGER : IN[state]),
        dispute('won', 10, 'dsp_9', knownIn(state)),
        dispute('lost', 10, 'dsp_9', knownIn(state)),
      ]),
      refunded: PAID_AFTER_REFUND,
    },
    now: (state) =>
      decide('approve', state === 'refunded' ? 'captured_after_refund' : 'dispute_flip'),
  },
  'review.approved.held': { before: HELD, now: () => decide('approve', 'amount_mismatch') },
  'held.approved': {
    before: only(['initiated', 'pending', 'partially_paid', 'failed'], HELD),
    now: () => decide('approve', 'amount_mismatch'),
  },
  'held.approved.manual': {
    terms: BY_HAND,
    before: only(['initiated', 'pending', 'partially_paid', 'failed'], HELD),
    now: () => decide('approve', 'amount_mismatch'),
  },
  'held.approved.unwanted': {
    before: HELD_AND_CANCELLING,
    now: () => decide('approve', 'amount_mismatch'),
  },
  'review.approved.capture_reversed': {
    before: {
      pending: REVERSED_AND_OPEN,
      partially_paid: [
        ...(SUBJECT.partially_paid ?? []),
        captured(20, 'cap_2', 'pay_2'),
        captureReversed(40),
      ],
      paid: [...IN.paid, captureReversed(), ...another(), captured(100, 'cap_2', 'pay_2')],
      failed: [...IN.paid, captureReversed()],
      cancelled: [...IN.paid, captureReversed(), cancel()],
      refunded: [...IN.refunded, captureReversed()],
    },
    now: () => decide('approve', 'capture_reversed'),
  },
  'review.approved.refund': {
    before: {
      partially_paid: [...IN.partially_paid, refund('failed', 10)],
      paid: [...IN.paid, refund('failed', 10)],
      cancelled: [...PAID_AFTER_CANCEL, refund('failed', 10)],
      refunded: [
        ...IN.paid,
        refund('succeeded', 10, 'ref_9'),
        refund('succeeded', 90),
        refund('reversed', 10, 'ref_9'),
      ],
    },
    now: (state) => decide('approve', state === 'refunded' ? 'refund_reversed' : 'refund_failed'),
  },
  'review.approved.partial_expired': {
    before: {
      pending: PART_EXPIRED_AND_PENDING,
      partially_paid: [...IN.partially_paid, reached('expiry')],
      failed: OPENING.failed ?? [],
    },
    now: () => decide('approve', 'partial_expired'),
  },
  'review.approved.key_expired': {
    before: {
      ...follow(unansweredRefunds(), reached('poll')),
      pending: [pay(), unanswered('create_payment', 1), reached('poll')],
    },
    now: () => decide('approve', 'key_expired'),
  },
  'review.rejected.late': {
    before: { cancelled: PAID_AFTER_CANCEL, refunded: PAID_AFTER_REFUND },
    now: (state) =>
      decide('reject', state === 'cancelled' ? 'paid_after_cancel' : 'captured_after_refund'),
  },
  'review.rejected.excess': {
    before: { paid: [...IN.pending, captured(150)] },
    now: () => decide('reject', 'overpaid'),
  },
  'review.rejected.currency_mismatch': {
    before: {
      initiated: ABROAD.slice(0, -1),
      paid: [
        ...IN.paid,
        ...another(),
        payment('captured', 'pay_2', { currency: 'USD', captureId: 'cap_usd' }),
      ],
    },
    now: () => decide('reject', 'currency_mismatch'),
  },
  'review.rejected.partial_expired': {
    before: {
      pending: PART_EXPIRED_AND_PENDING,
      partially_paid: [...(SUBJECT.partially_paid ?? []), reached('expiry')],
      failed: OPENING.failed ?? [],
    },
    now: () => decide('reject', 'partial_expired'),
  },
  'review.rejected.held': {
    before: only(['initiated', 'pending', 'partially_paid', 'failed'], HELD),
    now: () => decide('reject', 'amount_mismatch'),
  },
  'review.rejected.unvoided': {
    before: { ...UNVOIDED_AUTHORIZATION, paid: revivedWith(100) },
    now: (state) =>
      decide('reject', `authorized_after_${state === 'refunded' ? 'refund' : 'cancel'}`),
  },
  'review.rejected.unvoided.cancelling': {
    before: {
      partially_paid: [...revivedWith(40), cancel('again'), unanswered('void_payment', 'pay_2.2')],
    },
    now: () => decide('reject', 'authorized_after_cancel'),
  },
  'state.kept': {
    before: { ...IN, initiated: STRANGER },
    now: (state) =>
      state === 'paid' ? refund('succeeded', 10) : dispute('inquiry', 10, 'dsp_9', knownIn(state)),
  },
  'state.entered': {
    before: {
      initiated: [pay()],
      pending: [],
      partially_paid: IN.pending,
      paid: IN.pending,
      failed: IN.pending,
      cancelled: [],
      refunded: IN.paid,
    },
    now: (state) => ENTERING[state],
    isFollowing: true,
  },
  'state.revived': {
    before: { pending: [...IN.failed, verify('pay_9')] },
    now: () => told(snapshot('created', 'pay_9')),
    isFollowing: true,
  },
};
