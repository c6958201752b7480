/** A customer tries again after a decline: the payment that failed must not succeed beside the new one. */
import assert from 'node:assert/strict';
import type { DomainEvent } from '../../src/domain/events.ts';
import type { OrderState } from '../../src/domain/order.ts';
import {
  cancel,
  captured,
  pay,
  payment,
  reached,
  refused,
  snapshot,
  told,
  unanswered,
  voidAnswered,
} from '../support/order-events.ts';
import { IN } from '../support/order-states.ts';
import { given, ledgerAfter } from '../support/order-story.ts';

function supersededBy(state: OrderState, click: number): string[][] {
  const { effects } = given(...IN[state]).when(pay(click)).after;
  return effects.map((effect) => ('supersedes' in effect ? effect.supersedes : []));
}

describe('the payment that a pay click opens', () => {
  it('supersedes the one that has failed', () => {
    assert.deepEqual(supersededBy('failed', 2), [['pay_1']]);
  });

  it('supersedes none the first time', () => {
    assert.deepEqual(supersededBy('initiated', 1), [[]]);
  });

  it('leaves alone what a partly paid order holds', () => {
    assert.deepEqual(supersededBy('partially_paid', 2), [[]]);
  });
});

/** Refused whoever pays, for the nth time under one number. */
function unpayable(nth: number): DomainEvent {
  const cause = nth === 1 ? 1 : `1.${nth}`;
  return { ...refused('create_payment', cause), isUnpayable: true } as DomainEvent;
}

describe('a payment that the gateway refuses', () => {
  const answerTo = (event: DomainEvent) =>
    given(...IN.initiated, pay(1))
      .when(event)
      .after.records.find(({ type }) => type === 'pay')?.answer;

  it('may be tried again', () => {
    const { code } = answerTo(refused('create_payment', 1)) ?? {};
    assert.equal(code, 'gateway_declined');
  });

  it("is refused with the gateway's code when no customer could make it", () => {
    const refusal = { ...refused('create_payment', 1), isUnpayable: true } as DomainEvent;
    const { code, gatewayCode } = answerTo(refusal) ?? {};
    assert.deepEqual([code, gatewayCode], ['payment_refused', 'refused']);
  });

  const refusedClicks = (times: number) =>
    Array.from({ length: times }, (_, i) => [pay(i + 1), unpayable(i + 1)]).flat();

  it('is no attempt when no customer could make it: the customer keeps all of them', () => {
    const { attempts, effects } = ledgerAfter(...refusedClicks(10), pay(11));
    assert.deepEqual(
      attempts.map(({ number }) => number),
      [1],
    );
    assert.ok('ord_1:create_payment:1.11' in effects, 'a key of its own');
  });

  it('is answered with its reason from the twentieth time on, and the gateway is not asked', () => {
    const { after } = given(...refusedClicks(20)).when(pay(21));
    assert.deepEqual(after.effects, []);
    const { code, gatewayCode } = after.records[0]?.answer ?? {};
    assert.deepEqual([code, gatewayCode], ['payment_refused', 'refused']);
  });

  it('is an attempt when another card may do', () => {
    const declined = Array.from({ length: 20 }, (_, i) => [
      pay(i + 1),
      refused('create_payment', i + 1),
    ]).flat();
    given(...declined)
      .when(pay(21))
      .thenRejected('too_many_attempts');
  });
});

describe('a payment that has failed, of an order that is cancelled then', () => {
  const CANCELLED = [...IN.failed, cancel()];
  it('is voided first, as another card could pay it in an open tab', () => {
    given(...IN.failed)
      .when(cancel())
      .then({ state: 'failed', asks: ['void_payment:pay_1'] });
    given(...CANCELLED)
      .when(voidAnswered(snapshot('voided')))
      .then({ state: 'cancelled', codes: [undefined, undefined] });
  });

  it('is cancelled where the gateway itself calls it failed for good', () => {
    given(...CANCELLED)
      .when(voidAnswered(snapshot('failed')))
      .then({ state: 'cancelled' });
  });

  it('is not cancelled while the money of another try is under way', () => {
    const underWay = [...CANCELLED, voidAnswered(snapshot('pending'))];
    given(...underWay)
      .when(told(snapshot('pending')))
      .then({ state: 'pending' });
    given(...underWay, told(snapshot('pending')))
      .when(captured())
      .then({ state: 'paid', reviews: [], codes: [undefined, 'order_already_paid'] });
  });

  it('is voided again on schedule while the gateway is silent', () => {
    const silent = unanswered('void_payment', 'pay_1');
    assert.notEqual(ledgerAfter(...CANCELLED, silent).poll, null);
    given(...CANCELLED, silent)
      .when(reached('poll'))
      .then({ asks: ['void_payment:pay_1', 'fetch_payments:1'] });
  });

  it('rests when the gateway has voided it', () => {
    assert.equal(ledgerAfter(...CANCELLED, voidAnswered(snapshot('voided'))).poll, null);
  });

  it('rests at a gateway that calls it failed and knows no more', () => {
    const spoken = [voidAnswered(snapshot('failed')), reached('poll'), told(snapshot('failed'))];
    assert.equal(ledgerAfter(...CANCELLED, ...spoken).poll, null);
    given(...CANCELLED, voidAnswered(snapshot('failed')))
      .when(reached('poll'))
      .then({ asks: ['fetch_payments:1'] });
  });

  it('stays paid when the customer was faster', () => {
    given(...CANCELLED)
      .when(voidAnswered(snapshot('captured')))
      .then({ state: 'paid', reviews: [] });
  });
});

describe('a payment that could not be voided and then failed', () => {
  it('is voided after all', () => {
    given(...IN.pending, cancel(), voidAnswered(snapshot('pending')), payment('failed'))
      .when(reached('poll'))
      .then({ state: 'failed', asks: ['void_payment:pay_1', 'fetch_payments:1'] });
  });
});
