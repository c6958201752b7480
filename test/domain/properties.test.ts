/** What holds whatever happens: the invariants of the order, over thousands of random lives of one. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isBusinessEffect } from '../../src/domain/effects/effects.ts';
import type { DomainEvent } from '../../src/domain/events.ts';
import { captureIdOf } from '../../src/domain/facts/facts.ts';
import { type Dispute, type Ledger, openLedger, type Refund } from '../../src/domain/ledger.ts';
import {
  capturedMinor,
  isRefundedInFull,
  lostMinor,
  openReviews,
  refundedMinor,
  stateOf,
} from '../../src/domain/sums.ts';
import { type Transition, transition } from '../../src/domain/transition.ts';
import { viewOf } from '../../src/domain/view.ts';
import { checkStep } from '../invariants/steps.ts';
import { answerTo, anySteps, eventOf, type Step } from '../support/order-chaos.ts';
import {
  again,
  captured,
  captureReversed,
  dispute,
  payment,
  reached,
  refund,
  snapshot,
  TERMS,
  told,
} from '../support/order-events.ts';
import { another, EXPIRED, IN } from '../support/order-states.ts';
import { apply, ledgerAfter, withoutCounters } from '../support/order-story.ts';
import { holds } from '../support/property.ts';

interface Moment {
  before: Ledger;
  event: DomainEvent;
  after: Transition;
}

function live(steps: Step[], from = openLedger(TERMS)): Moment[] {
  let ledger = from;
  return steps.flatMap((step, nth) => {
    const event = eventOf(step, ledger, nth);
    if (event === null) return [];
    const moment = { before: ledger, event, after: transition(ledger, event) };
    ledger = moment.after.ledger;
    return [moment];
  });
}

function endOf(moments: Moment[]): Ledger {
  return moments.at(-1)?.after.ledger ?? openLedger(TERMS);
}

function eachMoment(check: (moment: Moment) => void): fc.IProperty<[Step[]]> {
  return fc.property(anySteps, (steps) => live(steps).forEach(check));
}

/** Answers everything that is asked until nothing is open, the gateway knowing nothing more. */
function settle(ledger: Ledger): { ledger: Ledger; records: Transition['records'] } {
  const records: Transition['records'] = [];
  let settled = ledger;
  const go = (event: DomainEvent): void => {
    const after = transition(settled, event);
    settled = after.ledger;
    records.push(...after.records);
  };
  for (let round = 0; round < 8; round += 1) {
    for (const { command, status } of Object.values(settled.effects))
      if (status === 'pending')
        go(answerTo(command, { how: 'answered', snapshot: snapshot('failed', 'pay_0') }));
    go(reached('poll'));
  }
  return { ledger: settled, records };
}

function wasApproved(moment: Moment, ...reasons: string[]): boolean {
  const { before, after } = moment;
  return after.ledger.reviews.some(
    ({ id, reason, status }) =>
      reasons.includes(reason) &&
      status === 'approved' &&
      before.reviews.find((review) => review.id === id)?.status === 'open',
  );
}

/** Of a payment that may have come back to life the gateway is asked once more after the sync that is open. */
function askedOnce(ledger: Ledger): Ledger {
  return { ...ledger, inquiry: { ...ledger.inquiry, again: false } };
}

describe('an order, whatever happens to it', () => {
  holds(
    'never throws, and leaves what it was given as it was',
    eachMoment(({ before, event }) => {
      const copy = structuredClone(before);
      assert.deepStrictEqual(apply(copy, event).ledger, transition(before, event).ledger);
      assert.deepStrictEqual(copy, before);
    }),
  );

  holds(
    'is plain JSON, and the same when read again (I9)',
    eachMoment(({ after: { ledger } }) => {
      const read = JSON.parse(JSON.stringify(ledger)) as Ledger;
      assert.deepStrictEqual(read, ledger);
      assert.deepStrictEqual(viewOf(read), viewOf(ledger));
    }),
  );

  holds(
    'ignores the same delivery again, but for the counters (I1b)',
    eachMoment(({ event, after }) => {
      if ('key' in event || event.type === 'deadline.reached') return;
      const repeated = transition(after.ledger, event);
      assert.deepStrictEqual(withoutCounters(repeated.ledger), withoutCounters(after.ledger));
      assert.deepStrictEqual(repeated.effects, []);
      assert.deepStrictEqual(
        repeated.records.map(({ outcome }) => outcome),
        ['duplicate'],
      );
    }),
  );

  holds(
    'ignores the same fact by another way, but for the counters (I1b)',
    eachMoment(({ event, after }) => {
      if (event.type !== 'fact') return;
      if (after.ledger.payments[event.fact.paymentId] === undefined) return;
      const repeated = transition(after.ledger, again(event));
      assert.deepStrictEqual(
        withoutCounters(askedOnce(repeated.ledger)),
        withoutCounters(askedOnce(after.ledger)),
      );
      assert.deepStrictEqual(repeated.effects, []);
    }),
  );

  holds(
    'ignores the same answer to a finished effect again',
    eachMoment(({ event, after }) => {
      if (event.type !== 'effect.answered') return;
      if (after.ledger.effects[event.key]?.status === 'pending') return;
      const repeated = transition(after.ledger, event);
      assert.deepStrictEqual(withoutCounters(repeated.ledger), withoutCounters(after.ledger));
    }),
  );

  holds(
    'never uses an effect key for anything else, nor starts a business effect twice (I2, I10)',
    fc.property(anySteps, (steps) => {
      const started = new Map<string, unknown>();
      for (const { event, after } of live(steps))
        for (const effect of after.effects) {
          const known = started.get(effect.key);
          if (known !== undefined) assert.deepStrictEqual(effect, known);
          const isRetry = event.type === 'retry' && event.key === effect.key;
          if (known !== undefined && !isRetry) assert.equal(isBusinessEffect(effect), false);
          started.set(effect.key, effect);
        }
    }),
  );

  holds(
    'leaves paid only by a full refund, a lost dispute or a reversal, and never silently (I3)',
    eachMoment(({ before, after: { ledger } }) => {
      const to = stateOf(ledger);
      if (stateOf(before) !== 'paid' || to === 'paid') return;
      if (to === 'refunded') return assert.ok(isRefundedInFull(ledger));
      assert.ok(capturedMinor(ledger) < capturedMinor(before), 'money was taken back');
      assert.ok(openReviews(ledger).some(({ reason }) => reason === 'capture_reversed'));
    }),
  );

  holds(
    'comes back from refunded or cancelled only by an approved review (I4, I5)',
    eachMoment((moment) => {
      const from = stateOf(moment.before);
      const to = stateOf(moment.after.ledger);
      if (from === to) return;
      if (from === 'refunded')
        assert.ok(wasApproved(moment, 'captured_after_refund', 'dispute_flip'), `→ ${to}`);
      if (from === 'cancelled') assert.ok(wasApproved(moment, 'paid_after_cancel'), `→ ${to}`);
    }),
  );

  holds(
    'never gives back more than came in without calling a person (I6)',
    eachMoment(({ after: { ledger } }) => {
      const out = refundedMinor(ledger) + lostMinor(ledger);
      assert.ok(out >= 0);
      const reasons = ['over_refund', 'double_loss', 'capture_reversed'];
      if (out > capturedMinor(ledger))
        assert.ok(ledger.reviews.some(({ reason }) => reasons.includes(reason)));
    }),
  );

  holds(
    'keeps every capture: in the ledger, held, or before a person (I7)',
    fc.property(anySteps, (steps) => {
      const moments = live(steps);
      const ledger = endOf(moments);
      const kept = JSON.stringify([ledger.captures, ledger.foreignCaptures, ledger.held]);
      const causes = JSON.stringify(ledger.reviews.map((review) => review.causes));
      for (const { event } of moments) {
        if (event.type !== 'fact' || event.fact.type !== 'payment.captured') continue;
        const { amountMinor } = event.fact;
        const id = captureIdOf(event.fact);
        const isKept = kept.includes(`"captureId":"${id}"`) && kept.includes(`:${amountMinor}`);
        assert.ok(isKept || causes.includes(`payment.captured:${id}:${amountMinor}`));
      }
    }),
  );

  holds(
    'leaves one outcome for every input, sooner or later (I8)',
    fc.property(anySteps, (steps) => {
      const moments = live(steps);
      const rest = settle(endOf(moments));
      const records = [...moments.flatMap(({ after }) => after.records), ...rest.records];
      for (const { event } of moments) {
        if ('key' in event || event.type === 'deadline.reached') continue;
        const own = records.filter(({ eventId }) => eventId === event.id);
        assert.equal(own.length, 1, `${event.type} ${event.id}`);
      }
      assert.deepStrictEqual(
        records.map(({ seq }) => seq),
        records.map((_, i) => i + 1),
      );
    }),
  );

  holds(
    'changes nothing that is shown without a new version',
    eachMoment(({ before, after }) => {
      if (after.ledger.version !== before.version) return;
      // Tries of calls are no news of the order, and must not begin its schedule anew.
      const { counters: _1, expiresAt: _2, gatewayFailure: _3, ...shown } = viewOf(after.ledger);
      const { counters: _4, expiresAt: _5, gatewayFailure: _6, ...was } = viewOf(before);
      assert.deepStrictEqual(shown, was);
    }),
  );

  holds(
    'keeps the invariants of a step, which the simulator checks as well',
    eachMoment(({ before, after }) => checkStep(before, after)),
  );
});

/** Facts that can all be true of one order: nothing in it contradicts anything else. */
const CONSISTENT = [
  payment('pending'),
  payment('failed'),
  captured(100),
  captureReversed(100),
  payment('pending', 'pay_2'),
  payment('expired', 'pay_2'),
  captured(40, 'cap_2', 'pay_2'),
  captured(60, 'cap_3', 'pay_2'),
  captureReversed(40, 'cap_2', 'pay_2'),
  refund('pending', 100),
  refund('succeeded', 100),
  refund('reversed', 100),
  refund('succeeded', 40, 'ref_2', 'pay_2'),
  refund('failed', 20, 'ref_3', 'pay_2'),
  dispute('opened', 60, 'dsp_1', 'pay_2'),
  dispute('won', 60, 'dsp_1', 'pay_2'),
  dispute('lost', 100, 'dsp_2'),
];

/** What has happened, not the ledgers: a mutant that runs while a file is loaded takes a process of its own. */
const BEGINNINGS = {
  pending: [...IN.pending, ...another()],
  expired: [...EXPIRED, ...another()],
  cancelled: [...IN.cancelled, ...another()],
};

/** The facts themselves, without what we decided about them on the way and when each of them moved. */
function factsIn({ captures, refunds, disputes, payments, foreignCaptures, facts }: Ledger) {
  const statuses = Object.values(payments).map(({ paymentId, status }) => [paymentId, status]);
  const plain = (moved: Record<string, Refund | Dispute>) =>
    Object.fromEntries(
      Object.entries(moved).map(([id, { movedAtVersion, ...fact }]) => [id, fact]),
    );
  return {
    captures,
    refunds: plain(refunds),
    disputes: plain(disputes),
    foreignCaptures,
    facts,
    statuses: Object.fromEntries(statuses),
  };
}

function isSticky(state: string): boolean {
  return state === 'cancelled' || state === 'refunded';
}

/** What lifts an expiry is over again in one order and not in the other: the alarm rings at once. */
function timeRunsOut(ledger: Ledger): Ledger {
  const late = apply(ledger, reached('expiry')).ledger;
  return [told(), told(), told()].reduce((asked, answer) => apply(asked, answer).ledger, late);
}

const shuffled = fc
  .record({
    beginning: fc.constantFrom(...(Object.keys(BEGINNINGS) as (keyof typeof BEGINNINGS)[])),
    facts: fc.subarray(CONSISTENT),
  })
  .chain(({ beginning, facts }) => {
    const repeated = fc.shuffledSubarray([...facts, ...facts.map((fact) => again(fact))], {
      minLength: facts.length * 2,
    });
    return fc.tuple(fc.constant(beginning), fc.constant(facts), repeated);
  });

describe('the same facts in another order, and repeated', () => {
  holds(
    'make the same ledger (I1)',
    fc.property(shuffled, ([beginning, facts, repeated]) => {
      const start = ledgerAfter(...BEGINNINGS[beginning]);
      const once = facts.reduce((ledger, fact) => apply(ledger, fact).ledger, start);
      const other = repeated.reduce((ledger, fact) => apply(ledger, fact).ledger, start);
      assert.deepStrictEqual(factsIn(other), factsIn(once));
    }),
  );

  holds(
    'make the same state and access, or the order that got stuck waits for a person (I1)',
    fc.property(shuffled, ([beginning, facts, repeated]) => {
      const start = ledgerAfter(...BEGINNINGS[beginning]);
      const runOut = (ledger: Ledger): Ledger =>
        beginning === 'expired' ? timeRunsOut(ledger) : ledger;
      const once = runOut(facts.reduce((ledger, fact) => apply(ledger, fact).ledger, start));
      const other = runOut(repeated.reduce((ledger, fact) => apply(ledger, fact).ledger, start));
      if (stateOf(other) !== stateOf(once)) {
        const stuck = [once, other].filter((ledger) => isSticky(stateOf(ledger)));
        const called = stuck.length > 0 ? stuck : [once, other];
        for (const ledger of called) assert.ok(openReviews(ledger).length > 0);
      } else if (other.access.granted !== once.access.granted)
        assert.ok([once, other].some((ledger) => openReviews(ledger).length > 0));
    }),
  );

  it('differ in the known case: paid twice and refunded once', () => {
    const facts = [captured(), refund('succeeded'), captured(100, 'cap_2', 'pay_2')] as const;
    const [first, back, second] = facts;
    const crossed = ledgerAfter(...IN.pending, ...another(), first, back, second);
    const straight = ledgerAfter(...IN.pending, ...another(), first, second, back);
    assert.deepStrictEqual(
      [stateOf(crossed), openReviews(crossed).map(({ reason }) => reason)],
      ['refunded', ['captured_after_refund']],
    );
    assert.deepStrictEqual(
      [stateOf(straight), openReviews(straight).map(({ reason }) => reason)],
      ['paid', ['double_payment']],
    );
  });
});

describe('every sequence of up to five facts', () => {
  const ALPHABET = [
    payment('failed'),
    captured(40),
    captured(60, 'cap_2'),
    captureReversed(40),
    refund('succeeded', 40),
    refund('failed', 60, 'ref_2'),
    dispute('lost', 60),
  ];

  it('keeps the sums honest at every step, and a repeat at every step changes nothing', () => {
    let visited = 0;
    const visit = (ledger: Ledger, depth: number): void => {
      if (depth === 0) return;
      for (const [i, fact] of ALPHABET.entries()) {
        const before = ledger;
        const { ledger: after } = transition(before, again(fact, 10 * depth + i));
        visited += 1;
        assertHonest(before, after);
        visit(after, depth - 1);
      }
    };
    visit(ledgerAfter(...BEGINNINGS.pending), 5);
    assert.equal(visited, 7 + 7 ** 2 + 7 ** 3 + 7 ** 4 + 7 ** 5);
  });
});

function assertHonest(before: Ledger, after: Ledger): void {
  const out = refundedMinor(after) + lostMinor(after);
  const from = stateOf(before);
  const to = stateOf(after);
  if (out > capturedMinor(after)) assert.ok(openReviews(after).length > 0);
  if (from === 'refunded') assert.equal(to, 'refunded');
  if (from === 'paid' && to !== 'paid' && to !== 'refunded')
    assert.ok(openReviews(after).length > 0);
  assert.ok(after.access.epoch <= 1, 'granted once');
}
