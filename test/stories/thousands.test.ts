/** A thousand payments, each told three times by everybody who can tell it: pure, so that it is quick. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Ledger } from '../../src/domain/ledger.ts';
import { capturedMinor, refundedMinor, stateOf } from '../../src/domain/sums.ts';
import { transition } from '../../src/domain/transition.ts';
import {
  again,
  captured,
  payment,
  refund,
  snapshot,
  told,
  verify,
} from '../support/order-events.ts';
import { IN } from '../support/order-states.ts';
import { apply, type Happening, ledgerAfter } from '../support/order-story.ts';

const PAYMENTS = 1_000;

function shuffledOnce<T>(items: T[], seed: number): T[] {
  const [order = items] = fc.sample(
    fc.shuffledSubarray(items, { minLength: items.length, maxLength: items.length }),
    { seed, numRuns: 1 },
  );
  return order;
}

function grantsOf(ledger: Ledger): number {
  return Object.keys(ledger.effects).filter((key) => key.includes(':grant_access:')).length;
}

/** What everybody says of a payment that was captured: three times each. */
function everybody(): Happening[] {
  const facts = [payment('pending'), payment('authorized'), captured()];
  return [0, 1, 2].flatMap((times) => [
    ...facts.map((fact) => again(fact, times)),
    verify('pay_1', `verify-${times}`),
  ]);
}

describe('a thousand payments told three times, T05 T14', () => {
  it('are a thousand grants, whatever comes first', () => {
    const granted = Array.from({ length: PAYMENTS }, (_, seed) => {
      const ledger = shuffledOnce(everybody(), seed).reduce<Ledger>(
        (before, happening) => {
          const event = typeof happening === 'function' ? happening(before) : happening;
          return transition(before, event).ledger;
        },
        ledgerAfter(...IN.pending),
      );
      assert.equal(stateOf(ledger), 'paid');
      assert.equal(capturedMinor(ledger), 100);
      return grantsOf(ledger);
    });
    assert.equal(
      granted.reduce((total, grants) => total + grants, 0),
      PAYMENTS,
    );
  });
});

describe('a refund told again by every way, T07', () => {
  const given = ledgerAfter(...IN.paid, refund('succeeded', 40));
  const known = { refundId: 'ref_1', paymentId: 'pay_1', amountMinor: 40, currency: 'INR' };
  const truth = snapshot('captured', 'pay_1', { refunds: [{ ...known, status: 'succeeded' }] });
  const ways: [string, Happening[]][] = [
    ['the same webhook', [refund('succeeded', 40)]],
    ['another webhook', [again(refund('succeeded', 40))]],
    ['the gateway itself, asked', [verify('pay_9'), told(truth)]],
  ];
  for (const [way, happenings] of ways)
    it(`is subtracted once when told by ${way}`, () => {
      const ledger = happenings.reduce((before, event) => apply(before, event).ledger, given);
      assert.deepEqual([refundedMinor(ledger), stateOf(ledger)], [40, 'paid']);
    });
});
