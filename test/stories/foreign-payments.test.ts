/**
 * Two installations on one gateway account, or one beside other software: whose money is it? A payment that
 * names an order of ours and that this installation did not make never pays the order by itself.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import pWaitFor from 'p-wait-for';
import type { Maker } from '../../src/gateway-test/actor.ts';
import { parkEvent } from '../../src/store/parked-events.ts';
import { razorpayBehind } from '../fakes/razorpay/driver.ts';
import { stripeBehind } from '../fakes/stripe/driver.ts';
import { scrape, sumOf } from '../metrics/scrape.ts';
import { rowsOf } from '../support/books.ts';
import { atEachGateway } from '../support/each-gateway.ts';
import { exemptFromInvariants } from '../support/every-order.ts';
import { WAIT } from '../support/operator-client.ts';
import { openPatiently } from '../support/patient-database.ts';
import { type Place, placeAt } from '../support/place.ts';
import {
  AMOUNT,
  CURRENCY,
  newOrderId,
  openShop,
  type Problem,
  readOrder,
  type Shop,
  untilOrder,
  untilSettled,
} from '../support/shop.ts';
import { sharedStack } from '../support/stack.ts';
import { deliver } from '../support/webhooks.ts';

interface Parked {
  id: string;
  gateway: string;
  reason: string;
  orderId: string | null;
  type: string | null;
  paymentId: string | null;
  amount: number | null;
  currency: string | null;
  receivedAt: string;
  status: string;
  note: string | null;
}

describe('a payment that names an order and that this installation did not make', function () {
  this.timeout(120_000);
  let shop: Shop;

  before(async () => {
    shop = await openShop();
  });

  async function parkedOf(orderId: string): Promise<Parked[]> {
    const { body } = await shop.call<{ events: Parked[] }>('GET', '/v1/parked-events?limit=200');
    return body.events.filter((event) => event.orderId === orderId);
  }

  async function untilParked(orderId: string): Promise<Parked> {
    const found = async () => (await parkedOf(orderId)).find(({ status }) => status === 'parked');
    await pWaitFor(async () => (await found()) !== undefined);
    return (await found()) as Parked;
  }

  const decide = (deed: 'attach' | 'close', { id }: Pick<Parked, 'id'>, body: object = {}) =>
    shop.call<Problem>('POST', `/v1/parked-events/${id}/${deed}`, body, WAIT);

  const captured = ({ captureStrange }: Place, id: string, maker: Maker) =>
    captureStrange(id, { maker });

  const makers: Maker[] = ['another installation', 'other software'];
  for (const maker of makers)
    atEachGateway(`is parked, and the order waits for its own (${maker})`, async (place) => {
      const id = await place.order();
      const paymentId = await captured(place, id, maker);
      const { id: _, receivedAt: __, ...parked } = await untilParked(id);
      assert.deepEqual(parked, {
        gateway: place.gateway.name,
        reason: 'foreign_payment',
        orderId: id,
        type: 'payment.captured',
        paymentId,
        amount: AMOUNT,
        currency: CURRENCY,
        status: 'parked',
        decidedBy: null,
        decidedAt: null,
        note: null,
      });
      const order = await readOrder(shop, id);
      assert.deepEqual([order.state, order.payments, order.reviews], ['initiated', [], []]);
      assert.deepEqual(await rowsOf('entitlements', id), []);
      const own = await place.pay(id);
      assert.equal(own.status, 201);
      await place.gateway.capture(own.body.id ?? '');
      const paid = await untilSettled(shop, id, 'paid');
      assert.deepEqual([paid.amountPaid, paid.reviews], [AMOUNT, []]);
      assert.equal((await rowsOf('entitlements', id)).length, 1);
    });

  atEachGateway('is refused to a verify that names it, and parked', async (place) => {
    const id = await place.order();
    await place.gateway.loseWebhooks();
    const paymentId = await captured(place, id, 'another installation');
    const { status, body } = await place.verify(id, { paymentId });
    assert.deepEqual([status, body.code], [409, 'foreign_payment']);
    assert.equal((await untilParked(id)).paymentId, paymentId);
    assert.equal((await readOrder(shop, id)).state, 'initiated');
  });

  it('is parked when the order asks its gateway by itself, where that lists payments by order', async () => {
    const place = await placeAt('sandbox');
    const { id } = await place.pendingOrder();
    await place.gateway.loseWebhooks();
    const paymentId = await captured(place, id, 'another installation');
    await place.verify(id);
    await place.gateway.calm();
    assert.equal((await untilParked(id)).paymentId, paymentId);
    const order = await readOrder(shop, id);
    assert.deepEqual([order.state, order.amountPaid], ['pending', 0]);
  });

  atEachGateway('counts like any capture once an operator attaches it', async (place) => {
    const id = await place.order();
    const paymentId = await captured(place, id, 'another installation');
    const parked = await untilParked(id);
    for (const _ of [1, 2])
      assert.equal((await decide('attach', parked, { note: 'from the old shop' })).status, 200);
    const order = await untilSettled(shop, id, 'paid');
    assert.deepEqual([order.amountPaid, order.payments[0]?.id], [AMOUNT, paymentId]);
    assert.equal((await rowsOf('entitlements', id)).length, 1);
    const [{ status, note } = { status: '', note: '' }] = await parkedOf(id);
    assert.deepEqual([status, note], ['attached', 'from the old shop']);
    const late = await decide('close', parked, { note: 'too late' });
    assert.deepEqual([late.status, late.body.code], [409, 'parked_event_decided']);
    const told = (await place.eventsOf(id)).filter(({ type }) => type === 'attach');
    assert.deepEqual(
      told.map(({ source, outcome }) => [source, outcome]),
      [
        ['operator', 'applied'],
        ['operator', 'duplicate'],
      ],
    );
    await place.assertMoneyAgrees(id);
  });

  atEachGateway('pays the order that an operator chooses, where it is another', async (place) => {
    const [named, meant] = [await place.order(), await place.order()];
    // The gateway lists the payment under the order that it names, whatever an operator knows.
    for (const id of [named, meant]) exemptFromInvariants(id);
    const paymentId = await captured(place, named, 'another installation');
    const parked = await untilParked(named);
    const elsewhere = await decide('attach', parked, { orderId: 'ord_nowhere' });
    assert.deepEqual([elsewhere.status, elsewhere.body.code], [404, 'order_not_found']);
    for (const _ of [1, 2])
      assert.equal((await decide('attach', parked, { orderId: meant })).status, 200);
    const order = await untilSettled(shop, meant, 'paid');
    assert.deepEqual([order.amountPaid, order.payments[0]?.id], [AMOUNT, paymentId]);
    assert.equal((await readOrder(shop, named)).state, 'initiated');
    const late = await decide('attach', parked, { orderId: named });
    assert.deepEqual([late.status, late.body.code], [409, 'parked_event_decided']);
    assert.equal((await parkedOf(meant))[0]?.status, 'attached');
  });

  it('pays one order, also where another event of it is attached to another order', async () => {
    const place = await placeAt('sandbox');
    const [named, meant] = [await place.order(), await place.order()];
    for (const id of [named, meant]) exemptFromInvariants(id);
    const paymentId = await captured(place, named, 'another installation');
    const first = await untilParked(named);
    assert.equal((await decide('attach', first, { orderId: meant })).status, 200);
    await untilSettled(shop, meant, 'paid');
    const database = openPatiently((await sharedStack()).databaseUrl);
    const another = {
      ...{ gateway: 'sandbox', eventId: randomUUID(), reason: 'foreign_payment', orderId: named },
      ...{ type: 'payment.authorized', paymentId, amountMinor: AMOUNT, currency: CURRENCY },
      body: Buffer.from('{}'),
    } as const;
    const id = await parkEvent(database, another).finally(() => database.close());
    const { status, body } = await decide('attach', { id }, { orderId: named });
    assert.deepEqual([status, body.code], [409, 'payment_belongs_to_other_order']);
    assert.equal((await readOrder(shop, named)).state, 'initiated');
    const kept = (await parkedOf(named)).find((event) => event.id === id);
    assert.equal(kept?.status, 'parked');
  });

  it('cannot be attached to an order of another gateway', async () => {
    const [sandbox, stripe] = [await placeAt('sandbox'), await placeAt('stripe')];
    const id = await sandbox.order();
    await captured(sandbox, id, 'another installation');
    const { status, body } = await decide('attach', await untilParked(id), {
      orderId: await stripe.order(),
    });
    assert.deepEqual([status, body.code], [409, 'parked_event_not_attachable']);
  });

  atEachGateway('stays closed once an operator has closed it with a note', async (place) => {
    const id = await place.order();
    const paymentId = await captured(place, id, 'another installation');
    const parked = await untilParked(id);
    for (const _ of [1, 2])
      assert.equal((await decide('close', parked, { note: 'of staging' })).status, 200);
    const late = await decide('attach', parked);
    assert.deepEqual([late.status, late.body.code], [409, 'parked_event_decided']);
    const again = place.gateway.eventFor({ type: 'payment.captured', orderId: id, paymentId });
    assert.ok(again);
    assert.equal((await deliver(shop, again)).body.status, 'accepted');
    const isReported = async () =>
      (await place.eventsOf(id)).filter(({ reason }) => reason.startsWith('foreign_payment'))
        .length === 2;
    await pWaitFor(isReported);
    const [{ status, note } = { status: '', note: '' }] = await parkedOf(id);
    assert.deepEqual([status, note], ['closed', 'of staging']);
    assert.equal((await readOrder(shop, id)).state, 'initiated');
  });

  atEachGateway('that was attached to a paid order is the one that goes back', async (place) => {
    const { id, paymentId: own } = await place.paidOrder();
    const foreign = await captured(place, id, 'another installation');
    assert.equal((await decide('attach', await untilParked(id))).status, 200);
    const isDouble = ({ reason }: { reason: string }) => reason === 'double_payment';
    await untilOrder(shop, id, ({ reviews }) => reviews.some(isDouble), 'paid twice');
    assert.equal((await place.decide(id, 'double_payment', 'reject')).status, 200);
    await untilOrder(shop, id, ({ amountRefunded }) => amountRefunded === AMOUNT, 'refunded');
    const refundsOf = async (wanted: string) =>
      (await place.gateway.paymentsOf(id)).find(({ paymentId }) => paymentId === wanted)
        ?.refundsMinor;
    assert.deepEqual([await refundsOf(own), await refundsOf(foreign)], [[], [AMOUNT]]);
    assert.equal((await untilSettled(shop, id, 'paid')).amountPaid, 2 * AMOUNT);
  });
});

describe('an event that no order and no payment here is about', function () {
  this.timeout(120_000);
  let shop: Shop;

  before(async () => {
    shop = await openShop();
  });

  /** Counted by the process that `deliver` asks. */
  const ignored = async (gateway: string, reason: string) => {
    const samples = await scrape(`${shop.apiUrls[0]}/metrics`);
    return sumOf(samples, 'payonce_webhooks_ignored_total', { gateway, reason });
  };

  atEachGateway('is ignored and counted where it names no order', async ({ gateway }) => {
    const before = await ignored(gateway.name, 'not_ours');
    const told = { orderId: '', paymentId: newOrderId() };
    const event = gateway.eventFor({ type: 'payment.captured', ...told });
    assert.ok(event);
    const { status, body } = await deliver(shop, event);
    assert.deepEqual([status, body], [200, { status: 'ignored' }]);
    assert.ok((await ignored(gateway.name, 'not_ours')) > before);
  });

  // The sandbox has one account, which its events do not name.
  const accounts = { stripe: ['account', 'acct_connected'], razorpay: ['account_id', 'acc_other'] };
  for (const [name, [field = '', account]] of Object.entries(accounts))
    it(`is ignored and counted where it is of another account, and does not pay the order that it names, at ${name}`, async () => {
      const place = await placeAt(name);
      const { id, paymentId } = await place.pendingOrder();
      const event = place.gateway.eventFor({ type: 'payment.captured', orderId: id, paymentId });
      assert.ok(event);
      const before = await ignored(name, 'other_account');
      const body = JSON.stringify({ ...JSON.parse(event.body), [field]: account });
      const answer = await deliver(shop, place.gateway.sign(body));
      assert.deepEqual([answer.status, answer.body], [200, { status: 'ignored' }]);
      assert.equal(await ignored(name, 'other_account'), before + 1);
      assert.equal((await readOrder(shop, id)).state, 'pending');
      await place.gateway.capture(paymentId);
      await place.assertPaidOnce(id);
    });

  atEachGateway("is ignored where it is of another installation's order", async (place) => {
    const id = newOrderId();
    await place.gateway.loseWebhooks();
    const maker = 'another installation';
    const paymentId = await place.captureStrange(id, { maker });
    const told = await place.gateway.eventsOf(paymentId);
    const answers = await Promise.all(told.map((event) => deliver(shop, event)));
    assert.ok(answers.length > 0);
    assert.deepEqual(new Set(answers.map(({ body }) => body.status)), new Set(['ignored']));
  });
});

describe('a payment from before payments carried a mark', function () {
  this.timeout(120_000);

  const unmark: Record<string, (place: Place, paymentId: string, id: string) => void> = {
    stripe: ({ gateway }, paymentId, orderId) => {
      stripeBehind(gateway).account.intentOf(paymentId).metadata = { orderId };
    },
    razorpay: ({ gateway }, paymentId, orderId) => {
      const order = razorpayBehind(gateway).world.orders.get(paymentId);
      assert.ok(order);
      order.notes = { orderId, mode: 'test' };
    },
  };
  // The sandbox keeps what it was given, so that nobody can take a mark away there.
  for (const [name, act] of Object.entries(unmark))
    it(`stays the payment of the order that has opened it, at ${name}`, async () => {
      const place = await placeAt(name);
      const { id, paymentId } = await place.pendingOrder();
      act(place, paymentId, id);
      await place.gateway.capture(paymentId);
      await place.assertPaidOnce(id);
      await place.assertMoneyAgrees(id);
    });
});
