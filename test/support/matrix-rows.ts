/** How each row of the matrix comes to pass in each state: what happened before, and what happens now. */
import type { OrderState, OrderTerms } from '../../src/domain/order.ts';
import {
  again,
  byHand,
  cancel,
  captured,
  captureReversed,
  created,
  decide,
  denied,
  dispute,
  extend,
  pay,
  payment,
  reached,
  refund,
  refundRequest,
  refused,
  snapshot,
  snapshotOf,
  told,
  unanswered,
  verify,
} from './order-events.ts';
import { another, EXPIRED, IN } from './order-states.ts';
import type { Happening } from './order-story.ts';

export type Befores = Partial<Record<OrderState, Happening[]>>;

export interface Scenes {
  before: Befores;
  now(state: OrderState): Happening;
  /** Where they are not the usual ones. */
  terms?: Partial<OrderTerms>;
  /** The row follows from another one of the same event: its state is the one that the order has come to by then. */
  isFollowing?: boolean;
}

/** Known to the order and never its own money: a payment in another currency. */
export const STRANGER: Happening[] = [
  verify('pay_2'),
  told(snapshot('created', 'pay_2', { currency: 'USD' })),
];

/** Partly paid and refunded, so that something is outstanding. */
const PART_REFUNDED: Happening[] = [...IN.partially_paid, refund('succeeded', 40)];
export const PAID_AFTER_CANCEL: Happening[] = [...IN.cancelled, captured()];
export const PAID_AFTER_REFUND: Happening[] = [
  ...IN.refunded,
  ...another(),
  captured(100, 'cap_2', 'pay_2'),
];

/** A second attempt is being opened; what became of the first meanwhile makes the state. */
export const OPENING: Befores = {
  pending: [pay()],
  partially_paid: [...IN.partially_paid, pay(2)],
  paid: [...IN.failed, pay(2), captured()],
  failed: [...IN.partially_paid, pay(2), reached('expiry'), captureReversed(40)],
  cancelled: [...IN.partially_paid, pay(2), reached('expiry'), decide('reject', 'partial_expired')],
  refunded: [...IN.failed, pay(2), captured(), refund('succeeded')],
};
export const openingAttempt = (state: OrderState): number => (state === 'pending' ? 1 : 2);

/** The money had come and was taken back, and another attempt is open. */
export const REVERSED_AND_OPEN: Happening[] = [
  ...IN.partially_paid,
  pay(2),
  created('pay_2', 2),
  captureReversed(40),
];

/** Nothing stays payable once an order is over; the gateway has not answered yet. */
const UNVOIDED: Happening[] = [unanswered('void_payment', 'pay_2')];

/** The time ran out, and the gateway would not void what could still be paid. */
export const EXPIRED_AND_KEPT: Happening[] = [...EXPIRED, refused('void_payment', 'pay_1')];

/** The order's own payment where it can still move, another one where it cannot. */
export const SUBJECT: Befores = {
  pending: IN.pending,
  partially_paid: [...IN.partially_paid, ...another()],
  paid: [...IN.paid, ...another(), ...UNVOIDED],
  failed: EXPIRED_AND_KEPT,
  cancelled: [...IN.cancelled, ...another(), ...UNVOIDED],
  refunded: [...IN.refunded, ...another(), ...UNVOIDED],
};
const subjectIn = (state: OrderState): string =>
  state === 'pending' || state === 'failed' ? 'pay_1' : 'pay_2';

/** A payment with no money of ours in it, in every state. */
const UNCAPTURED: Befores = { ...SUBJECT, initiated: STRANGER, failed: IN.failed };

export function only(states: OrderState[], befores: Befores): Befores {
  return Object.fromEntries(states.map((state) => [state, befores[state] ?? IN[state]]));
}

export function follow(befores: Befores, ...more: Happening[]): Befores {
  return Object.fromEntries(
    Object.entries(befores).map(([state, before]) => [state, [...before, ...more]]),
  );
}

/** A payment moves: told by webhook, or, where the order knows no payment yet, by the gateway itself. */
function moves(
  word: Parameters<typeof payment>[0],
  befores: Befores = SUBJECT,
  more: (state: OrderState) => Parameters<typeof payment>[2] = () => ({}),
): Scenes {
  return {
    before: { initiated: [verify('pay_2')], ...befores },
    now: (state) => {
      const fact = payment(word, subjectIn(state), more(state));
      return state === 'initiated' ? told(snapshotOf(fact)) : fact;
    },
  };
}

function captures(amounts: Partial<Record<OrderState, number>>, befores: Befores = {}): Scenes {
  const states = Object.keys(amounts) as OrderState[];
  const before = { ...SUBJECT, failed: IN.failed, initiated: [verify('pay_2')], ...befores };
  return {
    ...moves('captured', before, (state) => ({
      captureId: 'cap_2',
      amountMinor: amounts[state] ?? 0,
    })),
    before: only(states, before),
  };
}

const LIVE_IN_CANCELLED: Happening[] = [
  ...IN.cancelled,
  verify('pay_1'),
  told(snapshot('authorized', 'pay_1')),
];
const SECOND_OPEN: Happening[] = [...IN.failed, pay(2), created('pay_2', 2), captured()];

/** A void that was asked for and not answered, of a payment that is then authorized after all. */
const SURPLUS: Befores = {
  pending: [...IN.pending, ...another(), payment('authorized')],
  partially_paid: [
    ...IN.partially_paid,
    ...another('pay_3'),
    ...another(),
    payment('authorized', 'pay_3', { amountMinor: 60 }),
  ],
  paid: [
    ...IN.failed,
    pay(2),
    captured(),
    created('pay_2', 2),
    unanswered('void_payment', 'pay_2'),
  ],
  failed: [...EXPIRED, cancel(), unanswered('void_payment', 'pay_1')],
  cancelled: [
    ...IN.cancelled,
    ...another(),
    payment('pending', 'pay_2'),
    unanswered('void_payment', 'pay_2'),
  ],
  refunded: [
    ...IN.refunded,
    ...another(),
    payment('pending', 'pay_2'),
    unanswered('void_payment', 'pay_2'),
  ],
};
const surplusIn = (state: OrderState): string => (state === 'failed' ? 'pay_1' : 'pay_2');

const WITH_MONEY: Befores = {
  partially_paid: IN.partially_paid,
  paid: IN.paid,
  cancelled: PAID_AFTER_CANCEL,
  refunded: PAID_AFTER_REFUND,
};
const moneyIn = (state: OrderState): [string, string] =>
  state === 'refunded' ? ['ref_2', 'pay_2'] : ['ref_1', 'pay_1'];

const TAKEN_TOO_MUCH: Befores = {
  pending: REVERSED_AND_OPEN,
  partially_paid: IN.partially_paid,
  paid: IN.paid,
  failed: [...IN.paid, captureReversed()],
  cancelled: PAID_AFTER_CANCEL,
  refunded: IN.refunded,
};

/** What is authorized when the gateway refuses to capture it. */
const heldIn = (state: OrderState): number =>
  state === 'partially_paid' ? 60 : state === 'failed' ? 70 : 100;

export const SCENES: Record<string, Scenes> = {
  'pay.requested': { before: { ...IN, pending: another() }, now: () => pay(3) },
  'pay.requested.in_flight': {
    before: {
      pending: [...another(), payment('pending', 'pay_2')],
      ...follow(
        only(['partially_paid', 'paid', 'cancelled', 'refunded'], SUBJECT),
        payment('pending', 'pay_2'),
      ),
    },
    now: () => pay(3),
  },
  'pay.repeated': {
    before: {
      pending: IN.pending,
      partially_paid: [...IN.partially_paid, pay(2), created('pay_2', 2)],
      paid: SECOND_OPEN,
      failed: EXPIRED,
      cancelled: LIVE_IN_CANCELLED,
      refunded: [...SECOND_OPEN, refund('succeeded')],
    },
    now: () => pay(3),
  },
  'pay.unanswered': {
    before: OPENING,
    now: (state) => unanswered('create_payment', openingAttempt(state)),
  },
  'pay.refused': {
    before: OPENING,
    now: (state) => refused('create_payment', openingAttempt(state)),
  },
  'payment.adopted': {
    before: follow(IN, verify('pay_9')),
    now: () => told(snapshot('created', 'pay_9')),
  },
  'payment.pending': moves('pending'),
  'payment.authorized': moves(
    'authorized',
    only(['pending', 'partially_paid', 'failed', 'cancelled', 'refunded'], {
      ...SUBJECT,
      refunded: [...PART_REFUNDED, ...another(), refused('void_payment', 'pay_2')],
    }),
    (state) => (state === 'partially_paid' || state === 'refunded' ? { amountMinor: 60 } : {}),
  ),
  'payment.authorized.surplus': {
    before: SURPLUS,
    now: (state) =>
      payment(
        'authorized',
        surplusIn(state),
        state === 'partially_paid' ? { amountMinor: 60 } : {},
      ),
  },
  'payment.authorized.mismatch': moves('authorized', SUBJECT, () => ({ amountMinor: 70 })),
  'payment.authorized.after_end': {
    before: {
      pending: [...IN.failed, pay(2), created('pay_2', 2)],
      failed: IN.failed,
      cancelled: IN.cancelled,
      ...follow(only(['partially_paid', 'paid', 'refunded'], SUBJECT), payment('failed', 'pay_2')),
    },
    now: (state) => {
      const ended = state === 'pending' || state === 'failed' || state === 'cancelled';
      return payment('authorized', ended ? 'pay_1' : 'pay_2');
    },
  },
  'payment.pending.after_end': {
    before: {
      pending: [...IN.failed, pay(2), created('pay_2', 2)],
      failed: IN.failed,
      cancelled: [...IN.cancelled, ...another(), payment('failed', 'pay_2')],
      ...follow(only(['partially_paid', 'paid', 'refunded'], SUBJECT), payment('failed', 'pay_2')),
    },
    now: (state) =>
      payment('pending', state === 'pending' || state === 'failed' ? 'pay_1' : 'pay_2'),
  },
  'payment.discounted': {
    before: {
      ...follow(only(['partially_paid', 'paid', 'refunded'], IN), verify('pay_8')),
      cancelled: [...PAID_AFTER_CANCEL, verify('pay_8')],
    },
    now: (state) => {
      const amountMinor = state === 'partially_paid' ? 40 : 100;
      const captures = [{ captureId: 'cap_1', amountMinor, reversed: false }];
      return told(snapshot('captured', 'pay_1', { captures, discountMinor: 60 }));
    },
  },
  'payment.captured.partial': captures(
    {
      initiated: 40,
      pending: 40,
      partially_paid: 20,
      failed: 40,
      cancelled: 40,
      refunded: 40,
    },
    { refunded: [...PART_REFUNDED, ...another()] },
  ),
  'payment.captured.exact': captures(
    { initiated: 100, pending: 100, partially_paid: 60, failed: 100, cancelled: 100, refunded: 60 },
    { refunded: [...PART_REFUNDED, ...another()] },
  ),
  'payment.captured.over': captures({
    initiated: 150,
    pending: 150,
    partially_paid: 90,
    paid: 100,
    failed: 150,
    cancelled: 150,
    refunded: 100,
  }),
  'payment.captured.currency': moves('captured', { ...SUBJECT, failed: IN.failed }, () => ({
    currency: 'USD',
    captureId: 'cap_usd',
  })),
  'payment.captured.reversed': {
    before: {
      initiated: [captureReversed(100, 'cap_9', 'pay_2')],
      pending: [...IN.pending, captureReversed(100, 'cap_9')],
      failed: [...IN.failed, captureReversed(100, 'cap_9')],
      ...follow(
        only(['partially_paid', 'paid', 'cancelled', 'refunded'], SUBJECT),
        captureReversed(100, 'cap_9', 'pay_2'),
      ),
    },
    now: (state) =>
      state === 'initiated'
        ? told(
            snapshot('captured', 'pay_2', {
              captures: [{ captureId: 'cap_9', amountMinor: 100, reversed: true }],
            }),
          )
        : captured(100, 'cap_9', subjectIn(state)),
  },
  'capture.reversed': {
    before: {
      partially_paid: IN.partially_paid,
      paid: IN.paid,
      cancelled: PAID_AFTER_CANCEL,
      refunded: IN.refunded,
    },
    now: (state) => captureReversed(state === 'partially_paid' ? 40 : 100),
  },
  'capture.reversed.early': {
    before: UNCAPTURED,
    now: (state) => captureReversed(100, 'cap_9', subjectIn(state)),
  },
  'capture.reversed.currency': {
    before: UNCAPTURED,
    now: (state) => {
      const reversal = captureReversed(100, 'cap_9', subjectIn(state));
      return { ...reversal, fact: { ...reversal.fact, currency: 'USD' } };
    },
  },
  'payment.failed': moves('failed'),
  'payment.expired': moves('expired'),
  'payment.voided': moves('voided'),
  'payment.gone': {
    before: {
      ...follow(
        only(['partially_paid', 'paid', 'cancelled', 'refunded'], SUBJECT),
        reached('poll'),
      ),
      pending: [...IN.pending, reached('poll')],
      failed: [...IN.failed, reached('poll')],
    },
    now: (state) => denied(subjectIn(state)),
  },
  'payment.reopened': {
    before: {
      ...follow(
        only(['partially_paid', 'paid', 'cancelled', 'refunded'], SUBJECT),
        payment('pending', 'pay_2'),
        reached('poll'),
      ),
      pending: [...IN.pending, payment('pending'), reached('poll')],
    },
    now: (state) => told(snapshot('created', subjectIn(state))),
  },
  'order.expired': {
    before: { ...IN, pending: [...IN.pending, reached('expiry')] },
    now: (state) => (state === 'pending' ? told(snapshot('created')) : reached('expiry')),
  },
  'cancel.requested': {
    before: {
      ...only(['initiated', 'partially_paid', 'paid', 'cancelled', 'refunded'], IN),
      failed: [pay(), refused('create_payment', 1)],
    },
    now: () => cancel('now'),
  },
  'cancel.requested.live': {
    before: {
      ...SUBJECT,
      initiated: [verify('pay_2'), told(snapshot('authorized', 'pay_2', { amountMinor: 70 }))],
    },
    now: () => cancel('now'),
  },
  'cancel.requested.disputed': {
    before: { partially_paid: [...IN.partially_paid, dispute('opened', 10)] },
    now: () => cancel('now'),
  },
  'void.refused': {
    before: {
      pending: [...IN.pending, cancel()],
      partially_paid: [...IN.pending, cancel(), captured(40)],
      paid: [...IN.pending, cancel(), captured()],
      failed: [...EXPIRED, cancel()],
      ...follow(only(['cancelled', 'refunded'], SUBJECT), payment('pending', 'pay_2')),
    },
    now: (state) =>
      refused('void_payment', state === 'cancelled' || state === 'refunded' ? 'pay_2' : 'pay_1'),
  },
  'void.refused.authorized': {
    before: {
      pending: [...IN.pending, cancel(), payment('authorized')],
      partially_paid: [
        ...(SURPLUS.partially_paid ?? []),
        payment('authorized', 'pay_2', { amountMinor: 60 }),
      ],
      failed: [...EXPIRED, cancel(), payment('authorized')],
      ...follow(only(['paid', 'cancelled', 'refunded'], SUBJECT), payment('authorized', 'pay_2')),
    },
    now: (state) => refused('void_payment', subjectIn(state)),
  },
  'capture.refused': {
    before: {
      pending: [...IN.pending, payment('authorized')],
      partially_paid: [
        ...(SUBJECT.partially_paid ?? []),
        payment('authorized', 'pay_2', { amountMinor: 60 }),
      ],
      paid: [...IN.pending, payment('authorized'), captured()],
      failed: [...IN.pending, payment('authorized'), payment('failed')],
      cancelled: [...IN.pending, payment('authorized'), cancel(), payment('voided')],
      refunded: [...IN.pending, payment('authorized'), captured(), refund('succeeded')],
    },
    now: (state) => refused('capture_payment', state === 'partially_paid' ? 'pay_2' : 'pay_1'),
  },
  'capture.refused.held': {
    before: {
      pending: [...IN.pending, payment('authorized'), refused('capture_payment', 'pay_1')],
      partially_paid: [
        ...(SUBJECT.partially_paid ?? []),
        payment('authorized', 'pay_2', { amountMinor: 60 }),
        refused('capture_payment', 'pay_2'),
      ],
      failed: [
        ...EXPIRED_AND_KEPT,
        payment('authorized', 'pay_1', { amountMinor: 70 }),
        decide('approve', 'amount_mismatch'),
        // A key of its own, as the void was refused under the first one.
        refused('capture_payment', 'pay_1.2'),
      ],
    },
    now: (state) => told(snapshot('authorized', subjectIn(state), { amountMinor: heldIn(state) })),
  },
  'refund.requested': { before: IN, now: () => refundRequest(10) },
  'refund.requested.all': { before: IN, now: () => refundRequest() },
  'refund.requested.over': { before: IN, now: () => refundRequest(101) },
  'refund.requested.by_hand': {
    before: {
      partially_paid: [byHand({ amountMinor: 40 })],
      paid: [byHand()],
      cancelled: [...IN.cancelled, byHand()],
      refunded: [...IN.refunded, byHand()],
    },
    now: () => refundRequest(10),
  },
  'expiry.extended': { before: { ...IN, failed: EXPIRED }, now: () => extend() },
  'refund.requested.disputed': {
    before: {
      ...follow({ ...IN, initiated: STRANGER }, dispute('opened', 10, 'dsp_1')),
      initiated: [...STRANGER, dispute('opened', 10, 'dsp_1', 'pay_2')],
    },
    now: () => refundRequest(10),
  },
  'refund.pending': {
    before: { ...IN, initiated: STRANGER },
    now: (state) => refund('pending', 10, 'ref_9', state === 'initiated' ? 'pay_2' : 'pay_1'),
  },
  'refund.succeeded.early': {
    before: UNCAPTURED,
    now: (state) => refund('succeeded', 10, 'ref_9', subjectIn(state)),
  },
  'refund.succeeded.partial': {
    before: WITH_MONEY,
    now: (state) => refund('succeeded', 10, ...moneyIn(state)),
  },
  'refund.succeeded.full': {
    before: WITH_MONEY,
    now: (state) => refund('succeeded', state === 'partially_paid' ? 40 : 100, ...moneyIn(state)),
  },
  'refund.succeeded.over': {
    before: TAKEN_TOO_MUCH,
    now: () => refund('succeeded', 150, 'ref_9'),
  },
  'refund.failed': {
    before: { ...IN, initiated: STRANGER },
    now: (state) => refund('failed', 10, 'ref_9', state === 'initiated' ? 'pay_2' : 'pay_1'),
  },
  'refund.failed.held': {
    before: { refunded: PAID_AFTER_REFUND },
    now: () => refund('failed', 100, 'ref_9', 'pay_2'),
  },
  'refund.reversed': {
    before: {
      initiated: [...STRANGER, refund('succeeded', 10, 'ref_9', 'pay_2')],
      ...follow(
        only(['pending', 'partially_paid', 'paid', 'failed', 'cancelled'], IN),
        refund('succeeded', 10, 'ref_9'),
      ),
      refunded: [...IN.paid, refund('succeeded', 10, 'ref_9'), refund('succeeded', 90)],
    },
    now: (state) => refund('reversed', 10, 'ref_9', state === 'initiated' ? 'pay_2' : 'pay_1'),
  },
  'refund.flip': {
    before: {
      ...follow(IN, refund('failed', 10, 'ref_9')),
      initiated: [...STRANGER, refund('failed', 10, 'ref_9', 'pay_2')],
    },
    now: (state) => refund('succeeded', 10, 'ref_9', state === 'initiated' ? 'pay_2' : 'pay_1'),
  },
  'dispute.inquiry': disputes('inquiry'),
  'dispute.opened': disputes('opened'),
  'dispute.won': disputes('won'),
  'dispute.lost': {
    before: WITH_MONEY,
    now: (state) => dispute('lost', 10, 'dsp_9', moneyIn(state)[1]),
  },
  'dispute.lost.all': {
    before: WITH_MONEY,
    now: (state) =>
      dispute('lost', state === 'partially_paid' ? 40 : 100, 'dsp_9', moneyIn(state)[1]),
  },
  'dispute.lost.early': {
    before: UNCAPTURED,
    now: (state) => dispute('lost', 10, 'dsp_9', subjectIn(state)),
  },
  'dispute.lost.over': { before: TAKEN_TOO_MUCH, now: () => dispute('lost', 150, 'dsp_9') },
  'dispute.currency': {
    before: UNCAPTURED,
    now: (state) => {
      const opened = dispute('opened', 10, 'dsp_9', subjectIn(state));
      return { ...opened, fact: { ...opened.fact, currency: 'USD' } };
    },
  },
  'dispute.flip': {
    before: {
      ...follow(IN, dispute('won', 10, 'dsp_9')),
      initiated: [...STRANGER, dispute('won', 10, 'dsp_9', 'pay_2')],
    },
    now: (state) => dispute('lost', 10, 'dsp_9', state === 'initiated' ? 'pay_2' : 'pay_1'),
  },
  'verify.requested': { before: IN, now: () => verify() },
  'verify.requested.stranger': { before: IN, now: () => verify('pay_8') },
  'verify.other_order': {
    before: follow(IN, verify('pay_8')),
    now: () => told(snapshot('captured', 'pay_8', { orderId: 'ord_2' })),
  },
  'fact.delivered_again': {
    before: follow({ ...IN, initiated: STRANGER }, dispute('inquiry', 10, 'dsp_8')),
    now: () => dispute('inquiry', 10, 'dsp_8'),
  },
  'fact.told_again': {
    before: {
      ...follow(IN, dispute('inquiry', 10, 'dsp_8')),
      initiated: [...STRANGER, dispute('inquiry', 10, 'dsp_8', 'pay_2')],
    },
    now: (state) =>
      again(dispute('inquiry', 10, 'dsp_8', state === 'initiated' ? 'pay_2' : 'pay_1')),
  },
  'fact.contradicted': {
    before: {
      ...follow(IN, dispute('inquiry', 10, 'dsp_8')),
      initiated: [...STRANGER, dispute('inquiry', 10, 'dsp_8', 'pay_2')],
    },
    now: (state) => dispute('inquiry', 11, 'dsp_8', state === 'initiated' ? 'pay_2' : 'pay_1'),
  },
  'fact.of_unknown_payment': { before: IN, now: () => payment('captured', 'pay_7') },
};

function disputes(word: 'inquiry' | 'opened' | 'won'): Scenes {
  return {
    before: { ...IN, initiated: STRANGER },
    now: (state) => dispute(word, 10, 'dsp_9', state === 'initiated' ? 'pay_2' : 'pay_1'),
  };
}
