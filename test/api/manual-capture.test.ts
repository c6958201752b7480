/** Authorize now, capture later, on the running stack: what a shop asks for and what the gateway does. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Order } from '../../src/api/orders/order-schemas.ts';
import { runCli } from '../../src/cli/run.ts';
import { atEachGateway } from '../support/each-gateway.ts';
import { WAIT } from '../support/operator-client.ts';
import type { Place } from '../support/place.ts';
import { authorizedOrder, captureOf, voidOf } from '../support/scenarios/captures.ts';
import {
  AMOUNT,
  givenPendingOrder,
  newOrderId,
  openShop,
  orderBody,
  type Problem,
  type Reply,
  readOrder,
  type Shop,
  untilOrder,
  untilSettled,
} from '../support/shop.ts';
import { type SharedStack, sharedStack } from '../support/stack.ts';

const PART = 2000;

type Answer = Reply<Order & Problem>;

let stack: SharedStack;
let shop: Shop;

before(async function () {
  this.timeout(300_000);
  stack = await sharedStack();
  shop = await openShop();
});

/** A gateway that only accepts what it is asked says what became of it by webhook, within the wait or after it. */
const isAnswer = (place: Place, status: number): boolean =>
  status === 200 || (status === 202 && !place.can('answer what became of a payment'));

const capture = async (place: Place, id: string, body: object = {}, key = randomUUID()) =>
  (await captureOf(place, id, body, key)) as Answer;

describe('an order that is captured by hand', function () {
  this.timeout(180_000);

  atEachGateway(
    'is authorized first, and captured once, however often it is asked for',
    async (place) => {
      const { id } = await authorizedOrder(place);
      const before = await place.until(id, ({ amountAuthorized }) => amountAuthorized > 0);
      assert.deepEqual([before.state, before.amountPaid], ['pending', 0]);
      const key = randomUUID();
      const replies = await Promise.all([1, 2, 3].map(() => capture(place, id, {}, key)));
      for (const { status, body } of replies)
        assert.ok(
          isAnswer(place, status) || body.code === 'idempotency_in_progress',
          JSON.stringify(body),
        );
      const order = await place.settled(id, 'paid');
      assert.deepEqual([order.amountPaid, order.amountAuthorized], [AMOUNT, 0]);
      await place.assertPaidOnce(id);
      await place.assertMoneyAgrees(id);
    },
  );

  atEachGateway('is voided by hand, and then nothing can be captured any more', async (place) => {
    const { id } = await authorizedOrder(place);
    const voided = (await voidOf(place, id)) as Answer;
    assert.ok(isAnswer(place, voided.status), JSON.stringify(voided.body));
    await place.settled(id, 'failed');
    assert.equal(((await voidOf(place, id)) as Answer).status, 200);
    const refused = await capture(place, id);
    assert.deepEqual([refused.status, refused.body.code], [409, 'authorization_voided']);
    assert.match(refused.body.detail, /the customer has to pay again/);
    assert.deepEqual((await place.gateway.paymentsOf(id))[0]?.capturesMinor, []);
  });

  atEachGateway(
    'is captured by nobody else: what is authorized stays so when the order is asked about',
    async (place) => {
      const { id } = await authorizedOrder(place);
      await shop.call('POST', `/v1/orders/${id}/sync`, {}, WAIT);
      const { state, amountAuthorized } = await readOrder(shop, id);
      assert.deepEqual([state, amountAuthorized], ['pending', AMOUNT]);
      await place.cancel(id);
      await place.settled(id, 'cancelled');
    },
  );
});

describe('a capture by hand', function () {
  this.timeout(180_000);

  async function authorized(gateway = 'sandbox'): Promise<{ id: string; paymentId: string }> {
    const given = await givenPendingOrder(shop, { gateway, capture: 'manual' });
    await shop.gateway('POST', `/payments/${given.paymentId}/authorize`, {});
    await untilOrder(shop, given.id, (order) => order.amountAuthorized === AMOUNT, 'authorized');
    return given;
  }

  const ask = (id: string, body: object, key = randomUUID()): Promise<Answer> =>
    shop.call('POST', `/v1/orders/${id}/captures`, body, { ...WAIT, 'idempotency-key': key });

  it('in parts pays the order with the last of them; the rest can be voided before', async () => {
    const { id } = await authorized();
    const first = await ask(id, { amount: PART, note: 'first parcel' });
    assert.deepEqual(
      [first.status, first.body.state, first.body.amountAuthorized],
      [200, 'partially_paid', AMOUNT - PART],
    );
    const other = await authorized();
    await ask(other.id, { amount: PART });
    const released: Answer = await shop.call('POST', `/v1/orders/${other.id}/void`, {}, WAIT);
    assert.deepEqual(
      [released.status, released.body.state, released.body.amountAuthorized],
      [200, 'partially_paid', 0],
    );
    assert.equal((await ask(id, {})).body.state, 'paid');
  });

  it('of too much, without a key, or of what nobody authorized, is refused and says what to do', async () => {
    const { id } = await authorized();
    const over = await ask(id, { amount: AMOUNT + 1 });
    assert.deepEqual([over.status, over.body.code], [422, 'capture_exceeds_authorized']);
    const keyless: Answer = await shop.call('POST', `/v1/orders/${id}/captures`, {}, WAIT);
    assert.deepEqual([keyless.status, keyless.body.code], [400, 'idempotency_key_missing']);
    const open = await givenPendingOrder(shop, { capture: 'manual' });
    const early = await ask(open.id, {});
    assert.deepEqual([early.status, early.body.code], [409, 'nothing_authorized']);
    const key = randomUUID();
    await ask(id, { amount: PART }, key);
    const reused = await ask(id, { amount: PART + 1 }, key);
    assert.deepEqual([reused.status, reused.body.code], [422, 'idempotency_key_reused']);
  });

  it('is part of the order: the same id with other capture is a conflict that names it', async () => {
    const body = orderBody(newOrderId(), { capture: 'manual' });
    await shop.call('POST', '/v1/orders', body);
    const again: Reply<Problem & { errors: { pointer: string }[] }> = await shop.call(
      'POST',
      '/v1/orders',
      { ...body, capture: 'automatic' },
    );
    assert.equal(again.body.code, 'order_conflict');
    assert.deepEqual(
      again.body.errors.map(({ pointer }) => pointer),
      ['/capture'],
    );
  });

  it('is known with the time until when the gateway holds the money', async () => {
    const { id, paymentId } = await givenPendingOrder(shop, { capture: 'manual' });
    const until = new Date(Date.now() + 3 * 86_400_000).toISOString();
    await shop.gateway('POST', `/payments/${paymentId}/authorize`, { until });
    await shop.call('POST', `/v1/orders/${id}/sync`, {}, WAIT);
    const { payments, expiresAt } = await readOrder(shop, id);
    assert.deepEqual([payments[0]?.captureBefore, expiresAt], [until, until]);
  });

  it('has commands at the command line, which say what is held', async () => {
    const { id } = await authorized();
    const run = async (...args: string[]): Promise<string> => {
      const said: string[] = [];
      const out = (text: string): void => void said.push(text);
      const env = { PAYONCE_URL: stack.apiUrls[0], PAYONCE_API_KEY: stack.keys.ops };
      assert.equal(await runCli(args, { env, out, err: out }), 0, said.join('\n'));
      return said.join('\n');
    };
    assert.match(await run('show', id), /49\.99 INR authorized: payonce capture ord_/);
    assert.match(
      await run('capture', id, '--key', `key-of-${id}`),
      /49\.99 INR of 49\.99 INR paid/,
    );
    await untilSettled(shop, id, 'paid');
    const other = await authorized();
    assert.match(await run('void', other.id, '--note', 'out of stock'), /failed/);
  });
});
