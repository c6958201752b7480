/** Every configured gateway is asked once, when a process starts, whether it takes the configured key. */
import assert from 'node:assert/strict';
import pWaitFor from 'p-wait-for';
import { type Access, checkAccess } from '../../src/gateways/access.ts';
import { type Gateway, GatewayMisconfigured } from '../../src/gateways/gateway.ts';
import { createRazorpayGateway } from '../../src/gateways/razorpay/index.ts';
import { createStripeGateway } from '../../src/gateways/stripe/index.ts';
import { type FakeRazorpay, KEY_ID, KEY_SECRET, openFakeRazorpay } from '../fakes/razorpay/fake.ts';
import { type FakeStripe, openFakeStripe, SECRET_KEY } from '../fakes/stripe/fake-stripe.ts';
import { scrape } from '../metrics/scrape.ts';
import { startBeside } from '../support/extra-processes.ts';
import { openShop } from '../support/shop.ts';

interface Ready {
  status: string;
  gateways: Record<string, Access>;
}

const NOBODY = 'http://127.0.0.1:9';

describe('the check of a gateway’s key', () => {
  let stripe: FakeStripe;
  let razorpay: FakeRazorpay;
  const checking = new AbortController();

  before(async () => {
    stripe = await openFakeStripe();
    razorpay = await openFakeRazorpay();
  });
  after(async () => {
    checking.abort();
    await stripe.close();
    razorpay.close();
  });

  const stripeAt = (apiBase: string, secretKey = SECRET_KEY) =>
    createStripeGateway({ secretKey, webhookSecrets: ['whsec_1'], apiBase });
  const razorpayAt = (apiBase: string, keySecret = KEY_SECRET) =>
    createRazorpayGateway({ keyId: KEY_ID, keySecret, webhookSecrets: ['1'], apiBase });

  async function check(gateways: Record<string, Gateway>) {
    const told: { gateway: string; access: Access; reason: string }[] = [];
    const access = checkAccess(gateways, checking.signal, (gateway, found, reason) =>
      told.push({ gateway, access: found, reason }),
    );
    await pWaitFor(() => Object.values(access.read()).every((found) => found !== 'unknown'));
    return { found: access.read(), told };
  }

  it('passes where the key is taken, after one read', async () => {
    const { found } = await check({
      stripe: stripeAt(stripe.url),
      razorpay: razorpayAt(razorpay.url),
    });
    assert.deepEqual(found, { stripe: 'ok', razorpay: 'ok' });
    assert.deepEqual(stripe.calls, ['GET /v1/payment_intents']);
    assert.deepEqual(
      razorpay.calls.map(({ call }) => call),
      ['GET /v1/orders'],
    );
  });

  it('names the gateway and the variables to correct where the key is refused', async () => {
    const { found, told } = await check({
      stripe: stripeAt(stripe.url, `sk_test_${'x'.repeat(24)}`),
      razorpay: razorpayAt(razorpay.url, 'another secret'),
    });
    assert.deepEqual(found, { stripe: 'misconfigured', razorpay: 'misconfigured' });
    const reasons = told.map(({ reason }) => reason).join('\n');
    assert.match(reasons, /Stripe refuses the configured key \(HTTP 401\): set STRIPE_SECRET_KEY/);
    assert.match(reasons, /Razorpay refuses .*RAZORPAY_KEY_ID and RAZORPAY_KEY_SECRET/);
  });

  it('is made anew with another key, and an answer to the key from before says nothing of it', async () => {
    let answerFirst = (): void => {};
    const answers = [
      new Promise<void>((resolve) => {
        answerFirst = resolve;
      }),
      Promise.reject(new GatewayMisconfigured('acme', { status: 401, variables: 'ACME_KEY' })),
    ];
    const told: Access[] = [];
    const access = checkAccess(
      { acme: { checkAccess: () => answers.shift() ?? Promise.resolve() } },
      checking.signal,
      (_gateway, found) => told.push(found),
    );
    access.again();
    await pWaitFor(() => access.read().acme === 'misconfigured');
    answerFirst();
    await pWaitFor(() => answers.length === 0);
    access.again();
    await pWaitFor(() => access.read().acme === 'ok');
    assert.deepEqual(told, ['misconfigured', 'ok']);
  });

  it('says no more than that where nobody answers', async () => {
    const { found } = await check({ stripe: stripeAt(NOBODY), razorpay: razorpayAt(NOBODY) });
    assert.deepEqual(found, { stripe: 'unreachable', razorpay: 'unreachable' });
  });
});

describe('an API whose key for one gateway is refused', function () {
  this.timeout(120_000);
  let stripe: FakeStripe;

  before(async () => {
    await openShop();
    stripe = await openFakeStripe();
  });
  after(() => stripe.close());

  it('is ready, shows it for that gateway alone, and counts it', async () => {
    const api = await startBeside('server', {
      STRIPE_SECRET_KEY: `sk_test_${'x'.repeat(24)}`,
      STRIPE_WEBHOOK_SECRETS: `whsec_${'s'.repeat(32)}`,
      STRIPE_API_BASE: stripe.url,
    });
    try {
      const ready = async () => (await (await fetch(`${api.apiUrl}/readyz`)).json()) as Ready;
      await pWaitFor(async () => (await ready()).gateways.stripe !== 'unknown');
      const { status, gateways } = await ready();
      assert.deepEqual(
        [status, gateways.stripe, gateways.sandbox],
        ['ready', 'misconfigured', 'ok'],
      );
      const samples = await scrape(api.metricsUrl);
      const shown = samples.filter(({ name }) => name === 'payonce_gateway_misconfigured');
      assert.deepEqual(
        Object.fromEntries(shown.map(({ labels, value }) => [labels.gateway, value])),
        { sandbox: 0, stripe: 1 },
      );
    } finally {
      await api.stop();
    }
  });
});
