/** What is told only at PayPal, on the real stack: the buyer agrees, we take the money, and no event is believed. */
import assert from 'node:assert/strict';
import type { OrderView } from '../../../src/domain/view.ts';
import { paypalBehind } from '../../fakes/paypal/driver.ts';
import type { FakePayPal } from '../../fakes/paypal/fake-paypal.ts';
import { eventOf } from '../../fakes/paypal/webhooks.ts';
import type { GatewayDriver } from '../../support/gateway-driver.ts';
import { assertMoneyAgrees } from '../../support/gateway-truth.ts';
import {
  AMOUNT,
  givenOrder,
  openShop,
  orderBody,
  readOrder,
  type Shop,
  untilOrder,
  untilSettled,
} from '../../support/shop.ts';
import { driverOf, sharedStack } from '../../support/stack.ts';
import { deliver } from '../../support/webhooks.ts';

interface Given {
  orderId: string;
  /** PayPal's order. */
  id: string;
}

describe('an order at PayPal', function () {
  this.timeout(120_000);
  let shop: Shop;
  let driver: GatewayDriver;
  let paypal: FakePayPal;

  before(async () => {
    shop = await openShop();
    driver = driverOf(await sharedStack(), 'paypal');
    paypal = paypalBehind(driver);
  });
  // The stack is also told other stories, some of what PayPal's specification does not know.
  beforeEach(() => {
    paypal.violations.length = 0;
  });
  afterEach(async () => {
    await driver.calm();
    assert.deepEqual(paypal.violations, []);
  });

  const act = <T>(orderId: string, what: string, body: object = {}, headers = {}) =>
    shop.call<T>('POST', `/v1/orders/${orderId}/${what}`, body, { prefer: 'wait=30', ...headers });
  const stored = (id: string) => paypal.account.find(id);
  const captureIdOf = (id: string) => stored(id).captures[0]?.id ?? '';

  async function click(orderId: string): Promise<string> {
    return (await act<{ id: string }>(orderId, 'payments')).body.id;
  }

  async function givenPending(more: object = {}): Promise<Given> {
    const orderId = await givenOrder(shop, { gateway: 'paypal', currency: 'EUR', ...more });
    return { orderId, id: await click(orderId) };
  }

  async function givenPaid(): Promise<Given> {
    const given = await givenPending();
    paypal.account.approve(given.id);
    await untilSettled(shop, given.orderId, 'paid');
    return given;
  }

  const until = (orderId: string, what: string, isSo: (order: OrderView) => boolean) =>
    untilOrder(shop, orderId, isSo, what);

  /** PayPal has been asked for the money, has none yet, and the order knows. */
  async function untilPending({ orderId, id }: Given): Promise<void> {
    await until(orderId, 'asked for its money', () => stored(id).captures.length > 0);
    await act(orderId, 'verify');
    assert.deepEqual(
      stored(id).captures.map(({ status }) => status),
      ['PENDING'],
    );
  }

  it('is refused in rupees, which PayPal does not take', async () => {
    const body = orderBody('ord_in_rupees_at_paypal', { gateway: 'paypal' });
    const { status, body: problem } = await shop.call<{ code: string }>('POST', '/v1/orders', body);
    assert.deepEqual([status, problem.code], [422, 'currency_unsupported']);
  });

  it('is paid once the buyer agrees, as the order then takes the money, once', async () => {
    await driver.repeatWebhooks();
    const { orderId, id } = await givenPaid();
    assert.equal((await readOrder(shop, orderId)).amountPaid, AMOUNT);
    assert.equal(stored(id).captures.length, 1);
    await assertMoneyAgrees(shop, orderId, driver);
  });

  it('is paid by verify as well, where no webhook comes', async () => {
    await driver.loseWebhooks();
    const { orderId, id } = await givenPending();
    paypal.account.approve(id);
    await act(orderId, 'verify');
    await untilSettled(shop, orderId, 'paid');
    assert.equal(stored(id).captures.length, 1);
  });

  it('waits for money that takes its time, and is paid when that has come', async () => {
    const { orderId, id } = await givenPending();
    paypal.account.pendNext();
    paypal.account.approve(id);
    await untilPending({ orderId, id });
    const { state, amountPaid } = await readOrder(shop, orderId);
    assert.deepEqual([state, amountPaid], ['pending', 0]);
    paypal.account.endCapture(id, 'COMPLETED');
    await untilSettled(shop, orderId, 'paid');
  });

  it('has failed where that money does not come, and is paid by another try', async () => {
    const { orderId, id } = await givenPending();
    paypal.account.pendNext();
    paypal.account.approve(id);
    await untilPending({ orderId, id });
    paypal.account.endCapture(id, 'DECLINED');
    await until(orderId, 'failed', ({ state }) => state === 'failed');
    const second = await click(orderId);
    assert.notEqual(second, id);
    paypal.account.approve(second);
    await untilSettled(shop, orderId, 'paid');
    await assertMoneyAgrees(shop, orderId, driver);
  });

  it('has failed where the buyer’s instrument is declined, and opens no review', async () => {
    const { orderId, id } = await givenPending();
    paypal.account.declineNext();
    paypal.account.approve(id);
    const failed = await until(orderId, 'failed', ({ state }) => state === 'failed');
    assert.deepEqual(failed.reviews, []);
    const second = await click(orderId);
    paypal.account.approve(second);
    await untilSettled(shop, orderId, 'paid');
    assert.equal(stored(id).captures.length, 0);
  });

  it('takes the money once where the answer to the capture is lost', async () => {
    const { orderId, id } = await givenPending();
    await driver.disturb('cuts the connection');
    paypal.account.approve(id);
    await until(orderId, 'asked to capture', () => paypal.faults.struck >= 2);
    await driver.answerAgain();
    await untilSettled(shop, orderId, 'paid');
    assert.equal(stored(id).captures.length, 1);
    await assertMoneyAgrees(shop, orderId, driver);
  });

  it('is not charged where it was cancelled before the buyer agreed', async () => {
    const { orderId, id } = await givenPending();
    assert.equal((await act(orderId, 'cancel')).status, 200);
    paypal.account.approve(id);
    await act(orderId, 'verify');
    assert.equal((await readOrder(shop, orderId)).state, 'cancelled');
    assert.equal(stored(id).captures.length, 0);
  });

  it('has its money held when the buyer agrees, and taken in parts by the shop', async () => {
    const { orderId, id } = await givenPending({ capture: 'manual' });
    paypal.account.approve(id);
    await until(orderId, 'authorized', ({ payments }) => payments[0]?.status === 'authorized');
    assert.equal(stored(id).authorizations.length, 1);
    const key = { 'idempotency-key': `parcel-1-${orderId}` };
    await act(orderId, 'captures', { amount: 2_000 }, key);
    await until(orderId, 'paid in part', ({ amountPaid }) => amountPaid === 2_000);
    assert.equal((await act(orderId, 'void', {})).status, 200);
    assert.equal(stored(id).authorizations[0]?.status, 'VOIDED');
    await assertMoneyAgrees(shop, orderId, driver);
  });

  it('hears of a refund in the dashboard, whose event names a capture alone', async () => {
    const { orderId, id } = await givenPaid();
    paypal.account.refund(captureIdOf(id), { amount: { currency_code: 'EUR', value: '10.00' } });
    await until(orderId, 'refunded in part', ({ amountRefunded }) => amountRefunded === 1_000);
  });

  it('counts no refund that fails after it was pending', async () => {
    const { orderId, id } = await givenPaid();
    const refund = paypal.account.refund(captureIdOf(id), {}, 'PENDING');
    await until(orderId, 'refund pending', ({ refunds }) => refunds[0]?.status === 'pending');
    paypal.account.endRefund(refund.id, 'FAILED');
    await until(orderId, 'refund failed', ({ refunds }) => refunds[0]?.status === 'failed');
    assert.equal((await readOrder(shop, orderId)).amountRefunded, 0);
  });

  it('keeps its money where PayPal pays the buyer of a dispute', async () => {
    const { orderId, id } = await givenPaid();
    const dispute = paypal.account.dispute(captureIdOf(id));
    await until(orderId, 'disputed', ({ disputes }) => disputes[0]?.status === 'opened');
    const outcome_code = 'RESOLVED_WITH_PAYOUT';
    paypal.account.changeDispute(dispute, { status: 'RESOLVED', outcome_code });
    await until(orderId, 'won', ({ disputes }) => disputes[0]?.status === 'won');
    await assertMoneyAgrees(shop, orderId, driver);
  });

  it('is not paid by an event that says so', async () => {
    const { orderId, id } = await givenPending();
    const capture = { id: 'MADE0UP0CAPTURE00', status: 'COMPLETED', final_capture: true };
    const order = stored(id);
    const event = eventOf('PAYMENT.CAPTURE.COMPLETED', {
      about: 'capture',
      order,
      capture: { ...capture, amount: order.amount },
    });
    assert.equal((await deliver(shop, paypal.webhooks.sign(JSON.stringify(event)))).status, 200);
    await act(orderId, 'verify');
    assert.equal((await readOrder(shop, orderId)).amountPaid, 0);
  });

  it('refuses events that were signed for another merchant, and certificates of other hosts', async () => {
    const { id } = await givenPending();
    const event = eventOf('CHECKOUT.ORDER.APPROVED', { about: 'order', order: stored(id) });
    const body = JSON.stringify(event);
    for (const how of [
      { webhookId: '9ANOTHERMERCHANT9' },
      { certificateUrl: 'http://127.0.0.1:9/v1/notifications/certs/CERT-1' },
    ])
      assert.equal((await deliver(shop, paypal.webhooks.sign(body, how))).status, 401);
  });

  it('is told again of what came while PayPal could not be asked', async () => {
    const { orderId, id } = await givenPaid();
    await driver.loseWebhooks();
    const refund = paypal.account.refund(captureIdOf(id));
    const happening = { about: 'refund' as const, order: stored(id), refund };
    const event = paypal.webhooks.sign(
      JSON.stringify(eventOf('PAYMENT.CAPTURE.REFUNDED', happening)),
    );
    await driver.disturb('is down');
    assert.equal((await deliver(shop, event)).status, 503);
    await driver.answerAgain();
    assert.equal((await deliver(shop, event)).status, 200);
    await until(orderId, 'refunded', ({ amountRefunded }) => amountRefunded === AMOUNT);
  });
});
