/** What the adapter asks of Stripe and makes of its answers, by the real SDK over HTTP. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Stripe } from 'stripe';
import {
  type CreatePayment,
  GatewayOutcomeUnknown,
  GatewayRefusal,
  type SingleEventGateway,
} from '../../../src/gateways/gateway.ts';
import { createStripeGateway } from '../../../src/gateways/stripe/index.ts';
import { type FakeStripe, openFakeStripe, SECRET_KEY } from '../../fakes/stripe/fake-stripe.ts';
import type { Fault } from '../../fakes/stripe/faults.ts';
import { PEOPLE } from '../../support/people.ts';

const AMOUNT = 4999;
const CURRENCY = 'INR';

const newKey = (): string => randomUUID().replaceAll('-', '');

function creation(
  changes: Partial<
    Pick<CreatePayment, 'amountMinor' | 'currency' | 'idempotencyKey' | 'details' | 'capture'>
  > = {},
) {
  const orderId = `ord_${newKey()}`;
  const money = { amountMinor: AMOUNT, currency: CURRENCY };
  const idempotencyKey = newKey();
  const installationId = 'ins_1';
  return { orderId, installationId, attempt: 1, ...money, idempotencyKey, ...changes };
}

async function assertRefused(call: Promise<unknown>, code: string): Promise<void> {
  await assert.rejects(call, (error) => error instanceof GatewayRefusal && error.code === code);
}

describe('Stripe, asked by the adapter', () => {
  let fake: FakeStripe;
  let gateway: SingleEventGateway;

  before(async () => {
    fake = await openFakeStripe();
    const settings = { secretKey: SECRET_KEY, webhookSecrets: ['whsec_1'], apiBase: fake.url };
    gateway = createStripeGateway(settings);
  });
  after(() => fake.close());
  afterEach(() => fake.faults.end());

  async function givenPayment(changes = {}): Promise<string> {
    return (await gateway.createPayment(creation(changes))).payment.paymentId;
  }

  async function givenCaptured(changes = {}): Promise<string> {
    const paymentId = await givenPayment(changes);
    fake.account.confirm(paymentId);
    return paymentId;
  }

  it('says until when it holds what is authorized', async () => {
    const paymentId = await givenCaptured({ capture: 'manual' });
    const { status, expiresAt = 0 } = await fetchOne(paymentId);
    assert.equal(status, 'authorized');
    assert.ok(Math.abs(expiresAt - Date.now() - 7 * 86_400_000) < 60_000);
    await gateway.capturePayment({ paymentId, amountMinor: AMOUNT, idempotencyKey: newKey() });
    assert.equal((await fetchOne(paymentId)).expiresAt, undefined);
  });

  const fetchOne = async (paymentId: string) => {
    const { payments } = await gateway.fetchPayments({ orderId: '', paymentIds: [paymentId] });
    const [payment] = payments;
    assert.ok(payment);
    return payment;
  };
  const refundOf = (paymentId: string, amountMinor = AMOUNT, idempotencyKey = newKey()) => ({
    paymentId,
    amountMinor,
    currency: CURRENCY,
    idempotencyKey,
  });
  const intentsOf = (orderId: string) =>
    fake.account.intents().filter(({ metadata }) => metadata.orderId === orderId);

  describe('for a payment', () => {
    const { customer, shipping, description } = PEOPLE;

    it('tells what it is for, whom, and where it goes, in the fields for it', async () => {
      const request = creation({ details: { ...customer, shipping, description } });
      await gateway.createPayment(request);
      const [intent] = intentsOf(request.orderId);
      assert.equal(intent?.description, 'Two tickets, exported');
      assert.equal(intent?.receipt_email, 'ada@example.com');
      assert.deepEqual(intent?.shipping, {
        name: 'Anna Żółkiewska',
        address: {
          line1: '12 Harbour Road',
          line2: 'Suite 7',
          city: 'San Francisco',
          state: 'CA',
          postal_code: '94103',
          country: 'US',
        },
        phone: '+91 22 1234 5678',
      });
    });

    it("tells the customer's own name and address where nothing is shipped elsewhere", async () => {
      const request = creation({ details: { ...customer, shipping: null, description: null } });
      await gateway.createPayment(request);
      const [intent] = intentsOf(request.orderId);
      assert.equal(intent?.description, null);
      assert.ok(intent);
      const { name, address } = intent.shipping as typeof shipping;
      assert.deepEqual([name, address.line1], ['आदा लवलेस', '510 Townsend St']);
    });

    it('tells nothing of this for an order from before it was kept', async () => {
      const request = creation({ details: null });
      await gateway.createPayment(request);
      const [intent] = intentsOf(request.orderId);
      const { description, receipt_email, shipping } = intent ?? {};
      assert.deepEqual([description, receipt_email, shipping], [null, null, null]);
    });

    it('makes one that names its order, and a secret for the checkout', async () => {
      const request = creation();
      const { payment, checkout } = await gateway.createPayment(request);
      const [intent] = intentsOf(request.orderId);
      assert.deepEqual(checkout, { clientSecret: intent?.client_secret });
      assert.deepEqual(payment, {
        paymentId: intent?.id,
        orderId: request.orderId,
        installationId: request.installationId,
        status: 'created',
        amountMinor: AMOUNT,
        currency: CURRENCY,
        captures: [],
        refunds: [],
        disputes: [],
      });
    });

    it('finds the one that a version before marks has asked for under the same key', async () => {
      const { installationId, ...request } = creation();
      const unmarked = new Stripe(SECRET_KEY, {
        host: new URL(fake.url).hostname,
        port: new URL(fake.url).port,
        protocol: 'http',
      });
      const { id } = await unmarked.paymentIntents.create(
        {
          amount: request.amountMinor,
          currency: request.currency.toLowerCase(),
          automatic_payment_methods: { enabled: true },
          metadata: { orderId: request.orderId, attempt: '1' },
        },
        { idempotencyKey: request.idempotencyKey },
      );
      const { payment } = await gateway.createPayment({ installationId, ...request });
      assert.deepEqual([payment.paymentId, payment.installationId], [id, null]);
      assert.equal(intentsOf(request.orderId).length, 1);
    });

    it('makes no second one under the same key', async () => {
      const request = creation();
      const first = await gateway.createPayment(request);
      assert.deepEqual(await gateway.createPayment(request), first);
      assert.equal(intentsOf(request.orderId).length, 1);
    });

    it('ends the earlier one whose card was declined, before there is another', async () => {
      const earlier = await givenPayment();
      fake.account.decline(earlier);
      const request = { ...creation(), attempt: 2, supersedes: [earlier] };
      const { payment } = await gateway.createPayment(request);
      assert.equal(fake.account.intentOf(earlier).status, 'canceled');
      assert.equal((await fetchOne(payment.paymentId)).status, 'created');
      assert.deepEqual((await gateway.createPayment(request)).payment, payment);
    });

    it('answers the earlier one, and makes none, when the customer has paid that meanwhile', async () => {
      const earlier = await givenCaptured();
      const request = { ...creation(), attempt: 2, supersedes: [earlier] };
      const { payment } = await gateway.createPayment(request);
      assert.deepEqual([payment.paymentId, payment.status], [earlier, 'captured']);
      assert.equal(intentsOf(request.orderId).length, 0);
    });

    it('is refused when the key was used for something else', async () => {
      const request = creation();
      await gateway.createPayment(request);
      const other = gateway.createPayment({ ...request, amountMinor: AMOUNT + 1 });
      await assertRefused(other, 'idempotency_error');
    });

    it('hears nothing definite while the same key is under way, T27', async () => {
      const request = creation();
      fake.faults.next('slow');
      const both = await Promise.allSettled([
        gateway.createPayment(request),
        gateway.createPayment(request),
      ]);
      const failed = both.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
      assert.equal(failed.length, 1);
      assert.ok(failed[0] instanceof GatewayOutcomeUnknown);
      assert.equal(intentsOf(request.orderId).length, 1);
    });

    it('is refused below the smallest amount that Stripe takes', async () => {
      await assertRefused(gateway.createPayment(creation({ amountMinor: 49 })), 'amount_too_small');
    });

    const losses: Fault[] = ['reset_before', 'reset_after', 'rate_limited', 'unavailable'];
    for (const fault of losses)
      it(`is one payment after ${fault}, asked for again under its key, T26`, async () => {
        const request = creation();
        // The SDK itself repeats a call once whose connection broke.
        fake.faults.next(fault, fault);
        await assert.rejects(gateway.createPayment(request), GatewayOutcomeUnknown);
        fake.faults.end();
        const { payment } = await gateway.createPayment(request);
        assert.deepEqual(
          intentsOf(request.orderId).map(({ id }) => id),
          [payment.paymentId],
        );
      });

    for (const fault of ['breakdown_before', 'breakdown_after'] as const)
      it(`is refused once Stripe has saved its own ${fault}: the key never heals`, async () => {
        const request = creation();
        fake.faults.next(fault);
        await assert.rejects(gateway.createPayment(request), GatewayOutcomeUnknown);
        await assertRefused(gateway.createPayment(request), 'outcome_unknown');
      });

    it('is no refusal when our own API key is wrong: that can be mended', async () => {
      const settings = { secretKey: 'sk_test_wrong', webhookSecrets: [], apiBase: fake.url };
      await assert.rejects(
        createStripeGateway(settings).createPayment(creation()),
        GatewayOutcomeUnknown,
      );
    });
  });

  describe('for an amount, T36', () => {
    const amounts: [string, number, number][] = [
      ['USD', 1099, 1099],
      ['JPY', 500, 500],
      ['KWD', 5120, 5120],
      ['ISK', 500, 50_000],
      ['UGX', 5000, 500_000],
      ['MGA', 500_000, 5000],
    ];
    for (const [currency, amountMinor, theirs] of amounts)
      it(`sends ${amountMinor} ISO minor units of ${currency} as ${theirs}, and reads them back`, async () => {
        const paymentId = await givenCaptured({ amountMinor, currency });
        assert.equal(fake.account.intentOf(paymentId).amount, theirs);
        const { captures } = await fetchOne(paymentId);
        assert.equal(captures[0]?.amountMinor, amountMinor);
      });

    for (const [currency, amountMinor] of [
      ['KWD', 5124],
      ['MGA', 550],
    ] as const)
      it(`asks for nothing where Stripe has no ${amountMinor} of ${currency}`, async () => {
        const before = fake.calls.length;
        const request = creation({ currency, amountMinor });
        await assertRefused(gateway.createPayment(request), 'amount_not_representable');
        assert.equal(fake.calls.length, before);
      });
  });

  describe('for the truth', () => {
    it('tells a capture, its refunds and its disputes', async () => {
      const paymentId = await givenCaptured();
      const refund = fake.account.refund(paymentId, 1000, {});
      const dispute = fake.account.dispute(paymentId);
      const payment = await fetchOne(paymentId);
      assert.equal(payment.status, 'captured');
      assert.deepEqual(payment.captures, [
        { captureId: paymentId, amountMinor: AMOUNT, reversed: false },
      ]);
      const { id: refundId } = refund;
      assert.deepEqual(payment.refunds, [
        { refundId, paymentId, amountMinor: 1000, currency: CURRENCY, status: 'succeeded' },
      ]);
      assert.deepEqual(payment.disputes, [
        {
          ...{ disputeId: dispute.id, amountMinor: AMOUNT, status: 'opened' },
          respondBy: dispute.evidence_details.due_by * 1_000,
        },
      ]);
    });

    it('tells the same capture as the webhook does', async () => {
      const paymentId = await givenCaptured();
      const { captures } = await fetchOne(paymentId);
      assert.equal(captures[0]?.captureId, paymentId);
    });

    const others: [string, (id: string) => void, string][] = [
      ['is not paid yet', () => {}, 'created'],
      ['was declined', (id) => fake.account.decline(id), 'failed'],
      ['is a debit under way', (id) => fake.account.process(id), 'pending'],
      ['was canceled', (id) => fake.account.cancel(id), 'voided'],
      ['has expired', (id) => fake.account.cancel(id, 'expired'), 'expired'],
    ];
    for (const [what, act, status] of others)
      it(`tells a payment that ${what} as ${status}`, async () => {
        const paymentId = await givenPayment();
        act(paymentId);
        assert.equal((await fetchOne(paymentId)).status, status);
      });

    it('names what Stripe does not know as missing', async () => {
      const answer = await gateway.fetchPayments({ orderId: 'ord_1', paymentIds: ['pi_unknown'] });
      assert.deepEqual(answer, { payments: [], missing: ['pi_unknown'] });
    });
  });

  describe('for when the money is taken', () => {
    const captureMethods = [
      ['automatic', 'captured'],
      ['manual', 'authorized'],
    ] as const;
    for (const [captureMethod, status] of captureMethods)
      it(`leaves a paid one ${status} with ${captureMethod} capture, and captured by our own`, async () => {
        const settings = { secretKey: SECRET_KEY, webhookSecrets: [], apiBase: fake.url };
        const other = createStripeGateway({ ...settings, captureMethod });
        const { paymentId } = (await other.createPayment(creation())).payment;
        fake.account.confirm(paymentId);
        assert.equal((await fetchOne(paymentId)).status, status);
        const capture = { paymentId, amountMinor: AMOUNT, idempotencyKey: newKey() };
        const { captures } = await other.capturePayment(capture);
        assert.deepEqual(
          captures.map(({ amountMinor }) => amountMinor),
          [AMOUNT],
        );
      });
  });

  describe('for a capture', () => {
    async function givenAuthorized(): Promise<string> {
      const paymentId = await givenPayment();
      fake.account.captureByHand(paymentId);
      fake.account.confirm(paymentId);
      return paymentId;
    }
    const capture = (paymentId: string, amountMinor = AMOUNT, idempotencyKey = newKey()) =>
      gateway.capturePayment({ paymentId, amountMinor, idempotencyKey });

    it('takes what was authorized', async () => {
      const paymentId = await givenAuthorized();
      assert.equal((await fetchOne(paymentId)).status, 'authorized');
      assert.equal((await capture(paymentId)).captures[0]?.amountMinor, AMOUNT);
    });

    it('takes less where less is asked for', async () => {
      const payment = await capture(await givenAuthorized(), 2000);
      assert.equal(payment.captures[0]?.amountMinor, 2000);
    });

    it('answers the payment as it is when somebody else was faster', async () => {
      const paymentId = await givenCaptured();
      assert.equal((await capture(paymentId)).status, 'captured');
    });

    it('is refused for a payment that nobody has authorized', async () => {
      await assertRefused(capture(await givenPayment()), 'payment_intent_unexpected_state');
    });

    it('goes around a breakdown that Stripe has saved, as it can happen only once', async () => {
      const paymentId = await givenAuthorized();
      const key = newKey();
      fake.faults.next('breakdown_before');
      await assert.rejects(capture(paymentId, AMOUNT, key), GatewayOutcomeUnknown);
      assert.equal((await capture(paymentId, AMOUNT, key)).status, 'captured');
    });
  });

  describe('for a void', () => {
    const cancel = (paymentId: string, idempotencyKey = newKey()) =>
      gateway.voidPayment({ paymentId, idempotencyKey });

    it('ends the payment, and does so again when asked again', async () => {
      const paymentId = await givenPayment();
      assert.equal((await cancel(paymentId)).status, 'voided');
      assert.equal((await cancel(paymentId)).status, 'voided');
    });

    it('answers the capture that was faster, T22', async () => {
      const payment = await cancel(await givenCaptured());
      assert.equal(payment.status, 'captured');
      assert.equal(payment.captures.length, 1);
    });

    it('asks anew for what was refused while a debit was under way', async () => {
      const paymentId = await givenPayment();
      const key = newKey();
      fake.account.process(paymentId);
      assert.equal((await cancel(paymentId, key)).status, 'pending');
      fake.account.decline(paymentId);
      assert.equal((await cancel(paymentId, key)).status, 'voided');
    });
  });

  describe('for a refund', () => {
    it('makes it once under one key, also after Stripe has forgotten the key, T28', async () => {
      const paymentId = await givenCaptured();
      const request = refundOf(paymentId, 1000);
      const first = await gateway.refundPayment(request);
      assert.deepEqual(await gateway.refundPayment(request), first);
      fake.savedAnswers.forget();
      assert.deepEqual(await gateway.refundPayment(request), first);
      assert.equal(fake.account.refundsOf(paymentId).length, 1);
    });

    it('makes two equal ones under two keys, T40', async () => {
      const paymentId = await givenCaptured();
      await gateway.refundPayment(refundOf(paymentId, 1000));
      await gateway.refundPayment(refundOf(paymentId, 1000));
      assert.equal(fake.account.refundsOf(paymentId).length, 2);
    });

    for (const fault of ['reset_after', 'breakdown_after'] as const)
      it(`finds the one behind a ${fault}`, async () => {
        const paymentId = await givenCaptured();
        const request = refundOf(paymentId);
        fake.faults.next(fault, fault);
        await assert.rejects(gateway.refundPayment(request), GatewayOutcomeUnknown);
        fake.faults.end();
        const { refundId } = await gateway.refundPayment(request);
        assert.deepEqual(
          fake.account.refundsOf(paymentId).map(({ id }) => id),
          [refundId],
        );
      });

    it('is for a person when Stripe broke down, saved that, and made none', async () => {
      const request = refundOf(await givenCaptured());
      fake.faults.next('breakdown_before');
      await assert.rejects(gateway.refundPayment(request), GatewayOutcomeUnknown);
      await assertRefused(gateway.refundPayment(request), 'outcome_unknown');
    });

    it('is refused when all has been refunded', async () => {
      const paymentId = await givenCaptured();
      await gateway.refundPayment(refundOf(paymentId));
      await assertRefused(gateway.refundPayment(refundOf(paymentId)), 'charge_already_refunded');
    });
  });
});
