/** What is kept in ledgers goes through the histories of orders, and is read as it was meant before a field was kept. */
import assert from 'node:assert/strict';
import { factKey } from '../../src/domain/facts/facts.ts';
import type { Ledger } from '../../src/domain/ledger.ts';
import {
  created,
  decide,
  pay,
  payment,
  reached,
  refundAnswered,
  refundRequest,
  silence,
  snapshot,
  TERMS,
  told,
  unanswered,
  verify,
} from '../support/order-events.ts';
import { IN } from '../support/order-states.ts';
import { apply, ledgerAfter } from '../support/order-story.ts';

type Part = Record<string, unknown>;

/** The ledger as it was kept before each of its parts had that field. */
function without(
  ledger: Ledger,
  list: 'attempts' | 'payments' | 'captures',
  field: string,
): Ledger {
  const older = structuredClone(ledger);
  for (const part of Object.values(older[list] as unknown as Record<string, Part>))
    delete part[field];
  return older;
}

describe('an attempt from before it named what it supersedes', () => {
  const older = (): Ledger => without(ledgerAfter(pay()), 'attempts', 'supersedes');

  it('is repeated without a word on other payments', () => {
    const lost = apply(older(), unanswered('create_payment', 1)).ledger;
    const { effects } = apply(lost, reached('poll', TERMS.createdAt + 120_000));
    assert.deepStrictEqual(
      effects.map((effect) => ('supersedes' in effect ? effect.supersedes : effect.effect)),
      [[]],
    );
  });

  it('is open with the payment that the gateway made', () => {
    const { ledger } = apply(older(), created('pay_1', 1, 'pending'));
    assert.deepStrictEqual(
      ledger.attempts.map(({ status, paymentId }) => ({ status, paymentId })),
      [{ status: 'open', paymentId: 'pay_1' }],
    );
  });
});

describe('a mismatched payment from before what is held of it was kept', () => {
  it('is captured for its own amount', () => {
    const held = ledgerAfter(
      ...IN.failed,
      verify('pay_2'),
      told(snapshot('authorized', 'pay_2', { amountMinor: 70 })),
    );
    const older = without(held, 'payments', 'authorizedMinor');
    const { effects } = apply(older, decide('approve', 'amount_mismatch'));
    assert.deepStrictEqual(
      effects.filter(({ effect }) => effect === 'capture_payment'),
      [
        {
          effect: 'capture_payment',
          key: 'ord_1:capture_payment:pay_2',
          paymentId: 'pay_2',
          amountMinor: 70,
        },
      ],
    );
  });
});

describe('a capture that nobody took back', () => {
  it('is kept without a word on reversals', () => {
    assert.deepStrictEqual(ledgerAfter(...IN.paid).captures, {
      cap_1: {
        captureId: 'cap_1',
        paymentId: 'pay_1',
        amountMinor: 100,
        captured: true,
        reversed: false,
      },
    });
  });
});

describe('an order to which nothing has happened', () => {
  it('has seen nothing and asks for nothing', () => {
    const { seen, inquiry } = ledgerAfter();
    assert.deepStrictEqual(seen, []);
    assert.deepStrictEqual(inquiry, {
      generation: 0,
      open: false,
      again: false,
      askedAtVersion: 0,
      purpose: { expiry: false, settlement: false },
    });
  });
});

describe('a sync that the expiry began', () => {
  const asked = (): Ledger => ledgerAfter(...IN.pending, reached('expiry'));

  it('is for nothing more once it is answered', () => {
    const { inquiry } = apply(asked(), told(snapshot('created'))).ledger;
    assert.deepStrictEqual(inquiry.purpose, { expiry: false, settlement: false });
  });

  it('is for nothing more once nobody has answered it', () => {
    const { inquiry } = apply(asked(), silence).ledger;
    assert.deepStrictEqual(inquiry.purpose, { expiry: false, settlement: false });
  });
});

describe('a refund request that the gateway took', () => {
  it('is kept as accepted', () => {
    const { refundRequests } = ledgerAfter(
      ...IN.paid,
      refundRequest(30),
      refundAnswered('ref_1', 30),
    );
    assert.equal(refundRequests.key_1?.status, 'accepted');
  });
});

describe('a fact about where a payment stands', () => {
  it('is the same whichever capture is named with it', () => {
    const { fact } = payment('authorized', 'pay_1', { captureId: 'cap_1' });
    assert.equal(factKey(fact), 'payment.authorized:pay_1');
  });
});
