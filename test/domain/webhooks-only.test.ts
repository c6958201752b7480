/** Orders at a gateway of which nothing can be fetched: what a webhook says is the last word, and its silence is noticed. */
import assert from 'node:assert/strict';
import type { Answer } from '../../src/domain/effects/effects.ts';
import type { DomainEvent, FactEvent } from '../../src/domain/events.ts';
import type { GatewayIds, RefusalFact } from '../../src/domain/facts/facts.ts';
import {
  cancel,
  captured,
  captureRequest,
  created,
  denied,
  dispute,
  pay,
  payment,
  reached,
  refund,
  refundAnswered,
  refundRequest,
  snapshot,
  TERMS,
  told,
  webhook,
} from '../support/order-events.ts';
import { apply, givenWith, type Happening, ledgerOf, tell } from '../support/order-story.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
const ONLY = { webhooksOnly: true } as const;
const BY_HAND = { ...ONLY, manualCapture: { takes: 'part' } } as const;

const naming = (event: FactEvent, gatewayIds: GatewayIds): FactEvent => ({
  ...event,
  fact: { ...event.fact, gatewayIds },
});
const madeBy = (event: FactEvent, maker: 'ours' | 'other'): FactEvent => ({
  ...event,
  fact: { ...event.fact, madeBy: maker },
});
const refusal = (type: RefusalFact['type'], callId = 'call_1'): FactEvent =>
  webhook({ type, paymentId: 'pay_1', callId, amountMinor: 100, currency: 'INR' }, `evt:${callId}`);
const accepted = (to: 'capture_payment' | 'void_payment', cause = 'pay_1'): DomainEvent => {
  const key = `${TERMS.orderId}:${to}:${cause}`;
  const answer: Answer = { to, payment: null };
  return {
    type: 'effect.answered',
    id: key,
    key,
    source: 'effect',
    at: TERMS.createdAt,
    attempts: 1,
    answer,
  };
};

const authorized = naming(payment('authorized'), { payment: 'psp_1' });

describe('what calls about a payment have to name', () => {
  it('goes with each call, once the gateway has said it', () => {
    const opened = created();
    const named = { ...opened } as Extract<DomainEvent, { type: 'effect.answered' }>;
    const { answer } = named;
    assert.ok(answer?.to === 'create_payment');
    const withLink: Happening = {
      ...named,
      answer: { ...answer, payment: { ...answer.payment, gatewayIds: { link: 'lnk_1' } } },
    };
    const { after } = givenWith(ONLY, pay(), withLink).when(authorized);
    const [capture] = after.effects.filter(({ effect }) => effect === 'capture_payment');
    assert.ok(capture?.effect === 'capture_payment');
    assert.deepEqual(capture.gatewayIds, { link: 'lnk_1', payment: 'psp_1' });
  });

  it('stays the first: another value of a name changes nothing', () => {
    const other = naming(payment('voided'), { payment: 'psp_2' });
    const { after } = givenWith(ONLY, pay(), created(), authorized).when(other);
    assert.deepEqual(after.ledger.payments.pay_1?.gatewayIds, { payment: 'psp_1' });
  });

  it('is not there at gateways whose own ids do', () => {
    const { after } = givenWith({}, pay(), created()).when(payment('authorized'));
    assert.ok(!JSON.stringify(after).includes('gatewayIds'));
  });
});

describe('a capture that is only accepted', () => {
  const before = ledgerOf(ONLY, [pay(), created(), authorized, accepted('capture_payment')]);

  it('pays nothing until a webhook says so', () => {
    assert.equal(tell(before, { ledger: before, records: [], effects: [] }).state, 'pending');
    const { state, granted } = tell(before, apply(before, captured()));
    assert.deepEqual([state, granted], ['paid', true]);
  });

  it('is for a person where a webhook refuses it', () => {
    const refused = apply(before, refusal('capture.refused')).ledger;
    const { reviews } = tell(refused, apply(refused, told()));
    assert.deepEqual(reviews, ['capture_refused']);
  });

  it('is refused to the shop that has asked for it by hand', () => {
    const { after } = givenWith(
      BY_HAND,
      ...[pay(), created(), authorized, captureRequest(), accepted('capture_payment', 'cap_key_1')],
    ).when(refusal('capture.refused'));
    assert.equal(after.ledger.captureRequests?.cap_key_1?.status, 'refused');
  });

  it('is not refused any more once it has come', () => {
    givenWith(ONLY, pay(), created(), authorized, captured())
      .when(refusal('capture.refused'))
      .thenNothing('stale');
  });
});

describe('a void that is only accepted', () => {
  const asked = [pay(), created(), cancel(), accepted('void_payment')];

  it('cancels nothing until a webhook says so', () => {
    givenWith(ONLY, ...asked)
      .when(payment('voided'))
      .then({ state: 'cancelled' });
    const { ledger } = givenWith(ONLY, ...asked.slice(0, 3)).when(accepted('void_payment')).after;
    assert.deepEqual([ledger.cancelled, ledger.cancelRequested], [false, true]);
  });

  it('ends the request to cancel where a webhook refuses it', () => {
    const { ledger } = givenWith(ONLY, ...asked).when(refusal('void.refused')).after;
    assert.deepEqual([ledger.cancelRequested, ledger.payments.pay_1?.voiding], [false, false]);
  });

  it('is refused where none was asked for: stale', () => {
    givenWith(ONLY, pay(), created()).when(refusal('void.refused')).thenNothing('stale');
  });
});

describe('an authorization after its payment has ended', () => {
  for (const ended of ['failed', 'expired', 'voided'] as const)
    it(`counts after it was ${ended}, where it is one that nobody has heard of`, () => {
      const { after } = givenWith(ONLY, pay(), created(), payment(ended)).when(authorized);
      assert.equal(after.ledger.payments.pay_1?.status, 'authorized');
    });

  it('is stale where it is the one that was voided, delivered late', () => {
    const voided = naming(payment('voided'), { payment: 'psp_1' });
    const { after } = givenWith(ONLY, pay(), created(), voided).when(authorized);
    assert.equal(after.ledger.payments.pay_1?.status, 'voided');
  });

  it('is asked about first where the gateway can be asked', () => {
    const { after } = givenWith({}, pay(), created(), payment('failed')).when(authorized);
    assert.equal(after.ledger.payments.pay_1?.status, 'failed');
    assert.ok(after.effects.some(({ effect }) => effect === 'fetch_payments'));
  });
});

describe('a dispute that nobody can be asked about', () => {
  const paid = [pay(), created(), captured()];

  it('gives back what it took where it is won after all', () => {
    const { ledger } = givenWith(ONLY, ...paid, dispute('lost')).when(dispute('won')).after;
    assert.equal(ledger.disputes.dsp_1?.status, 'won');
  });

  it('stays won where its loss is delivered late', () => {
    givenWith(ONLY, ...paid, dispute('won'))
      .when(dispute('lost'))
      .thenNothing('stale');
  });

  it('takes the money again under another id', () => {
    const { ledger } = givenWith(ONLY, ...paid, dispute('lost'), dispute('won')).when(
      dispute('lost', 100, 'dsp_1:second'),
    ).after;
    const statuses = Object.values(ledger.disputes).map(({ status }) => status);
    assert.deepEqual(statuses, ['won', 'lost']);
  });
});

describe('a refund that nobody can be asked about', () => {
  it('stays failed where its success is delivered late', () => {
    givenWith(ONLY, pay(), created(), captured(), refund('failed'))
      .when(refund('succeeded'))
      .thenNothing('stale');
  });
});

describe('a payment that the order has not heard of', () => {
  it('is its own where it carries the mark of this installation', () => {
    givenWith(ONLY)
      .when(madeBy(captured(100, 'cap_9', 'pay_9'), 'ours'))
      .then({ state: 'paid', reviews: [], asks: [] });
  });

  it('is put before an operator where another installation made it', () => {
    givenWith(ONLY)
      .when(madeBy(captured(100, 'cap_9', 'pay_9'), 'other'))
      .then({
        state: 'initiated',
        outcomes: ['rejected'],
        works: ['park_payment:pay_9:captured'],
      });
  });

  it('is held where it says nothing, and given up once it is missing for good', () => {
    const before = [captured(100, 'cap_9', 'pay_9'), denied('pay_9')];
    const again = [reached('poll', TERMS.createdAt + 1), denied('pay_9')];
    givenWith(ONLY, ...before, ...again, reached('poll', TERMS.createdAt + 2))
      .when(denied('pay_9'))
      .then({ state: 'initiated', reviews: ['unmatched'] });
  });

  it('is asked about where the gateway can be asked, whatever mark is said', () => {
    givenWith({})
      .when(madeBy(captured(100, 'cap_9', 'pay_9'), 'ours'))
      .then({ state: 'initiated', asks: ['fetch_payments:1'] });
  });
});

describe('a webhook that does not come', () => {
  const AFTER = TERMS.createdAt + 4 * DAY_MS;
  const silences: [string, Happening[], string][] = [
    ['of a capture', [pay(), created(), authorized, accepted('capture_payment')], 'payment:pay_1'],
    [
      'of a refund',
      [
        pay(),
        created(),
        captured(),
        refundRequest(),
        refundAnswered('ref_1', 100, { status: 'pending' }),
      ],
      'refunded:ref_1',
    ],
    [
      'of a void',
      [pay(), created(), authorized, cancel(), accepted('void_payment')],
      'payment:pay_1',
    ],
    [
      'of a payment that its customer has made',
      [pay(), created(), reached('poll', TERMS.createdAt + 1), told(snapshot('pending'))],
      'payment:pay_1',
    ],
  ];
  for (const [what, before, cause] of silences) {
    it(`${what} is for a person after some days`, () => {
      const { after } = givenWith(ONLY, ...before).when(reached('poll', AFTER));
      const [review] = after.ledger.reviews.filter(({ status }) => status === 'open');
      assert.deepEqual([review?.reason, review?.causes], ['key_expired', [cause]]);
      assert.match(
        after.records.map(({ reason }) => reason).join(),
        /have the gateway send it again/,
      );
    });

    it(`${what} is awaited before`, () => {
      const early = reached('poll', TERMS.createdAt + 2 * DAY_MS);
      givenWith(ONLY, ...before)
        .when(early)
        .then({ reviews: [] });
    });

    it(`${what} is not awaited at a gateway that can be asked`, () => {
      givenWith({}, ...before)
        .when(reached('poll', AFTER))
        .then({ reviews: [] });
    });
  }

  it('is no matter of an order that waits for its customer', () => {
    givenWith(ONLY, pay(), created()).when(reached('poll', AFTER)).then({ reviews: [] });
  });
});
