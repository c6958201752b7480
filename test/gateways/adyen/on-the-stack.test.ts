/** What is told only at Adyen, on the real stack: nothing but webhooks, some of them in one batch, says what happened. */
import assert from 'node:assert/strict';
import pWaitFor from 'p-wait-for';
import type { OrderView } from '../../../src/domain/view.ts';
import type { Link, Payment } from '../../fakes/adyen/account.ts';
import { adyenBehind } from '../../fakes/adyen/driver.ts';
import type { FakeAdyen } from '../../fakes/adyen/fake-adyen.ts';
import type { Batch, Item } from '../../fakes/adyen/webhooks.ts';
import type { GatewayDriver } from '../../support/gateway-driver.ts';
import { assertMoneyAgrees } from '../../support/gateway-truth.ts';
import {
  AMOUNT,
  givenOrder,
  openShop,
  readOrder,
  type Shop,
  untilOrder,
  untilSettled,
} from '../../support/shop.ts';
import { driverOf, sharedStack } from '../../support/stack.ts';
import { deliver } from '../../support/webhooks.ts';

interface Given {
  orderId: string;
  link: Link;
}

describe('an order at Adyen', function () {
  this.timeout(120_000);
  let shop: Shop;
  let driver: GatewayDriver;
  let adyen: FakeAdyen;

  before(async () => {
    shop = await openShop();
    const stack = await sharedStack();
    driver = driverOf(stack, 'adyen');
    adyen = adyenBehind(driver);
  });
  afterEach(async () => {
    await driver.calm();
    assert.deepEqual(adyen.violations, []);
  });

  async function givenPending(more: object = {}): Promise<Given> {
    const orderId = await givenOrder(shop, { gateway: 'adyen', ...more });
    const { body } = await shop.call<{ id: string; checkout: { url: string } }>(
      'POST',
      `/v1/orders/${orderId}/payments`,
      {},
      { prefer: 'wait=30' },
    );
    const link = [...adyen.account.links.values()].find(({ reference }) => reference === body.id);
    assert.ok(link);
    assert.ok(body.checkout.url.endsWith(link.id));
    return { orderId, link };
  }

  async function givenPaid(): Promise<Given & { payment: Payment }> {
    const given = await givenPending();
    await driver.capture(given.link.reference);
    await untilSettled(shop, given.orderId, 'paid');
    return { ...given, payment: paymentOf(given) };
  }

  function paymentOf({ link }: Given): Payment {
    const payment = adyen.account.paidBy(link);
    assert.ok(payment);
    return payment;
  }

  /** Webhooks about what happens meanwhile, which are kept back. */
  function heldWhile(happens: () => void): Batch {
    adyen.webhooks.hold();
    happens();
    return adyen.webhooks.heldBatch();
  }

  const refund = (orderId: string, body: object = {}) =>
    shop.call<{ id: string; status: string }>('POST', `/v1/orders/${orderId}/refunds`, body, {
      prefer: 'wait=30',
      'idempotency-key': `refund-of-${orderId}`,
    });

  const untilEvents = (orderId: string, isSo: (order: OrderView) => boolean, what: string) =>
    untilOrder(shop, orderId, isSo, what);

  it('is captured by itself, and paid when the webhook has come: "received" is no outcome', async () => {
    const given = await givenPending();
    const batch = heldWhile(() => adyen.account.authorise(given.link));
    // What the order asks to be captured is kept back, too.
    adyen.webhooks.hold();
    await deliver(shop, adyen.webhooks.sign(batch));
    await untilEvents(
      given.orderId,
      () => paymentOf(given).captures.length === 1,
      'captured at the gateway',
    );
    assert.equal((await readOrder(shop, given.orderId)).state, 'pending');
    await deliver(shop, adyen.webhooks.sign(adyen.webhooks.heldBatch()));
    await untilSettled(shop, given.orderId, 'paid');
    await assertMoneyAgrees(shop, given.orderId, driver);
  });

  it('is for a person where its capture was accepted and is refused after all', async () => {
    const given = await givenPending();
    const batch = heldWhile(() => {
      adyen.account.authorise(given.link);
      // The shop's other software was faster, and has taken a part.
      paymentOf(given).captures.push({ psp: 'X', amount: given.link.amount, status: 'pending' });
    });
    await deliver(shop, adyen.webhooks.sign(batch));
    const order = await untilEvents(
      given.orderId,
      ({ reviews }) => reviews.length > 0,
      'in review for its capture',
    );
    assert.deepEqual([order.state, order.reviews[0]?.reason], ['pending', 'capture_refused']);
  });

  it('takes the good items of a batch with a forged one among them, and answers that with 401', async () => {
    const orders = await Promise.all([givenPaid(), givenPaid(), givenPaid()]);
    const batch = heldWhile(() => {
      for (const { payment } of orders)
        adyen.account.refund(payment, { ...payment.link.amount, value: 1_000 }, 'succeeded');
    });
    const signed = adyen.webhooks.sign(batch);
    const forged = JSON.parse(signed.body) as Batch;
    const items: Item[] = forged.notificationItems.map((one) => one.NotificationRequestItem);
    Object.assign(items[1] ?? {}, { amount: { currency: 'INR', value: 4_999 } });
    const answer = await deliver(shop, { ...signed, body: JSON.stringify(forged) });
    assert.equal(answer.status, 401);
    for (const { orderId } of [orders[0], orders[2]].filter((one) => one !== undefined))
      await untilEvents(orderId, ({ amountRefunded }) => amountRefunded === 1_000, 'refunded');
    const middle = orders[1]?.orderId ?? '';
    assert.equal((await readOrder(shop, middle)).amountRefunded, 0);
    // Adyen repeats the whole: what was taken is a repeat, and the genuine item counts now.
    assert.equal((await deliver(shop, signed)).status, 200);
    await untilEvents(middle, ({ amountRefunded }) => amountRefunded === 1_000, 'refunded');
    for (const { orderId } of orders) {
      assert.equal((await readOrder(shop, orderId)).amountRefunded, 1_000);
      await assertMoneyAgrees(shop, orderId, driver);
    }
  });

  it('has a refund that is pending until its webhook, and holds the money again when it fails after that', async () => {
    const { orderId, payment } = await givenPaid();
    adyen.webhooks.hold();
    const { body } = await refund(orderId, { amount: 1_000 });
    assert.equal(body.status, 'pending');
    assert.equal((await readOrder(shop, orderId)).amountRefunded, 0);
    await deliver(shop, adyen.webhooks.sign(adyen.webhooks.heldBatch()));
    await untilEvents(orderId, ({ amountRefunded }) => amountRefunded === 1_000, 'refunded');
    adyen.account.endRefund(payment.refunds[0]?.psp ?? '', 'failed');
    const order = await untilEvents(
      orderId,
      ({ amountRefunded, reviews }) => amountRefunded === 0 && reviews.length > 0,
      'not refunded after all, and in review',
    );
    assert.deepEqual([order.state, order.reviews[0]?.reason], ['paid', 'refund_reversed']);
    await assertMoneyAgrees(shop, orderId, driver);
  });

  it('loses the money of a chargeback, has it back, and loses it for good to a second one, in any order', async () => {
    for (const arrange of [(all: Item[]) => all, (all: Item[]) => all.toReversed()]) {
      const { orderId, payment } = await givenPaid();
      const steps = [
        heldWhile(() => adyen.account.dispute(payment, 'CHARGEBACK', 'lost')),
        heldWhile(() => adyen.account.dispute(payment, 'CHARGEBACK_REVERSED', 'won')),
        heldWhile(() => adyen.account.dispute(payment, 'SECOND_CHARGEBACK', 'second')),
      ].flatMap((batch) => batch.notificationItems.map((one) => one.NotificationRequestItem));
      for (const item of arrange(steps))
        await deliver(shop, adyen.webhooks.sign(adyen.webhooks.batchOf([item])));
      const order = await untilEvents(
        orderId,
        ({ disputes }) =>
          (['won', 'lost'] as const).every((wanted) =>
            disputes.some(({ status }) => status === wanted),
          ),
        'won once and lost once',
      );
      assert.equal(order.disputes.find(({ status }) => status === 'lost')?.amount, AMOUNT);
      await assertMoneyAgrees(shop, orderId, driver);
    }
  });

  it('is cancelled at once as long as nobody has paid, and its link cannot be paid any more', async () => {
    const { orderId, link } = await givenPending();
    const { status, body } = await shop.call<OrderView>(
      'POST',
      `/v1/orders/${orderId}/cancel`,
      {},
      { prefer: 'wait=30' },
    );
    assert.deepEqual([status, body.state, link.status], [200, 'cancelled', 'expired']);
  });

  it('waits for the webhook where the customer was faster than the cancel', async () => {
    const given = await givenPending();
    const authorised = heldWhile(() => adyen.account.authorise(given.link));
    adyen.webhooks.hold();
    const { status } = await shop.call('POST', `/v1/orders/${given.orderId}/cancel`, {}, {});
    assert.equal(status, 202);
    await untilEvents(
      given.orderId,
      () => paymentOf(given).status === 'cancelled',
      'canceled at the gateway',
    );
    const canceled = adyen.webhooks.heldBatch();
    for (const batch of [authorised, canceled]) await deliver(shop, adyen.webhooks.sign(batch));
    await untilSettled(shop, given.orderId, 'cancelled');
    await assertMoneyAgrees(shop, given.orderId, driver);
  });

  it('is paid by a second try on the same link, after a declined one', async () => {
    const given = await givenPending();
    await driver.fail(given.link.reference);
    await untilSettled(shop, given.orderId, 'failed');
    await driver.pay(given.link.reference);
    await untilSettled(shop, given.orderId, 'paid');
    await assertMoneyAgrees(shop, given.orderId, driver);
  });

  it('parks a payment of another installation that names it, and is paid by none of it', async () => {
    const { orderId } = await givenPending();
    const strange = await driver.strangePayment(orderId, { maker: 'another installation' });
    await driver.pay(strange);
    const parked = await untilParked(orderId);
    assert.deepEqual([parked.reason, parked.paymentId], ['foreign_payment', strange]);
    assert.equal((await readOrder(shop, orderId)).state, 'pending');
  });

  async function untilParked(orderId: string): Promise<{ reason: string; paymentId: string }> {
    type Page = { events: { orderId: string; reason: string; paymentId: string }[] };
    const find = async () => {
      const { body } = await shop.call<Page>('GET', '/v1/parked-events?limit=200');
      return body.events.find((event) => event.orderId === orderId);
    };
    await pWaitFor(async () => (await find()) !== undefined, { interval: 100, timeout: 30_000 });
    const found = await find();
    assert.ok(found);
    return found;
  }
});
