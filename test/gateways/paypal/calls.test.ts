/** What an order asks of PayPal, against the fake one: keys, states, and what its answers mean. */
import assert from 'node:assert/strict';
import {
  type CreatePayment,
  GatewayMisconfigured,
  GatewayOutcomeUnknown,
  GatewayRefusal,
  type SingleEventGateway,
} from '../../../src/gateways/gateway.ts';
import type { Order } from '../../fakes/paypal/account.ts';
import { type FakePayPal, openFakePayPal } from '../../fakes/paypal/fake-paypal.ts';
import { PEOPLE } from '../../support/people.ts';
import { AMOUNT, gatewayAt, newRequest } from './support.ts';

const { customer, ...others } = PEOPLE;
const DETAILS = { ...others, ...customer };

let fake: FakePayPal;
let gateway: SingleEventGateway;

async function open(more: Partial<CreatePayment> = {}) {
  const request = newRequest(more);
  const { payment, checkout } = await gateway.createPayment(request);
  return { ...payment, checkout, request, orderId: request.orderId };
}

async function fetched(orderId: string, paymentId: string) {
  const { payments } = await gateway.fetchPayments({ orderId, paymentIds: [paymentId] });
  assert.ok(payments[0]);
  return payments[0];
}

const capture = (
  paymentId: string,
  amountMinor = AMOUNT,
  idempotencyKey = `capture-${paymentId}`,
) => gateway.capturePayment({ paymentId, amountMinor, idempotencyKey });

async function captured() {
  const { paymentId, orderId } = await open();
  fake.account.approve(paymentId);
  await capture(paymentId);
  const captureId = stored(paymentId).captures[0]?.id ?? '';
  return { paymentId, orderId, captureId };
}

const stored = (paymentId: string): Order => fake.account.find(paymentId);
const calls = () => fake.exchanges.map(({ method, path }) => `${method} ${path}`);
const refund = (paymentId: string, idempotencyKey: string, amountMinor = AMOUNT) =>
  gateway.refundPayment({ paymentId, amountMinor, currency: 'EUR', idempotencyKey });

describe('what an order asks of PayPal', () => {
  before(async () => {
    fake = await openFakePayPal();
  });
  beforeEach(() => {
    gateway = gatewayAt(fake.url);
    fake.exchanges.length = 0;
  });
  after(() => fake.close());
  afterEach(() => assert.deepEqual(fake.violations, [], "PayPal's own specification"));

  describe('an order that PayPal opens', () => {
    it('gives the checkout its id, the client id and the page where the buyer agrees', async () => {
      const { paymentId, checkout } = await open();
      assert.equal(checkout.orderId, paymentId);
      assert.match(checkout.clientId ?? '', /^A/);
      assert.match(checkout.url ?? '', new RegExp(`token=${paymentId}$`));
    });

    it('sends the buyer back to the page of the shop, which is given the order', async () => {
      gateway = gatewayAt(fake.url, { returnUrl: 'https://shop.example/thanks' });
      const { paymentId, orderId } = await open();
      assert.equal(stored(paymentId).returnUrl, `https://shop.example/thanks?orderId=${orderId}`);
      assert.equal(stored(paymentId).status, 'PAYER_ACTION_REQUIRED');
    });

    it('is told what it is for and where it goes, and nothing of who pays', async () => {
      const { paymentId } = await open({ details: DETAILS });
      const sent = JSON.stringify(stored(paymentId).more);
      assert.match(sent, /"description"/);
      assert.match(sent, /"shipping"/);
      assert.doesNotMatch(sent, /@/);
    });

    it('is of whole forints, although ISO 4217 has two decimals', async () => {
      const { paymentId } = await open({ amountMinor: 249_000, currency: 'HUF' });
      assert.deepEqual(stored(paymentId).amount, { currency_code: 'HUF', value: '2490' });
    });

    it('is refused for an amount that it cannot express, and PayPal is not asked', async () => {
      await assert.rejects(
        open({ amountMinor: 249_050, currency: 'HUF' }),
        (error: unknown) => error instanceof GatewayRefusal && error.isUnpayable,
      );
      assert.deepEqual(calls(), []);
    });

    it('has room for the longest ids of an order and of an installation', async () => {
      const orderId = 'o'.repeat(64);
      const { paymentId } = await open({ orderId });
      gateway = gatewayAt(fake.url);
      await gateway.voidPayment({ paymentId, idempotencyKey: 'void' });
      assert.ok((stored(paymentId).custom_id ?? '').length <= 127);
      assert.equal((await fetched(orderId, paymentId)).orderId, orderId);
    });

    it('is another one where its key was forgotten, and the first one had no buyer', async () => {
      const { request, paymentId } = await open();
      fake.api.forgetKeys();
      const again = await gateway.createPayment(request);
      assert.notEqual(again.payment.paymentId, paymentId);
      assert.equal(stored(paymentId).status, 'CREATED');
    });
  });

  describe('an approval of the buyer', () => {
    it('is no payment: the money is taken when we capture it', async () => {
      const { paymentId, orderId } = await open();
      fake.account.approve(paymentId);
      const held = await fetched(orderId, paymentId);
      assert.deepEqual([held.status, held.captures], ['authorized', []]);
      const paid = await capture(paymentId);
      assert.deepEqual(
        paid.captures.map(({ amountMinor }) => amountMinor),
        [AMOUNT],
      );
    });

    it('is no authorization either: PayPal holds the money when it is asked to, once', async () => {
      const { paymentId, orderId } = await open({ capture: 'manual' });
      assert.equal((await fetched(orderId, paymentId)).status, 'created');
      fake.account.approve(paymentId);
      const [first, second] = await Promise.all([
        fetched(orderId, paymentId),
        fetched(orderId, paymentId),
      ]);
      assert.deepEqual([first.status, second.status], ['authorized', 'authorized']);
      assert.equal(stored(paymentId).authorizations.length, 1);
      const days = ((first.expiresAt ?? 0) - Date.now()) / 86_400_000;
      assert.ok(days > 28 && days < 30, `${days} days`);
    });

    it('of the order of another order of ours is left alone', async () => {
      const { paymentId } = await open({ capture: 'manual' });
      fake.account.approve(paymentId);
      assert.equal((await fetched('ord_of_another', paymentId)).status, 'created');
      assert.equal(stored(paymentId).authorizations.length, 0);
    });

    it('that was voided before is neither captured nor authorized', async () => {
      for (const capturing of [{}, { capture: 'manual' as const }]) {
        const { paymentId, orderId } = await open(capturing);
        await gateway.voidPayment({ paymentId, idempotencyKey: 'void' });
        fake.account.approve(paymentId);
        assert.equal((await fetched(orderId, paymentId)).status, 'voided');
        await assert.rejects(capture(paymentId), GatewayRefusal);
        assert.equal(stored(paymentId).captures.length, 0);
      }
    });

    it('whose instrument is declined is a failed try, which nobody captures later', async () => {
      for (const capturing of [{}, { capture: 'manual' as const }]) {
        const { paymentId, orderId } = await open(capturing);
        fake.account.approve(paymentId);
        fake.account.declineNext('INSTRUMENT_DECLINED');
        const answered =
          'capture' in capturing ? await fetched(orderId, paymentId) : await capture(paymentId);
        assert.equal(answered.status, 'failed');
        assert.equal((await fetched(orderId, paymentId)).status, 'failed');
      }
    });

    it('of more than is due is captured for what is due', async () => {
      const { paymentId } = await open();
      fake.account.approve(paymentId);
      const paid = await capture(paymentId, 1_000);
      assert.deepEqual(
        paid.captures.map(({ amountMinor }) => amountMinor),
        [1_000],
      );
    });
  });

  describe('an order that is COMPLETED at PayPal', () => {
    it('is pending as long as its capture is', async () => {
      const { paymentId, orderId } = await open();
      fake.account.approve(paymentId);
      fake.account.captureOrder(paymentId, 'PENDING');
      assert.equal(stored(paymentId).status, 'COMPLETED');
      const pending = await fetched(orderId, paymentId);
      assert.deepEqual([pending.status, pending.captures], ['pending', []]);
      fake.account.endCapture(paymentId, 'COMPLETED');
      assert.equal((await fetched(orderId, paymentId)).status, 'captured');
    });

    it('has failed where its capture was declined', async () => {
      const { paymentId, orderId } = await open();
      fake.account.approve(paymentId);
      fake.account.captureOrder(paymentId, 'DECLINED');
      assert.equal((await fetched(orderId, paymentId)).status, 'failed');
    });

    it('was captured all the same where all of it, or a part, was refunded', async () => {
      for (const amountMinor of [AMOUNT, 1_000]) {
        const { paymentId, orderId } = await captured();
        await refund(paymentId, `refund-${paymentId}`.padEnd(32, '0'), amountMinor);
        assert.match(stored(paymentId).captures[0]?.status ?? '', /REFUNDED$/);
        const { status, captures } = await fetched(orderId, paymentId);
        assert.deepEqual([status, captures.map((one) => one.amountMinor)], ['captured', [AMOUNT]]);
      }
    });

    it('is found by its capture and by its authorization, too', async () => {
      const { paymentId, orderId } = await open({ capture: 'manual' });
      fake.account.approve(paymentId);
      await fetched(orderId, paymentId);
      await capture(paymentId, 1_000);
      const { captures, authorizations } = stored(paymentId);
      for (const id of [captures[0]?.id ?? '', authorizations[0]?.id ?? '']) {
        const found = await fetched(orderId, id);
        assert.equal(found.paymentId, paymentId);
        assert.ok(found.aliases?.includes(id));
      }
    });
  });

  describe('a void at PayPal', () => {
    it('is known by the state where its answer got lost, as it takes no key', async () => {
      const { paymentId, orderId } = await open({ capture: 'manual' });
      fake.account.approve(paymentId);
      await fetched(orderId, paymentId);
      fake.account.voidAuthorization(stored(paymentId).authorizations[0]?.id ?? '');
      fake.exchanges.length = 0;
      const left = await gateway.voidPayment({ paymentId, idempotencyKey: 'void' });
      assert.equal(left.status, 'voided');
      assert.equal(calls().filter((call) => call.endsWith('/void')).length, 0);
    });

    it('sends no request id', async () => {
      const { paymentId, orderId } = await open({ capture: 'manual' });
      fake.account.approve(paymentId);
      await fetched(orderId, paymentId);
      await gateway.voidPayment({ paymentId, idempotencyKey: 'void' });
      const voided = fake.exchanges.find(({ path }) => path.endsWith('/void'));
      assert.ok(voided);
      assert.equal(voided.headers['paypal-request-id'], undefined);
    });

    it('that comes after the last day is answered as lapsed', async () => {
      const { paymentId, orderId } = await open({ capture: 'manual' });
      fake.account.approve(paymentId);
      await fetched(orderId, paymentId);
      const [authorization] = stored(paymentId).authorizations;
      Object.assign(authorization ?? {}, {
        status: 'VOIDED',
        expiration_time: new Date(Date.now() - 1_000).toISOString(),
      });
      const left = await gateway.voidPayment({ paymentId, idempotencyKey: 'void' });
      assert.equal(left.status, 'expired');
    });
  });

  describe('a capture in parts at PayPal', () => {
    const held = async () => {
      const { paymentId, orderId } = await open({ capture: 'manual', amountMinor: 4_000 });
      fake.account.approve(paymentId);
      await fetched(orderId, paymentId);
      return { paymentId, orderId };
    };
    const amounts = (paymentId: string) =>
      stored(paymentId).captures.map(({ amount: { value } }) => value);

    it('is the same request again where its answer got lost, also if it would now be the last part', async () => {
      const { paymentId } = await held();
      await capture(paymentId, 2_000, 'part-1');
      const left = await capture(paymentId, 2_000, 'part-1');
      assert.equal(left.status, 'authorized');
      assert.deepEqual(amounts(paymentId), ['20.00']);
      await capture(paymentId, 2_000, 'part-2');
      assert.deepEqual(amounts(paymentId), ['20.00', '20.00']);
    });

    it('that took all is captured, whatever PayPal calls the authorization', async () => {
      for (const status of ['CAPTURED', 'PARTIALLY_CAPTURED']) {
        const { paymentId, orderId } = await held();
        await capture(paymentId, 4_000, 'all');
        Object.assign(stored(paymentId).authorizations[0] ?? {}, { status });
        assert.equal((await fetched(orderId, paymentId)).status, 'captured');
        assert.equal((await capture(paymentId, 4_000, 'all')).status, 'captured');
        assert.equal(
          (await gateway.voidPayment({ paymentId, idempotencyKey: 'v' })).status,
          'captured',
        );
        assert.deepEqual(amounts(paymentId), ['40.00']);
      }
    });
  });

  describe('a refund at PayPal', () => {
    it('is found by its custom_id where PayPal has forgotten its key', async () => {
      const { paymentId } = await captured();
      const key = 'a-key-of-a-refund'.padEnd(32, '0');
      const first = await refund(paymentId, key, 1_000);
      fake.api.forgetKeys();
      const second = await refund(paymentId, key, 1_000);
      assert.equal(second.refundId, first.refundId);
      assert.equal(stored(paymentId).refunds.length, 1);
    });

    it('hangs on the capture that still holds as much', async () => {
      const { paymentId, orderId } = await open({ capture: 'manual' });
      fake.account.approve(paymentId);
      await fetched(orderId, paymentId);
      await capture(paymentId, 1_000, 'capture-1');
      await capture(paymentId, 3_000, 'capture-2');
      await refund(paymentId, 'refund-of-the-larger'.padEnd(32, '0'), 2_000);
      await refund(paymentId, 'refund-of-the-smaller'.padEnd(32, '0'), 1_000);
      const [small, large] = stored(paymentId).captures;
      assert.deepEqual(
        stored(paymentId).refunds.map(({ captureId }) => captureId),
        [large?.id, small?.id],
      );
    });

    it('of more than any one capture holds is refused before PayPal is asked, and says what each holds', async () => {
      const { paymentId, orderId } = await open({ capture: 'manual' });
      fake.account.approve(paymentId);
      await fetched(orderId, paymentId);
      await capture(paymentId, 1_000, 'capture-1');
      await capture(paymentId, 3_000, 'capture-2');
      await refund(paymentId, 'of-the-larger'.padEnd(32, '0'), 500);
      await assert.rejects(
        refund(paymentId, 'of-both'.padEnd(32, '0'), 3_500),
        (error: unknown) => {
          assert.ok(error instanceof GatewayRefusal);
          assert.equal(error.code, 'refund_spans_captures');
          assert.match(error.message, /500, 3000 are left/);
          return true;
        },
      );
      assert.equal(stored(paymentId).refunds.length, 1);
    });

    it('is pending, and has failed once PayPal says so', async () => {
      const { paymentId, orderId, captureId } = await captured();
      const { id } = fake.account.refund(captureId, {}, 'PENDING');
      assert.equal((await fetched(orderId, paymentId)).refunds[0]?.status, 'pending');
      fake.account.endRefund(id, 'FAILED');
      assert.equal((await fetched(orderId, paymentId)).refunds[0]?.status, 'failed');
    });

    it('of what was refunded in the dashboard is a refusal that has the order look', async () => {
      const { paymentId, captureId } = await captured();
      fake.account.refund(captureId);
      await assert.rejects(
        refund(paymentId, 'too-late'.padEnd(32, '0')),
        (error: unknown) =>
          error instanceof GatewayRefusal &&
          error.isOutdated &&
          /payment_not_captured|capture_fully_refunded/.test(error.code),
      );
    });
  });

  describe('a dispute at PayPal', () => {
    const statusAfter = async (change: object, stage = 'CHARGEBACK') => {
      const { paymentId, orderId, captureId } = await captured();
      const dispute = fake.account.dispute(captureId, stage);
      fake.account.changeDispute(dispute, change);
      return fetched(orderId, paymentId);
    };

    for (const [outcome, status] of [
      ['RESOLVED_BUYER_FAVOUR', 'lost'],
      ['RESOLVED_SELLER_FAVOUR', 'won'],
      ['RESOLVED_WITH_PAYOUT', 'won'],
      ['CANCELED_BY_BUYER', 'won'],
      ['ACCEPTED', 'lost'],
      ['DENIED', 'won'],
      ['NONE', 'won'],
    ] as const)
      it(`that is RESOLVED with ${outcome} is ${status}`, async () => {
        const { disputes } = await statusAfter({ status: 'RESOLVED', outcome_code: outcome });
        assert.deepEqual(
          disputes.map((one) => one.status),
          [status],
        );
      });

    it('that is RESOLVED with an outcome of tomorrow is named, and is neither won nor lost', async () => {
      const change = { status: 'RESOLVED', outcome_code: 'OF_TOMORROW' };
      const { disputes, unknown } = await statusAfter(change);
      assert.deepEqual(disputes, []);
      assert.match(unknown?.join() ?? '', /the outcome of the dispute PP-D-/);
      const [violation = '', ...more] = fake.violations.splice(0);
      assert.match(violation, /outcome_code must be equal to one of the allowed values/);
      assert.deepEqual(more, []);
    });

    it('of another currency than the payment is named, and no amount is made of it', async () => {
      const dispute_amount = { currency_code: 'JPY', value: '8000' };
      const { disputes, unknown } = await statusAfter({ dispute_amount });
      assert.deepEqual(disputes, []);
      assert.match(unknown?.join() ?? '', /the currency of the dispute PP-D-/);
    });

    it('takes no money as long as it is an inquiry, and has a last day to answer', async () => {
      const { disputes } = await statusAfter({}, 'INQUIRY');
      assert.equal(disputes[0]?.status, 'inquiry');
      assert.ok((disputes[0]?.respondBy ?? 0) > Date.now());
    });

    it('awaits no answer while PayPal reviews it', async () => {
      const { disputes } = await statusAfter({ status: 'UNDER_REVIEW' });
      assert.equal(disputes[0]?.status, 'opened');
      assert.equal(disputes[0]?.respondBy, undefined);
    });
  });

  describe('the token of PayPal', () => {
    it('is asked for once, and anew where it ended before its time', async () => {
      await open();
      fake.api.endTokens();
      const { paymentId } = await open();
      assert.equal(stored(paymentId).status, 'CREATED');
    });

    it('is asked for again after PayPal could not give one', async () => {
      fake.api.failTokens(1);
      await assert.rejects(open(), GatewayOutcomeUnknown);
      assert.ok((await open()).paymentId);
    });

    it('is not given for a wrong secret, which is a fault of configuration', async () => {
      gateway = gatewayAt(fake.url, { clientSecret: 'wrong' });
      await assert.rejects(open(), (error: unknown) => {
        assert.ok(error instanceof GatewayMisconfigured);
        assert.match(error.message, /PAYPAL_CLIENT_ID and PAYPAL_CLIENT_SECRET/);
        assert.doesNotMatch(error.message, /wrong/);
        return true;
      });
    });
  });

  describe('the webhooks of an account at PayPal', () => {
    it('are told with the events that each of them lacks', async () => {
      fake.endpoints.push(
        { id: '1', url: 'https://a.example/webhooks/paypal', event_types: [{ name: '*' }] },
        {
          id: '2',
          url: 'https://b.example/webhooks/paypal',
          event_types: [{ name: 'PAYMENT.CAPTURE.COMPLETED' }],
        },
      );
      const [all, one] = (await gateway.webhookEndpoints?.()) ?? [];
      assert.deepEqual(all?.missing, []);
      assert.ok(one?.missing.includes('CHECKOUT.ORDER.APPROVED'));
      assert.ok(!one?.missing.includes('PAYMENT.CAPTURE.COMPLETED'));
    });
  });
});
