/**
 * Anything that can be typed may happen to an order, in any order: facts about payments it knows and does
 * not, commands, answers to whatever it has asked, silence, and every alarm.
 */
import fc from 'fast-check';
import { type Effect, isBusinessEffect } from '../../src/domain/effects/effects.ts';
import type { DomainEvent } from '../../src/domain/events.ts';
import {
  CAPTURE_FACTS,
  DISPUTE_FACTS,
  type Fact,
  PAYMENT_FACTS,
  type PaymentSnapshot,
  REFUND_FACTS,
} from '../../src/domain/facts/facts.ts';
import type { Ledger } from '../../src/domain/ledger.ts';
import { command, TERMS, webhook } from './order-events.ts';

/** Objects as JSON makes them. */
function plain<T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(model, { noNullPrototype: true }) as fc.Arbitrary<T>;
}

const paymentId = fc.constantFrom('pay_1', 'pay_2', 'pay_3');
const captureId = fc.constantFrom('cap_1', 'cap_2');
const refundId = fc.constantFrom('ref_1', 'ref_2');
const disputeId = fc.constantFrom('dsp_1', 'dsp_2');
const amountMinor = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(30, 40, 60, 100, 150) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }) },
);
const currency = fc.constantFrom('INR', 'INR', 'INR', 'INR', 'USD');
const money = { paymentId, amountMinor, currency };

export const anyFact: fc.Arbitrary<Fact> = fc.oneof(
  plain({ type: fc.constantFrom(...PAYMENT_FACTS), ...money, captureId }),
  plain({ type: fc.constantFrom(...CAPTURE_FACTS), ...money, captureId }),
  plain({ type: fc.constantFrom(...REFUND_FACTS), ...money, refundId }),
  plain({ type: fc.constantFrom(...DISPUTE_FACTS), ...money, disputeId }),
);

const anySnapshot: fc.Arbitrary<PaymentSnapshot> = plain({
  ...money,
  orderId: fc.constantFrom(TERMS.orderId, TERMS.orderId, TERMS.orderId, 'ord_2', null),
  status: fc.constantFrom(
    ...(['created', 'pending', 'authorized', 'captured', 'failed', 'voided'] as const),
  ),
  refunded: fc.constantFrom(0, 0, 40),
  refundId,
  captureId,
  reversed: fc.boolean(),
}).map(({ refunded, refundId, captureId, reversed, ...payment }) => ({
  ...payment,
  captures:
    payment.status === 'captured'
      ? [{ captureId, amountMinor: payment.amountMinor, reversed }]
      : [],
  refunds:
    refunded === 0 ? [] : [{ ...payment, refundId, amountMinor: refunded, status: 'succeeded' }],
  disputes: [],
}));

const anyCommand = fc.oneof(
  fc.constant({ type: 'pay' } as const),
  fc.constant({ type: 'verify' } as const),
  plain({ type: fc.constant('verify' as const), paymentId }),
  fc.constant({ type: 'cancel' } as const),
  plain({
    type: fc.constant('refund' as const),
    requestKey: fc.constantFrom('key_1', 'key_1.2', 'review:rev_1', '__proto__'),
    amountMinor: fc.constantFrom(10, 40, 60, 100),
  }),
  plain({
    type: fc.constant('review' as const),
    reviewId: fc.constantFrom('rev_1', 'rev_2', 'rev_3'),
    decision: fc.constantFrom('approve' as const, 'reject' as const),
    version: fc.constant<number>(-1),
    note: fc.constant('seen'),
  }),
  fc.constant({ type: 'retry', key: `${TERMS.orderId}:grant_access:1` } as const),
);

/** One thing that happens, made concrete when its turn comes: what is answered depends on what was asked. */
export type Step =
  | { kind: 'fact'; fact: Fact }
  | { kind: 'command'; command: typeof anyCommand extends fc.Arbitrary<infer C> ? C : never }
  | {
      kind: 'answer';
      which: number;
      how: 'answered' | 'refused' | 'unanswered';
      snapshot: PaymentSnapshot;
    }
  | { kind: 'deadline'; deadline: 'expiry' | 'poll' | 'settlement'; hours: number };

export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: plain({ kind: fc.constant('fact' as const), fact: anyFact }) },
  {
    weight: 3,
    arbitrary: plain({ kind: fc.constant('command' as const), command: anyCommand }),
  },
  {
    weight: 4,
    arbitrary: plain({
      kind: fc.constant('answer' as const),
      which: fc.nat(5),
      how: fc.constantFrom('answered', 'answered', 'refused', 'unanswered'),
      snapshot: anySnapshot,
    }),
  },
  {
    weight: 1,
    arbitrary: plain({
      kind: fc.constant('deadline' as const),
      deadline: fc.constantFrom('expiry', 'poll', 'settlement'),
      hours: fc.constantFrom(1, 25, 400),
    }),
  },
);

export const anySteps = fc.array(anyStep, { maxLength: 30 });

/** The event of a step; null where it answers and nothing was asked. */
export function eventOf(step: Step, ledger: Ledger, nth: number): DomainEvent | null {
  switch (step.kind) {
    case 'fact':
      return webhook(step.fact, `evt_${nth}`);
    case 'command':
      return command(presentVersion(step.command, ledger), `cmd_${nth}`);
    case 'deadline': {
      const at = TERMS.createdAt + step.hours * 3_600_000;
      const { deadline } = step;
      return { type: 'deadline.reached', deadline, id: `alarm_${nth}`, source: 'timer', at };
    }
    case 'answer': {
      const pending = Object.values(ledger.effects).filter(({ status }) => status === 'pending');
      const entry = pending[step.which % Math.max(1, pending.length)];
      return entry === undefined ? null : answerTo(entry.command, step);
    }
  }
}

type AnyCommand = Extract<Step, { kind: 'command' }>['command'];

/** Operators decide on what they see; stale versions have stories of their own. */
function presentVersion(body: AnyCommand, { reviews }: Ledger): AnyCommand {
  if (body.type !== 'review') return body;
  return { ...body, version: reviews.find(({ id }) => id === body.reviewId)?.version ?? -1 };
}

export function answerTo(
  effect: Effect,
  { how, snapshot }: Pick<Extract<Step, { kind: 'answer' }>, 'how' | 'snapshot'>,
): DomainEvent {
  const { key } = effect;
  const envelope = { key, id: key, source: 'effect', at: TERMS.createdAt, attempts: 1 } as const;
  if (how === 'refused') return { ...envelope, type: 'effect.refused', code: 'no' };
  if (how === 'unanswered') return { ...envelope, type: 'effect.unanswered', reason: 'timeout' };
  const answered = { ...envelope, type: 'effect.answered' } as const;
  if (isBusinessEffect(effect)) return { ...answered, answer: null };
  switch (effect.effect) {
    case 'fetch_payments': {
      const missing = effect.paymentIds.filter((id) => id !== snapshot.paymentId);
      return { ...answered, answer: { to: effect.effect, payments: [snapshot], missing } };
    }
    case 'create_payment':
      return { ...answered, answer: { to: effect.effect, payment: snapshot, checkout: {} } };
    case 'capture_payment':
    case 'void_payment': {
      const payment = { ...snapshot, paymentId: effect.paymentId };
      return { ...answered, answer: { to: effect.effect, payment } };
    }
    case 'refund_payment': {
      const { paymentId, amountMinor, currency, requestKey } = effect;
      const refund = { refundId: `ref_of_${requestKey}`, paymentId, amountMinor, currency };
      return {
        ...answered,
        answer: { to: effect.effect, refund: { ...refund, status: 'succeeded' } },
      };
    }
  }
}
