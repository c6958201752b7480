/** Razorpay's word on what is paid, under way or gone, on the real stack. */
import assert from 'node:assert/strict';
import pWaitFor from 'p-wait-for';
import type { OrderView } from '../../../src/domain/view.ts';
import { razorpayBehind } from '../../fakes/razorpay/driver.ts';
import type { FakeRazorpay } from '../../fakes/razorpay/fake.ts';
import { begunEarly } from '../../support/begun-early.ts';
import { rowsOf } from '../../support/books.ts';
import { placeAt } from '../../support/place.ts';
import { OFFER, RAZORPAY } from '../../support/scenarios/gateways.ts';
import {
  AMOUNT,
  givenPendingOrder,
  openShop,
  type Shop,
  untilOrder,
  untilSettled,
} from '../../support/shop.ts';
import { sharedStack } from '../../support/stack.ts';
import { signalsOf } from '../../support/temporal.ts';

const FEE = 118;

/** What makes an order ask for what a webhook that was lost would have told. */
const QUESTIONS = ['verify', 'sync'] as const;

/** Orders of which something has become at Razorpay, and no webhook has come of that. */
const toAskAbout = begunEarly(async () => {
  const { gateway, pendingOrder } = await placeAt('razorpay');
  const { life } = razorpayBehind(gateway);
  const [offer, fee, promise, gone] = await Promise.all([
    pendingOrder(),
    pendingOrder(),
    pendingOrder(),
    pendingOrder(),
  ]);
  await gateway.loseWebhooks();
  life.capture(life.start(offer.paymentId, { amount: AMOUNT - OFFER }));
  life.capture(life.start(fee.paymentId, { amount: AMOUNT + FEE }));
  life.promise(promise.paymentId);
  life.lose(gone.paymentId);
  await gateway.calm();
  return { offer, fee, promise, gone };
});

describe('an order at Razorpay', function () {
  this.timeout(120_000);
  let shop: Shop;
  let razorpay: FakeRazorpay;

  before(async () => {
    shop = await openShop();
    razorpay = razorpayBehind((await sharedStack()).gateways.razorpay);
  });
  afterEach(() => razorpay.webhooks.release(() => []));

  const act = <T>(id: string, what: string, body: object = {}, wait = 30) =>
    shop.call<T>('POST', `/v1/orders/${id}/${what}`, body, { prefer: `wait=${wait}` });
  const given = () => givenPendingOrder(shop, { gateway: 'razorpay' });
  const paymentOf = (id: string) => razorpay.world.payments.get(id);

  async function assertDiscounted(id: string): Promise<void> {
    const order = await untilSettled(shop, id, 'paid');
    assert.deepEqual([order.amountPaid, order.amountDiscounted], [AMOUNT - OFFER, OFFER]);
    const [invoice] = await rowsOf('invoices', id);
    const { amount_minor: due, discount_minor: discount } = invoice ?? {};
    assert.deepEqual([Number(due), Number(discount)], [AMOUNT, OFFER]);
    assert.deepEqual(
      order.reviews.filter(({ status }) => status === 'open'),
      [],
    );
    const posted = (await rowsOf('postings', id)).map(({ kind, account, amount_minor }) =>
      [kind, account, Number(amount_minor)].join(' '),
    );
    assert.deepEqual(
      new Set(posted),
      new Set([
        `capture gateway_clearing:razorpay ${AMOUNT - OFFER}`,
        `capture order_receipts ${AMOUNT - OFFER}`,
        `discount gateway_discounts ${OFFER}`,
        `discount order_receipts ${OFFER}`,
      ]),
    );
  }

  it('is paid when an offer made its customer pay less, and the difference is posted', async () => {
    const { id } = await RAZORPAY['paid-with-an-offer'](await placeAt('razorpay'));
    await assertDiscounted(id);
  });

  for (const question of QUESTIONS)
    it(`is paid by ${question} when an offer made its customer pay less and no webhook came`, async () => {
      const { id, paymentId } = await given();
      razorpay.webhooks.withhold();
      razorpay.life.capture(razorpay.life.start(paymentId, { amount: AMOUNT - OFFER }));
      assert.equal((await act(id, question)).status, 200);
      await assertDiscounted(id);
    });

  for (const how of ['webhook', ...QUESTIONS])
    it(`is paid by what was due where a fee came on top, heard by ${how}`, async () => {
      const { id, paymentId } = await given();
      if (how !== 'webhook') razorpay.webhooks.withhold();
      razorpay.life.capture(razorpay.life.start(paymentId, { amount: AMOUNT + FEE }));
      if (how !== 'webhook') assert.equal((await act(id, how)).status, 200);
      await untilSettled(shop, id, 'paid');
      await act(id, 'verify', { paymentId: 'pay_unknown0000' });
      const order = await untilSettled(shop, id, 'paid');
      assert.deepEqual([order.amountPaid, order.reviews], [AMOUNT, []]);
      assert.deepEqual([order.amountFees, order.payments[0]?.amountFees], [FEE, FEE]);
    });

  it('is 200 to a verify that names its payment while a webhook has made the order ask', async () => {
    const { id, paymentId } = await given();
    const held = razorpay.faults.hold(new RegExp(`^GET /v1/orders/${paymentId}/payments`));
    razorpay.life.fail(razorpay.life.start(paymentId));
    await held.arrived;
    razorpay.webhooks.withhold();
    const paying = razorpay.life.start(paymentId);
    razorpay.life.capture(paying);
    const verify = act<OrderView>(id, 'verify', { paymentId: paying });
    // One is the webhook's, and one the customer's.
    await pWaitFor(
      async () => (await signalsOf(id)).filter((name) => name === 'verify').length === 2,
    );
    held.release();
    const { status, body } = await verify;
    assert.deepEqual([status, body.state], [200, 'paid']);
  });

  it('is captured whole by us where a fee came on top', async () => {
    const { id, paymentId } = await given();
    const payment = razorpay.life.start(paymentId, { amount: AMOUNT + FEE });
    razorpay.life.authorize(payment);
    const order = await untilSettled(shop, id, 'paid');
    assert.deepEqual([order.amountPaid, order.reviews], [AMOUNT, []]);
    assert.deepEqual(
      [paymentOf(payment)?.status, paymentOf(payment)?.amount],
      ['captured', AMOUNT + FEE],
    );
  });

  it('is pending while its customer is to pay on delivery, and paid when the money comes', async () => {
    const { id, paymentId } = await given();
    const promised = razorpay.life.promise(paymentId);
    await untilOrder(shop, id, ({ payments }) => payments[0]?.status === 'pending', 'promised');
    assert.equal((await act(id, 'verify')).status, 200);
    razorpay.life.capture(promised);
    await untilSettled(shop, id, 'paid');
  });

  for (const question of QUESTIONS)
    it(`is pending by ${question} while its customer is to pay on delivery and no webhook came`, async () => {
      const { id, paymentId } = await given();
      razorpay.webhooks.withhold();
      const promised = razorpay.life.promise(paymentId);
      assert.equal((await act(id, question)).status, 200);
      await untilOrder(shop, id, ({ payments }) => payments[0]?.status === 'pending', 'promised');
      razorpay.webhooks.release(() => []);
      razorpay.life.capture(promised);
      await untilSettled(shop, id, 'paid');
    });

  it('waits for another try when what was to be paid on delivery is refused', async () => {
    const { states } = await RAZORPAY['not-paid-on-delivery'](await placeAt('razorpay'));
    assert.deepEqual(states, ['pending', 'created', 'captured']);
  });

  it('that is to be paid on delivery can be cancelled', async () => {
    const { id, paymentId } = await given();
    razorpay.life.promise(paymentId);
    await untilOrder(shop, id, ({ payments }) => payments[0]?.status === 'pending', 'promised');
    const { status, body } = await act<OrderView>(id, 'cancel');
    assert.deepEqual([status, body.state], [200, 'cancelled']);
  });

  for (const question of QUESTIONS)
    it(`that Razorpay no longer knows can be paid anew, as ${question} finds`, async () => {
      const { id, paymentId } = await given();
      razorpay.life.lose(paymentId);
      assert.equal((await act(id, question)).status, 200);
      await untilOrder(shop, id, ({ payments }) => payments[0]?.status === 'gone', 'gone');
      const second = await act<{ id: string }>(id, 'payments');
      assert.equal(second.status, 201);
      razorpay.life.capture(razorpay.life.start(second.body.id));
      await untilSettled(shop, id, 'paid');
    });

  it('asks by itself, and finds an offer, a fee, a promise and that one is gone', async () => {
    const { offer, fee, promise, gone } = await toAskAbout();
    const until = (orderId: string, status: string) =>
      untilOrder(shop, orderId, ({ payments }) => payments[0]?.status === status, status);
    const [, paid] = await Promise.all([
      assertDiscounted(offer.id),
      untilSettled(shop, fee.id, 'paid'),
      until(promise.id, 'pending'),
      until(gone.id, 'gone'),
    ]);
    assert.deepEqual([paid.amountPaid, paid.amountFees, paid.reviews], [AMOUNT, FEE, []]);
  });

  it('that Razorpay no longer knows can be cancelled at once', async () => {
    const { id, paymentId } = await given();
    razorpay.life.lose(paymentId);
    const { status, body } = await act<OrderView>(id, 'cancel');
    assert.deepEqual([status, body.state], [200, 'cancelled']);
  });

  it('is paid beside a payment whose status is not known', async () => {
    const { id, paymentId } = await given();
    const odd = razorpay.life.start(paymentId);
    Object.assign(paymentOf(odd) ?? {}, { status: 'teleported' });
    assert.equal((await act(id, 'verify')).status, 200);
    const { body } = await shop.call('GET', `/v1/orders/${id}/events?limit=200`);
    assert.match(JSON.stringify(body), /teleported/);
    razorpay.life.capture(razorpay.life.start(paymentId));
    await untilSettled(shop, id, 'paid');
  });

  it('whose authorized money Razorpay then refuses to capture is for a person, and the money is not forgotten', async () => {
    const { id, paymentId } = await given();
    const payment = razorpay.life.start(paymentId, { amount: AMOUNT - OFFER });
    razorpay.life.authorize(payment);
    const held = await untilOrder(shop, id, ({ reviews }) => reviews.length === 1, 'in review');
    // From now on Razorpay holds less of it, and refuses to capture what was approved.
    Object.assign(paymentOf(payment) ?? {}, { amount: AMOUNT - 2 * OFFER });
    const [review] = held.reviews;
    await shop.call('POST', `/v1/orders/${id}/reviews/${review?.id}`, {
      decision: 'approve',
      version: review?.version,
      note: 'take it',
    });
    const isOpen = ({ reviews }: OrderView) =>
      reviews.some(({ reason, status }) => reason === 'capture_refused' && status === 'open');
    await untilOrder(shop, id, isOpen, 'in review again');
  });
});
