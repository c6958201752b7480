/** The form of every request that we send, checked by Stripe's own stripe-mock against its specification. */
import assert from 'node:assert/strict';
import { Stripe } from 'stripe';
import type { SingleEventGateway } from '../../../src/gateways/gateway.ts';
import { createStripeGateway } from '../../../src/gateways/stripe/index.ts';
import { PEOPLE } from '../../support/people.ts';
import { type StripeMock, startStripeMock } from './stripe-mock.ts';

const idempotencyKey = 'a-key-of-a-shape-check';
const REQUEST = {
  orderId: 'ord_1',
  installationId: 'ins_1',
  attempt: 1,
  amountMinor: 1099,
  currency: 'USD',
  idempotencyKey,
};

describe("requests to Stripe, by Stripe's own specification", function () {
  this.timeout(6 * 60_000);
  let mock: StripeMock | undefined;
  let gateway: SingleEventGateway;

  before(async function () {
    mock = await startStripeMock().catch((error: Error) => {
      console.warn(`    skipped, as stripe-mock cannot be built: ${error.message}`);
      return undefined;
    });
    if (mock === undefined) return this.skip();
    const settings = { secretKey: 'sk_test_123', webhookSecrets: ['whsec_1'] };
    gateway = createStripeGateway({ ...settings, apiBase: mock.url });
  });
  after(() => mock?.stop());

  it('may create a payment', async () => {
    const created = gateway.createPayment(REQUEST);
    const { checkout } = await created;
    assert.ok(checkout.clientSecret);
  });

  it('may tell whom and what a payment is for', async () => {
    const { customer, shipping, description } = PEOPLE;
    const details = { ...customer, shipping, description };
    const { checkout } = await gateway.createPayment({ ...REQUEST, details, idempotencyKey });
    assert.ok(checkout.clientSecret);
  });

  it('may create a payment that is captured later', async () => {
    const settings = { secretKey: 'sk_test_123', webhookSecrets: ['whsec_1'] };
    const apiBase = mock?.url ?? '';
    const byHand = createStripeGateway({ ...settings, captureMethod: 'manual', apiBase });
    const { checkout } = await byHand.createPayment(REQUEST);
    assert.ok(checkout.clientSecret);
  });

  it('may read a payment', async () => {
    const { payments } = await gateway.fetchPayments({ orderId: 'ord_1', paymentIds: ['pi_1'] });
    assert.equal(payments.length, 1);
  });

  it('may capture a payment', async () => {
    await gateway.capturePayment({ paymentId: 'pi_1', amountMinor: 1000, idempotencyKey });
  });

  it('may cancel a payment', async () => {
    await gateway.voidPayment({ paymentId: 'pi_1', idempotencyKey });
  });

  it('may refund a payment', async () => {
    const refund = { paymentId: 'pi_1', amountMinor: 100, currency: 'USD', idempotencyKey };
    await gateway.refundPayment(refund);
  });

  it('may list what moved on a day, and what a payout has paid out', async () => {
    const day = { day: '2026-01-26', fromMs: 1_769_385_600_000, toMs: 1_769_472_000_000 };
    for (const cursor of [null, { payout: 'po_1', after: 'txn_1', payouts: [] }]) {
      const asked = { ...day, cursor: cursor && JSON.stringify(cursor) };
      const page = await gateway.fetchSettlement?.(asked);
      assert.ok(page && page.items.length > 0);
    }
  });

  it('would be refused with a parameter that Stripe does not know', async () => {
    const address = new URL(mock?.url ?? '');
    const { hostname: host, port } = address;
    const stripe = new Stripe('sk_test_123', { host, port, protocol: 'http' });
    const unknown = stripe.rawRequest('POST', '/v1/payment_intents', { amount: 1, surprise: 1 });
    await assert.rejects(unknown, Stripe.errors.StripeInvalidRequestError);
  });
});
