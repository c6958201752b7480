/** STRIPE_CAPTURE_METHOD=manual: Stripe holds the money, and the order takes it or lets it go. */
import assert from 'node:assert/strict';
import type { Stack } from '../../../src/dev/stack/stack.ts';
import { stripe, stripeBehind } from '../../fakes/stripe/driver.ts';
import type { FakeStripe } from '../../fakes/stripe/fake-stripe.ts';
import type { GatewayDriver, StartedGateway } from '../../support/gateway-driver.ts';
import { WAIT } from '../../support/operator-client.ts';
import { AMOUNT, givenOrder, type Shop, shopOn, untilSettled } from '../../support/shop.ts';
import { placeOf, startTestStack, stopTestStack } from '../../support/stack.ts';

/** A stack of its own is started, which takes its time on a busy machine. */
const START_TIMEOUT_MS = 120_000;

describe('an order that is captured by hand at Stripe', function () {
  this.timeout(START_TIMEOUT_MS);
  let started: StartedGateway;
  let stack: Stack;
  let shop: Shop;
  let driver: GatewayDriver;
  let fake: FakeStripe;

  before(async () => {
    started = await stripe.start();
    const env = { ...started.env, STRIPE_CAPTURE_METHOD: 'manual' };
    stack = await startTestStack({ workers: 1, apis: 1, env });
    driver = started.connect(placeOf(stack));
    fake = stripeBehind(driver);
    shop = shopOn(stack);
  });
  afterEach(() => fake.webhooks.subscribe(() => true));
  after(async () => {
    await stopTestStack(stack);
    await started.close();
  });

  async function givenPending(): Promise<{ id: string; paymentId: string }> {
    const id = await givenOrder(shop, { gateway: 'stripe' });
    const { body } = await shop.call<{ id: string }>('POST', `/v1/orders/${id}/payments`, {}, WAIT);
    return { id, paymentId: body.id };
  }

  it('is paid once the order has captured what was authorized', async () => {
    const { id, paymentId } = await givenPending();
    fake.account.confirm(paymentId);
    await untilSettled(shop, id, 'paid');
    assert.equal(fake.account.intentOf(paymentId).capture_method, 'manual');
    const [payment, ...others] = await driver.paymentsOf(id);
    assert.equal(payment?.capturedMinor, AMOUNT);
    assert.deepEqual(others, []);
  });

  it('is cancelled, and the authorized money let go, where nobody had told of it yet', async () => {
    const { id, paymentId } = await givenPending();
    fake.webhooks.subscribe(() => false);
    fake.account.confirm(paymentId);
    assert.equal(fake.account.intentOf(paymentId).status, 'requires_capture');
    const { status } = await shop.call('POST', `/v1/orders/${id}/cancel`, {}, WAIT);
    assert.equal(status, 200);
    await untilSettled(shop, id, 'cancelled');
    const [payment] = await driver.paymentsOf(id);
    assert.deepEqual([payment?.isVoided, payment?.capturedMinor], [true, 0]);
  });

  it('is captured once when it is authorized and verified at the same time', async () => {
    const { id, paymentId } = await givenPending();
    fake.account.confirm(paymentId);
    await Promise.all(
      [1, 2, 3].map(() => shop.call('POST', `/v1/orders/${id}/verify`, { paymentId }, WAIT)),
    );
    await untilSettled(shop, id, 'paid');
    assert.equal((await driver.paymentsOf(id))[0]?.capturedMinor, AMOUNT);
  });
});
