/** Authorize now, capture later: what waits, who ends the wait, and that each request is one capture. */
import assert from 'node:assert/strict';
import type { ManualCapture, OrderTerms } from '../../src/domain/order.ts';
import { nextDeadline } from '../../src/domain/schedule/deadlines.ts';
import { stateOf } from '../../src/domain/sums.ts';
import { viewOf } from '../../src/domain/view.ts';
import { PART_TAKEN } from '../support/matrix-captures.ts';
import {
  byHand,
  cancel,
  captureAnswered,
  captured,
  captureRequest,
  command,
  decide,
  later,
  pay,
  payment,
  reached,
  refund,
  refundAnswered,
  refundRequest,
  refused,
  snapshot,
  TERMS,
  told,
  unanswered,
  verify,
  voidAnswered,
  voidRequest,
} from '../support/order-events.ts';
import { another, IN } from '../support/order-states.ts';
import { apply, givenWith, type Happening, ledgerOf } from '../support/order-story.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function terms(takes: ManualCapture['takes'], heldForMs?: number): Partial<OrderTerms> {
  return { manualCapture: { takes, ...(heldForMs === undefined ? {} : { heldForMs }) } };
}

const PART = terms('part', 7 * DAY_MS);
const PARTS = terms('parts', 7 * DAY_MS);
const WHOLE = terms('whole', 5 * DAY_MS);

const HELD: Happening[] = [...IN.pending, payment('authorized')];
const taken = (amountMinor: number, status: 'captured' | 'authorized' = 'captured') =>
  snapshot(status, 'pay_1', { captures: [{ captureId: 'cap_1', amountMinor, reversed: false }] });

describe('an order that is captured by hand', () => {
  it('asks its gateway for a payment that waits, and any other order does not', () => {
    const asked = (more: Partial<OrderTerms>) => apply(ledgerOf(more, []), pay()).effects;
    assert.deepEqual(
      [PART, {}].map((more) => asked(more).map((effect) => 'capture' in effect && effect.capture)),
      [['manual'], [false]],
    );
  });

  it('stays pending once it is authorized, and shows what is held and until when', () => {
    const ledger = ledgerOf(PART, HELD);
    assert.equal(stateOf(ledger), 'pending');
    const { amountAuthorized, amountPaid, capture, payments } = viewOf(ledger);
    assert.deepEqual([capture, amountAuthorized, amountPaid], ['manual', 100, 0]);
    assert.equal(payments[0]?.captureBefore, '2026-02-02T10:01:00.000Z');
    givenWith(PART, ...IN.pending)
      .when(payment('authorized'))
      .then({ state: 'pending', asks: [], works: [], outcomes: ['applied'] });
  });

  it('keeps the time that the gateway itself names', () => {
    const expiresAt = TERMS.createdAt + 4 * DAY_MS;
    const held = told(snapshot('authorized', 'pay_1', { expiresAt }));
    const ledger = ledgerOf(PART, [...HELD, verify('pay_1'), held]);
    assert.equal(viewOf(ledger).payments[0]?.captureBefore, new Date(expiresAt).toISOString());
  });

  it('waits as long as the gateway holds the money, and then asks it', () => {
    const ledger = ledgerOf(PART, HELD);
    const end = Date.parse('2026-02-02T10:01:00.000Z');
    assert.equal(ledger.expiresAt, end);
    givenWith(PART, ...HELD)
      .when(reached('expiry'))
      .then({ state: 'pending', asks: [] });
    givenWith(PART, ...HELD)
      .when(reached('expiry', end))
      .then({ state: 'pending', asks: ['fetch_payments:1'] });
  });

  it('is paid by the capture of all of it, with access, invoice and books', () => {
    givenWith(PART, ...HELD)
      .when(captureRequest())
      .then({ state: 'pending', asks: ['capture_payment:cap_key_1'], outcomes: [] });
    givenWith(PART, ...HELD, captureRequest())
      .when(captureAnswered(taken(100)))
      .then({
        state: 'paid',
        works: [
          'post_ledger:capture-cap_1',
          'grant_access:1',
          'issue_invoice:1',
          'update_crm:paid-1',
        ],
      });
  });

  it('answers the caller when the webhook was faster than the answer', () => {
    givenWith(PART, ...HELD, captureRequest())
      .when(captured())
      .then({ state: 'paid', outcomes: ['applied', 'applied'] });
  });

  // As in mollie and Stripe dashboards: a person captures there, and our own request finds it done.
  it('is one capture when it was captured at the gateway meanwhile', () => {
    givenWith(PART, ...HELD, captureRequest())
      .when(captureAnswered(taken(70)))
      .then({ state: 'partially_paid', outcomes: ['applied', 'applied'] });
  });

  it('lets the shop capture what was authorized for another amount once a person takes it', () => {
    const mismatched = payment('authorized', 'pay_1', { amountMinor: 120 });
    const approved = [...IN.pending, mismatched, decide('approve', 'amount_mismatch')];
    givenWith(PART, ...IN.pending, mismatched)
      .when(decide('approve', 'amount_mismatch'))
      .then({ state: 'pending', asks: [] });
    givenWith(PART, ...approved)
      .when(captureRequest())
      .then({ state: 'pending', asks: ['capture_payment:cap_key_1'], outcomes: [] });
    givenWith(WHOLE, ...approved)
      .when(captureRequest())
      .thenRejected('capture_part_unsupported');
  });

  it('voids a second authorization of the same money', () => {
    givenWith(PART, ...HELD, ...another())
      .when(payment('authorized', 'pay_2'))
      .then({ state: 'pending', asks: ['void_payment:pay_2'] });
  });

  it('voids what is authorized when the money comes by hand', () => {
    givenWith(PART, ...HELD)
      .when(byHand())
      .then({ state: 'paid', asks: ['void_payment:pay_1'] });
  });

  it('captures no more than the order lacks by then', () => {
    givenWith(PART, ...HELD, byHand({ amountMinor: 30 }))
      .when(captureRequest(100))
      .thenRejected('capture_exceeds_authorized');
    const { effects } = apply(
      ledgerOf(PART, [...HELD, byHand({ amountMinor: 30 })]),
      captureRequest(),
    );
    assert.deepEqual(
      effects.map((effect) => 'amountMinor' in effect && effect.amountMinor),
      [70],
    );
  });

  it('takes no second payment while one is authorized: a click gets the same attempt', () => {
    givenWith(PART, ...HELD)
      .when(pay(2))
      .thenNothing();
  });

  it('opens another payment once the authorization has ended', () => {
    givenWith(PART, ...HELD, payment('expired'))
      .when(pay(2))
      .then({ state: 'pending', asks: ['create_payment:2'] });
  });
});

describe('a capture by hand', () => {
  // medusajs/medusa#13301: two captures at once, of which the loser refunded the order.
  it('asked for twice is one capture', () => {
    const first = captureRequest();
    givenWith(PART, ...HELD, first)
      .when(first)
      .then({ outcomes: ['duplicate'], asks: [] });
    givenWith(PART, ...HELD, first)
      .when(captureRequest(null, 'cap_key_1', 'another-click'))
      .then({ outcomes: [], asks: [] });
    givenWith(PART, ...HELD, first, captureAnswered(taken(100)))
      .when(captureRequest(null, 'cap_key_1', 'another-click'))
      .thenNothing();
  });

  it('under another key is refused while one is under way', () => {
    givenWith(PARTS, ...HELD, captureRequest(40))
      .when(captureRequest(60, 'cap_key_2'))
      .thenRejected('capture_in_progress');
  });

  it('is refused under a key that another amount has', () => {
    givenWith(PARTS, ...HELD, captureRequest(40))
      .when(captureRequest(60, 'cap_key_1', 'another-click'))
      .thenRejected('idempotency_key_reused');
    givenWith(PARTS, ...HELD)
      .when(captureRequest(60, 'constructor'))
      .thenRejected('idempotency_key_reused');
  });

  it('of more than is held is refused', () => {
    givenWith(PART, ...HELD)
      .when(captureRequest(101))
      .thenRejected('capture_exceeds_authorized');
    givenWith(PARTS, ...PART_TAKEN)
      .when(captureRequest(61))
      .thenRejected('capture_exceeds_authorized');
  });

  // killbill/killbill#515: a capture went through after the void.
  it('after a void or the end of the authorization is refused, and says which', () => {
    givenWith(PART, ...HELD, voidRequest(), voidAnswered(snapshot('voided')))
      .when(captureRequest())
      .thenRejected('authorization_voided');
    givenWith(PART, ...HELD, voidRequest())
      .when(captureRequest())
      .thenRejected('authorization_voided');
    givenWith(PART, ...HELD, payment('expired'))
      .when(captureRequest())
      .thenRejected('authorization_expired');
    givenWith(PART, ...IN.pending)
      .when(captureRequest())
      .thenRejected('nothing_authorized');
  });

  it('of an order that captures by itself is refused', () => {
    givenWith({}, ...HELD)
      .when(captureRequest())
      .thenRejected('nothing_authorized');
  });

  it('waits for a person where another amount was authorized than was asked for', () => {
    givenWith(PART, ...IN.pending, payment('authorized', 'pay_1', { amountMinor: 70 }))
      .when(captureRequest())
      .thenRejected('order_in_review');
  });

  it('of a part is refused at a gateway that captures whole', () => {
    givenWith(WHOLE, ...HELD)
      .when(captureRequest(60))
      .thenRejected('capture_part_unsupported');
    givenWith(WHOLE, ...HELD)
      .when(captureRequest(100))
      .then({ asks: ['capture_payment:cap_key_1'] });
  });

  it('of a part pays the order in part, and the gateway lets go of the rest', () => {
    const ledger = ledgerOf(PART, [...HELD, captureRequest(60), captureAnswered(taken(60))]);
    const { state, amountPaid, amountAuthorized } = viewOf(ledger);
    assert.deepEqual([state, amountPaid, amountAuthorized], ['partially_paid', 60, 0]);
    assert.equal(
      apply(ledger, captureRequest(40, 'cap_key_2')).records[0]?.answer?.code,
      'nothing_authorized',
    );
  });

  it('of a part leaves the rest to further captures, where the gateway takes several', () => {
    const first = [...HELD, captureRequest(60), captureAnswered(taken(60, 'authorized'))];
    const { state, amountPaid, amountAuthorized } = viewOf(ledgerOf(PARTS, first));
    assert.deepEqual([state, amountPaid, amountAuthorized], ['partially_paid', 60, 40]);
    givenWith(PARTS, ...first)
      .when(captureRequest(40, 'cap_key_2'))
      .then({ asks: ['capture_payment:cap_key_2'] });
    givenWith(PARTS, ...first, captureRequest(40, 'cap_key_2'))
      .when(captured(40, 'cap_2'))
      .then({ state: 'paid' });
  });

  it('is answered by its own end, not by that of a refund with the same key', () => {
    const { ledger } = apply(
      ledgerOf(PARTS, [...PART_TAKEN, captureRequest(60, 'key_1'), refundRequest(10)]),
      refundAnswered('ref_1', 10),
    );
    assert.deepEqual(
      ledger.waiting.map(({ type }) => type),
      ['capture'],
    );
  });

  it('of a part is a change of the order, too, when the gateway lets go of the rest by itself', () => {
    const asked = ledgerOf(PARTS, [...PART_TAKEN, command({ type: 'sync' })]);
    const { ledger } = apply(asked, told(taken(40)));
    assert.equal(viewOf(ledger).amountAuthorized, 0);
    assert.ok(ledger.version > asked.version, 'readers are told of it');
  });

  it('is refused for good where the gateway says no, and may be asked for anew', () => {
    const refusal: Happening[] = [captureRequest(), refused('capture_payment', 'cap_key_1')];
    givenWith(PART, ...HELD, captureRequest())
      .when(refused('capture_payment', 'cap_key_1'))
      .then({
        state: 'pending',
        codes: ['capture_refused', undefined],
        asks: ['fetch_payments:1'],
      });
    givenWith(PART, ...HELD, ...refusal)
      .when(captureRequest(null, 'cap_key_1', 'another-click'))
      .thenRejected('capture_refused');
    givenWith(PART, ...HELD, ...refusal)
      .when(captureRequest(null, 'cap_key_2'))
      .then({ asks: ['capture_payment:cap_key_2'] });
  });

  // medusajs/medusa#16292: the retry of a capture whose answer was lost went under a new key, and took the money twice.
  it('whose answer was lost is asked for again under its own key', () => {
    const lost: Happening[] = [captureRequest(), unanswered('capture_payment', 'cap_key_1')];
    givenWith(PARTS, ...HELD, captureRequest())
      .when(unanswered('capture_payment', 'cap_key_1'))
      .then({ state: 'pending', outcomes: ['applied'], asks: [] });
    givenWith(PARTS, ...HELD, ...lost)
      .when(reached('poll', TERMS.createdAt + HOUR_MS))
      .then({ asks: ['capture_payment:cap_key_1', 'fetch_payments:1'] });
    givenWith(PARTS, ...HELD, ...lost)
      .when(captureRequest(null, 'cap_key_2'))
      .thenRejected('capture_in_progress');
  });

  it('is for a person once the gateway has forgotten its key, where a repeat would take more', () => {
    const lost: Happening[] = [captureRequest(40), unanswered('capture_payment', 'cap_key_1')];
    const nextDay = reached('poll', TERMS.createdAt + 30 * HOUR_MS);
    givenWith(PARTS, ...HELD, ...lost)
      .when(nextDay)
      .then({ reviews: ['key_expired'], asks: ['fetch_payments:1'] });
    givenWith(PARTS, ...HELD, ...lost, nextDay, decide('approve', 'key_expired'))
      .when(captureRequest(40, 'cap_key_2'))
      .then({ asks: ['capture_payment:cap_key_2'] });
    givenWith(PART, ...HELD, ...lost)
      .when(nextDay)
      .then({ reviews: [], asks: ['capture_payment:cap_key_1', 'fetch_payments:1'] });
  });

  it('whose answer was lost is voided instead once the order was paid by other means: it would be paid twice', () => {
    const lost: Happening[] = [captureRequest(), unanswered('capture_payment', 'cap_key_1')];
    const nextPoll = reached('poll', TERMS.createdAt + HOUR_MS);
    givenWith(PART, ...HELD, ...lost, byHand({ amountMinor: 30 }))
      .when(nextPoll)
      .then({ state: 'partially_paid', asks: ['void_payment:pay_1', 'fetch_payments:1'] });
    givenWith(PART, ...HELD, ...lost, byHand({ amountMinor: 30 }), nextPoll)
      .when(voidAnswered(snapshot('voided')))
      .then({ state: 'partially_paid', outcomes: ['applied'] });
    const paid = [...HELD, ...lost, byHand()];
    givenWith(PART, ...paid, unanswered('void_payment', 'pay_1'))
      .when(nextPoll)
      .then({ state: 'paid', asks: ['void_payment:pay_1', 'fetch_payments:1'] });
  });

  it('ends with the authorization', () => {
    givenWith(PART, ...HELD, captureRequest())
      .when(payment('expired'))
      .then({ state: 'failed', codes: [undefined, 'authorization_expired'] });
  });

  it('is not asked for again while the order is being cancelled: the void decides', () => {
    givenWith(
      PART,
      ...HELD,
      captureRequest(),
      unanswered('capture_payment', 'cap_key_1'),
      cancel(),
      unanswered('void_payment', 'pay_1'),
    )
      .when(reached('poll', TERMS.createdAt + HOUR_MS))
      .then({ asks: ['void_payment:pay_1', 'fetch_payments:1'] });
  });

  it('can be refunded like any other', () => {
    givenWith(PARTS, ...PART_TAKEN, payment('voided'))
      .when(refundRequest(40))
      .then({ asks: ['refund_payment:key_1'] });
  });
});

describe('a void by hand', () => {
  it('lets go of the money and leaves the order open', () => {
    givenWith(PART, ...HELD)
      .when(voidRequest())
      .then({ state: 'pending', asks: ['void_payment:pay_1'], outcomes: [] });
    givenWith(PART, ...HELD, voidRequest(), voidAnswered(snapshot('voided')))
      .when(pay(2))
      .then({ state: 'pending', asks: ['create_payment:2'] });
    givenWith(PART, ...HELD, voidRequest())
      .when(voidAnswered(snapshot('voided')))
      .then({ state: 'failed', outcomes: ['applied', 'applied'] });
  });

  it('asked for twice is one void', () => {
    givenWith(PART, ...HELD, voidRequest())
      .when(voidRequest('void-2'))
      .then({ outcomes: [], asks: [] });
    givenWith(PART, ...HELD, voidRequest(), voidAnswered(snapshot('voided')))
      .when(voidRequest('void-2'))
      .thenNothing();
  });

  it('is beaten by money that was captured meanwhile', () => {
    givenWith(PART, ...HELD, voidRequest())
      .when(voidAnswered(taken(100)))
      .then({ state: 'paid', codes: [undefined, 'authorization_captured'] });
    givenWith(PART, ...HELD, captureRequest())
      .when(voidRequest())
      .thenRejected('capture_in_progress');
    givenWith(PART, ...HELD, captured())
      .when(voidRequest())
      .thenRejected('order_already_paid');
  });

  it('of what is left lets go of the rest, and what was captured stays', () => {
    givenWith(PARTS, ...PART_TAKEN)
      .when(voidRequest())
      .then({ asks: ['void_payment:pay_1'] });
    const left = [...PART_TAKEN, voidRequest(), voidAnswered(taken(40, 'authorized'))];
    const released = { ...taken(40), status: 'voided' as const };
    const ledger = ledgerOf(PARTS, [...PART_TAKEN, voidRequest(), voidAnswered(released)]);
    assert.deepEqual(
      [viewOf(ledger).state, viewOf(ledger).amountAuthorized],
      ['partially_paid', 0],
    );
    assert.equal(viewOf(ledgerOf(PARTS, left)).amountAuthorized, 60);
  });

  it('that the gateway refuses says so', () => {
    givenWith(PART, ...HELD, voidRequest())
      .when(refused('void_payment', 'pay_1'))
      .then({ state: 'pending', codes: [undefined, 'void_refused'] });
    givenWith(PART, ...HELD, voidRequest(), refused('void_payment', 'pay_1'))
      .when(captureRequest())
      .then({ asks: ['capture_payment:cap_key_1'] });
  });

  it('that the gateway refuses after a part was captured leaves nothing to decide: the rest can be captured', () => {
    const refusal = [voidRequest(), refused('void_payment', 'pay_1')];
    givenWith(PARTS, ...PART_TAKEN, ...refusal)
      .when(captureRequest())
      .then({ asks: ['capture_payment:cap_key_1'], reviews: [] });
    const second = [
      ...PART_TAKEN,
      ...another(),
      payment('authorized', 'pay_2', { amountMinor: 60 }),
    ];
    givenWith(PARTS, ...second)
      .when(refused('void_payment', 'pay_2'))
      .then({ reviews: ['amount_mismatch'] });
  });

  it('whose answer was lost is asked for again', () => {
    givenWith(PART, ...HELD, voidRequest())
      .when(unanswered('void_payment', 'pay_1'))
      .then({ state: 'pending', outcomes: ['applied'] });
    givenWith(PART, ...HELD, voidRequest(), unanswered('void_payment', 'pay_1'))
      .when(reached('poll', TERMS.createdAt + HOUR_MS))
      .then({ asks: ['void_payment:pay_1', 'fetch_payments:1'] });
  });

  it('of an order that captures by itself finds nothing', () => {
    givenWith({}, ...HELD)
      .when(voidRequest())
      .thenRejected('nothing_authorized');
  });
});

// Automattic/woocommerce-payments#739: merchants captured after seven days, and nobody had warned them.
describe('the end of an authorization', () => {
  const warnedAt = Date.parse('2026-02-01T10:01:00.000Z');

  it('is announced to a person a day before, once', () => {
    assert.deepEqual(nextDeadline({ ...ledgerOf(PART, HELD), poll: null }), {
      name: 'authorization',
      at: warnedAt,
    });
    givenWith(PART, ...HELD)
      .when(reached('authorization', warnedAt - 1))
      .then({ reviews: [], outcomes: [] });
    givenWith(PART, ...HELD)
      .when(reached('authorization', warnedAt))
      .then({ reviews: ['authorization_expiring'], state: 'pending', asks: [] });
    const warned = ledgerOf(PART, [...HELD, reached('authorization', warnedAt)]);
    assert.notEqual(nextDeadline({ ...warned, poll: null })?.name, 'authorization');
  });

  it('is announced with a quarter of the time left, where it is held for hours alone', () => {
    const ledger = ledgerOf(terms('part', 8 * HOUR_MS), HELD);
    const at = (ledger.payments.pay_1?.authorizedAt ?? 0) + 6 * HOUR_MS;
    assert.deepEqual(nextDeadline({ ...ledger, poll: null }), { name: 'authorization', at });
  });

  it('is not announced where nobody knows it, or where the order captures by itself', () => {
    for (const more of [terms('part'), {}]) {
      const ledger = ledgerOf(more, HELD);
      assert.notEqual(nextDeadline({ ...ledger, poll: null })?.name, 'authorization');
    }
  });

  it('needs no person any more once it is captured, voided or cancelled', () => {
    const warned: Happening[] = [...HELD, reached('authorization', warnedAt)];
    const ends: Happening[][] = [
      [captured()],
      [payment('voided')],
      [payment('expired')],
      [cancel()],
      [byHand()],
    ];
    for (const end of ends)
      givenWith(PART, ...warned)
        .when(...end)
        .then({ reviews: [] });
  });

  it("is captured at a person's word, and not where the gateway would take more than the order lacks", () => {
    const approved = decide('approve', 'authorization_expiring');
    const warning = reached('authorization', warnedAt);
    givenWith(WHOLE, ...HELD, warning)
      .when(approved)
      .then({ asks: ['capture_payment:review:rev_1'], reviews: [] });
    givenWith(WHOLE, ...HELD, byHand({ amountMinor: 30 }), warning)
      .when(approved)
      .thenRejected('capture_part_unsupported');
    givenWith(PART, ...HELD, captureRequest(), warning)
      .when(approved)
      .thenRejected('capture_in_progress');
  });

  it('keeps no customer from seeing the payment again', () => {
    givenWith(PART, ...HELD, reached('authorization', warnedAt))
      .when(pay(2))
      .thenNothing();
  });

  // magento/magento2#13433: an order with an expired authorization could not be cancelled.
  it('lets the order be cancelled, whatever the gateway says to the void', () => {
    givenWith(PART, ...HELD, payment('expired'))
      .when(cancel())
      .then({ state: 'cancelled' });
    const gone = { ...refused('void_payment', 'pay_1'), isGone: true } as Happening;
    givenWith(PART, ...HELD, cancel())
      .when(gone)
      .then({ state: 'cancelled' });
  });

  it('is for the books nothing: no money came, and none goes back', () => {
    givenWith(PART, ...HELD)
      .when(refund('succeeded', 100))
      .then({ state: 'pending', works: [] });
    givenWith(PART, ...HELD)
      .when(later(payment('expired'), 24 * 8))
      .then({ state: 'failed', works: ['update_crm:failed-1'] });
  });

  it('is found by the order itself where its webhook was lost', () => {
    const end = Date.parse('2026-02-02T10:01:00.000Z');
    givenWith(PART, ...HELD, reached('expiry', end))
      .when(told(snapshot('expired')))
      .then({ state: 'failed' });
    givenWith(PART, ...HELD, command({ type: 'sync' }))
      .when(told(snapshot('expired')))
      .then({ state: 'failed' });
  });
});
