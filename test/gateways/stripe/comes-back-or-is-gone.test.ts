/** A payment at Stripe that comes back to life, waits for its customer or is gone, on the real stack. */
import assert from 'node:assert/strict';
import type { OrderView } from '../../../src/domain/view.ts';
import { stripeBehind } from '../../fakes/stripe/driver.ts';
import type { FakeStripe } from '../../fakes/stripe/fake-stripe.ts';
import { begunEarly } from '../../support/begun-early.ts';
import { type Place, placeAt } from '../../support/place.ts';
import {
  goneAtStripe,
  paidByVoucher,
  STRIPE,
  underWayUntilPaid,
} from '../../support/scenarios/gateways.ts';
import {
  givenOrder,
  type Problem,
  readOrder,
  type Shop,
  untilOrder,
  untilSettled,
} from '../../support/shop.ts';
import { sharedStack } from '../../support/stack.ts';

interface Attempt {
  id: string;
  attempt: number;
  status: string;
  checkout: Record<string, string>;
}

const DAY_MS = 24 * 60 * 60 * 1_000;

/** What makes an order ask for what a webhook that was lost would have told. */
const QUESTIONS = ['verify', 'sync'] as const;

/** Orders whose payments have changed at Stripe, and no webhook has come of that. */
const toAskAbout = begunEarly(async () => {
  const place = await placeAt('stripe');
  const { account } = stripeBehind(place.gateway);
  const [debit, voucher, gone] = await Promise.all([
    place.failedOrder(),
    place.pendingOrder(),
    place.pendingOrder(),
  ]);
  await place.gateway.loseWebhooks();
  account.process(debit.paymentId);
  account.handOut(voucher.paymentId, 'boleto_display_details', null);
  account.lose(gone.paymentId);
  await place.gateway.calm();
  return { debit, voucher, gone };
});

describe('a payment at Stripe', function () {
  this.timeout(120_000);
  let place: Place;
  let shop: Shop;
  let stripe: FakeStripe;

  before(async () => {
    place = await placeAt('stripe');
    shop = place.shop;
    stripe = stripeBehind((await sharedStack()).gateways.stripe);
  });
  afterEach(() => stripe.webhooks.subscribe(() => true));

  const act = <T>(id: string, what: string, body: object = {}, wait = 30) =>
    shop.call<T>('POST', `/v1/orders/${id}/${what}`, body, { prefer: `wait=${wait}` });

  async function givenPending(more: object = {}): Promise<Attempt & { orderId: string }> {
    const orderId = await givenOrder(shop, { gateway: 'stripe', ...more });
    return { orderId, ...(await act<Attempt>(orderId, 'payments')).body };
  }

  async function givenDeclined(): Promise<Attempt & { orderId: string }> {
    const given = await givenPending();
    stripe.account.decline(given.id);
    await untilOrder(shop, given.orderId, ({ state }) => state === 'failed', 'failed');
    return given;
  }

  const eventsOf = async (id: string) =>
    (
      await shop.call<{ events: { type: string; outcome: string; reason: string }[] }>(
        'GET',
        `/v1/orders/${id}/events?limit=200`,
      )
    ).body.events;

  type UnderWay = Awaited<ReturnType<typeof underWayUntilPaid>>;

  function assertUnderWay({ again, cancelled }: UnderWay, checkout: unknown): void {
    assert.deepEqual([again.status, again.body.attempt], [200, 1]);
    assert.deepEqual(again.body.checkout, checkout);
    assert.deepEqual([cancelled.status, cancelled.body.state], [202, 'pending']);
  }

  it('that failed and is debited then is pending again, whatever is asked of its order', async () => {
    const told = await STRIPE['debited-after-a-declined-card'](place);
    assert.deepEqual(
      told.pending.effects
        .filter(({ effect }) => effect === 'update_crm')
        .map(({ key }) => key.split(':')[2]),
      ['failed-1', 'pending-2'],
    );
    assertUnderWay(told, told.opened.checkout);
  });

  for (const question of QUESTIONS)
    it(`that failed and is debited then is pending again by ${question}, where the webhook was lost`, async () => {
      const { orderId, id, checkout } = await givenDeclined();
      stripe.webhooks.subscribe((type) => type !== 'payment_intent.processing');
      stripe.account.process(id);
      assert.equal((await act(orderId, question)).status, 200);
      await untilOrder(shop, orderId, ({ state }) => state === 'pending', 'pending again');
      assertUnderWay(await underWayUntilPaid(place, orderId, id), checkout);
    });

  it('that is debited while its order is thought failed lets nobody pay a second time', async () => {
    const { orderId, id } = await givenDeclined();
    stripe.webhooks.subscribe((type) => type !== 'payment_intent.processing');
    stripe.account.process(id);
    const refused = await act<Problem>(orderId, 'payments');
    assert.deepEqual([refused.status, refused.body.code], [409, 'attempt_in_progress']);
    await untilOrder(shop, orderId, ({ state }) => state === 'pending', 'pending again');
    stripe.account.settle(id);
    await untilSettled(shop, orderId, 'paid');
    assert.equal(stripe.account.intents().filter((i) => i.metadata.orderId === orderId).length, 1);
  });

  it('that is debited while its order is thought failed keeps it from being cancelled', async () => {
    const { orderId, id } = await givenDeclined();
    stripe.webhooks.subscribe((type) => type !== 'payment_intent.processing');
    stripe.account.process(id);
    const answer = await act<OrderView>(orderId, 'cancel', {}, 2);
    assert.equal(answer.status, 202);
    assert.notEqual(answer.body.state, 'cancelled');
    stripe.account.settle(id);
    assert.deepEqual((await untilSettled(shop, orderId, 'paid')).reviews, []);
  });

  for (const [what, type, days] of [
    ['boleto', 'boleto_display_details', 3],
    ['OXXO', 'oxxo_display_details', 7],
    ['konbini', 'konbini_display_details', 2],
    ['Multibanco', 'multibanco_display_details', 4],
    ['a bank transfer', 'display_bank_transfer_instructions', null],
  ] as const)
    it(`by ${what} is pending until Stripe ends it, and can be shown again`, async () => {
      const expiresS = days === null ? null : Math.floor((Date.now() + days * DAY_MS) / 1_000);
      const { opened, waiting, again, paid } = await paidByVoucher(place, type, expiresS);
      assert.equal(waiting.state, 'pending');
      if (expiresS !== null) assert.equal(Date.parse(waiting.expiresAt), expiresS * 1_000);
      assert.deepEqual([again.status, again.body.checkout], [200, opened.checkout]);
      assert.equal(paid.late, false);
    });

  for (const question of QUESTIONS)
    it(`by voucher is pending until Stripe ends it by ${question}, where the webhook was lost`, async () => {
      const { orderId, id, checkout } = await givenPending({ expiresIn: 900 });
      stripe.webhooks.subscribe((type) => type !== 'payment_intent.requires_action');
      const expiresS = Math.floor((Date.now() + DAY_MS) / 1_000);
      stripe.account.handOut(id, 'boleto_display_details', expiresS);
      assert.equal((await act(orderId, question)).status, 200);
      const isPending = ({ payments }: OrderView) => payments[0]?.status === 'pending';
      const { expiresAt } = await untilOrder(shop, orderId, isPending, 'waiting for the customer');
      assert.equal(Date.parse(expiresAt), expiresS * 1_000);
      assert.deepEqual((await act<Attempt>(orderId, 'payments')).body.checkout, checkout);
      stripe.account.settle(id);
      await untilSettled(shop, orderId, 'paid');
    });

  it('by voucher can be cancelled', async () => {
    const { orderId, id } = await givenPending();
    stripe.account.handOut(id, 'oxxo_display_details', Math.floor(Date.now() / 1_000) + 600);
    await untilOrder(shop, orderId, ({ payments }) => payments[0]?.status === 'pending', 'pending');
    assert.equal((await act<OrderView>(orderId, 'cancel')).body.state, 'cancelled');
    assert.equal(stripe.account.intentOf(id).status, 'canceled');
  });

  for (const question of QUESTIONS)
    it(`that Stripe no longer knows ends by ${question}, and another one is opened`, async () => {
      const { paymentId, asked, ended, second } = await goneAtStripe(place, (id) =>
        act(id, question),
      );
      assert.equal(asked.status, 200);
      assert.equal(ended.payments[0]?.status, 'gone');
      assert.equal(second.status, 201);
      assert.notEqual(second.body.id, paymentId);
    });

  it('is asked about by its order itself, which finds a debit, a voucher and that one is gone', async () => {
    const { debit, voucher, gone } = await toAskAbout();
    const until = (orderId: string, status: string) =>
      untilOrder(shop, orderId, ({ payments }) => payments[0]?.status === status, status);
    await Promise.all([
      until(debit.id, 'pending'),
      until(voucher.id, 'pending'),
      until(gone.id, 'gone'),
    ]);
  });

  it('that failed and that Stripe no longer knows stands in the way of no other one', async () => {
    const { orderId, id } = await givenDeclined();
    stripe.account.lose(id);
    const second = await act<Attempt>(orderId, 'payments');
    assert.equal(second.status, 201);
    stripe.account.confirm(second.body.id);
    await untilSettled(shop, orderId, 'paid');
  });

  it('that Stripe no longer knows is no hindrance to a cancel', async () => {
    const { orderId, id } = await givenPending();
    stripe.account.lose(id);
    const { status, body } = await act<OrderView>(orderId, 'cancel');
    assert.deepEqual([status, body.state, body.payments[0]?.status], [200, 'cancelled', 'gone']);
  });

  it('in a status that is not known is shown to operators, and may be paid', async () => {
    const { orderId, id } = await givenPending();
    stripe.account.intentOf(id).status = 'requires_telepathy';
    assert.equal((await act<OrderView>(orderId, 'verify')).status, 200);
    const told = (await eventsOf(orderId)).filter(({ type }) => type === 'gateway.unknown');
    assert.match(told.map(({ reason }) => reason).join(), /requires_telepathy/);
    stripe.account.intentOf(id).status = 'requires_payment_method';
    stripe.account.confirm(id);
    await untilSettled(shop, orderId, 'paid');
  });

  it('whose refund has a status that is not known counts with its other refunds', async () => {
    const { orderId, id } = await givenPending();
    stripe.account.confirm(id);
    await untilSettled(shop, orderId, 'paid');
    stripe.webhooks.subscribe(() => false);
    stripe.account.refund(id, 1000, {});
    const odd = stripe.account.refund(id, 500, {});
    (odd as { status: string }).status = 'teleported';
    stripe.webhooks.subscribe(() => true);
    await act(orderId, 'verify', { paymentId: 'pi_unknown' });
    const order = await untilOrder(
      shop,
      orderId,
      ({ amountRefunded }) => amountRefunded > 0,
      'known',
    );
    assert.equal(order.amountRefunded, 1000);
    assert.match(JSON.stringify(await eventsOf(orderId)), /teleported/);
  });

  /** 20.00 of 49.99 have come, and a second payment is open for the rest. */
  async function givenPart(): Promise<{ orderId: string; open: string; first: string }> {
    const { orderId, id: first } = await givenPending();
    stripe.account.captureByHand(first);
    stripe.webhooks.subscribe((type) => type !== 'payment_intent.amount_capturable_updated');
    stripe.account.confirm(first);
    stripe.account.capture(first, 2000);
    await untilOrder(shop, orderId, ({ state }) => state === 'partially_paid', 'partly paid');
    const open = (await act<Attempt>(orderId, 'payments')).body.id;
    return { orderId, open, first };
  }

  const untilCanceled = (orderId: string, id: string) =>
    untilOrder(
      shop,
      orderId,
      ({ payments }) =>
        payments.some((payment) => payment.id === id && payment.status === 'voided'),
      'voided',
    );

  it('that is open when all else is refunded is canceled at Stripe', async () => {
    const { orderId, open } = await givenPart();
    const key = { 'idempotency-key': `refund-all-of-${orderId}` };
    await shop.call('POST', `/v1/orders/${orderId}/refunds`, {}, key);
    await untilSettled(shop, orderId, 'refunded');
    await untilCanceled(orderId, open);
    assert.equal(stripe.account.intentOf(open).status, 'canceled');
  });

  it('that is open when a partly paid order is cancelled is canceled, and the part is refunded', async () => {
    const { orderId, open, first } = await givenPart();
    const { status, body } = await act<OrderView>(orderId, 'cancel');
    assert.deepEqual([status, body.state], [200, 'cancelled']);
    const order = await untilOrder(
      shop,
      orderId,
      ({ amountRefunded }) => amountRefunded > 0,
      'back',
    );
    assert.equal(order.amountRefunded, 2000);
    assert.equal(stripe.account.intentOf(open).status, 'canceled');
    assert.deepEqual(
      stripe.account.refundsOf(first).map(({ amount }) => amount),
      [2000],
    );
    assert.equal((await act<OrderView>(orderId, 'cancel')).status, 200);
    assert.deepEqual((await readOrder(shop, orderId)).reviews, []);
  });
});
