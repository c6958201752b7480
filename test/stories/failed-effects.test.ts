/** The CRM says no, or nothing, while everything else about the order is all right. */
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import pWaitFor from 'p-wait-for';
import type { Order } from '../../src/api/orders/order-schemas.ts';
import type { OrderView } from '../../src/domain/view.ts';
import { WAIT } from '../support/operator-client.ts';
import { type Place, placeAt } from '../support/place.ts';
import { paidWhileCrmAnswers as paidWhile } from '../support/scenarios/outages.ts';
import { type Problem, readOrder, type Shop, untilOrder, untilSettled } from '../support/shop.ts';
import { type SharedStack, sharedStack } from '../support/stack.ts';
import { temporalClient } from '../support/temporal.ts';

const BACKOFFS = 3;

describe('an order that the CRM', function () {
  this.timeout(120_000);
  let shop: Shop;
  let stack: SharedStack;
  let place: Place;
  let id: string;
  let crmKey: string;

  before(async () => {
    place = await placeAt('sandbox');
    shop = place.shop;
    stack = await sharedStack();
  });

  afterEach(() => stack.crm.answerWith(id, null));

  async function paidWhileCrmAnswers(status: number): Promise<void> {
    ({ id } = await paidWhile(place, status));
    crmKey = `${id}:update_crm:paid-1`;
  }

  const isCrmFailed = ({ effects }: OrderView) =>
    effects.some(({ key, status }) => key === crmKey && status === 'failed');

  function retry(key: string) {
    const path = `/v1/orders/${id}/effects/${encodeURIComponent(key)}/retry`;
    return shop.call<OrderView & Pick<Problem, 'code'>>('POST', path, undefined, WAIT);
  }

  /** What only the API shows of an effect that is being tried. */
  type Tried = OrderView['effects'][number] &
    Pick<Order['effects'][number], 'failingSince' | 'nextTryAt'>;

  const triesOf = (effects: OrderView['effects']) =>
    (effects as Tried[]).find(({ key }) => key === crmKey);

  function crmRequests(): string[] {
    return stack.crm.requests.filter(({ orderId }) => orderId === id).map(({ key }) => key);
  }

  async function needsReview(): Promise<{ listed: boolean; searched: boolean }> {
    const { body } = await shop.call<{ orders: OrderView[] }>(
      'GET',
      `/v1/orders?needsReview=true&customer=cus_${id}`,
    );
    const handle = (await temporalClient()).workflow.getHandle(id);
    const { typedSearchAttributes } = await handle.describe();
    const found = typedSearchAttributes.getAll().find(({ key }) => key.name === 'NeedsReview');
    return { listed: body.orders.length === 1, searched: found?.value === true };
  }

  /** What Temporal finds an order by changes with the end of the task that has written the record. */
  async function untilReviewIs(needed: boolean): Promise<void> {
    const both = { listed: needed, searched: needed };
    await pWaitFor(async () => isDeepStrictEqual(await needsReview(), both));
  }

  it('refuses for good stays paid, calls a person, and is told once the CRM is well', async () => {
    await paidWhileCrmAnswers(422);
    const order = await untilOrder(shop, id, isCrmFailed, 'failed at the CRM');
    assert.equal(order.state, 'paid');
    const { reviews, effects } = await untilOrder(
      shop,
      id,
      (now) => now.effects.every(({ key, status }) => key === crmKey || status === 'done'),
      'done with everything else',
    );
    assert.equal(effects.find(({ key }) => key === crmKey)?.error, 'http_422');
    assert.deepEqual(
      reviews.map(({ reason, status }) => [reason, status]),
      [['effect_failed', 'open']],
    );
    await untilReviewIs(true);
    assert.equal(crmRequests().length, 1);

    stack.crm.answerWith(id, null);
    assert.equal((await retry(crmKey)).status, 202);
    const done = await untilSettled(shop, id, 'paid');
    assert.equal(done.reviews[0]?.status, 'resolved');
    assert.match(done.reviews[0]?.note ?? '', /tried again/);
    await untilReviewIs(false);
    assert.deepEqual(crmRequests(), [crmKey, crmKey]);
    await place.assertMoneyAgrees(id);
  });

  it('refuses twice is failed again, and may be retried again', async () => {
    await paidWhileCrmAnswers(404);
    await untilOrder(shop, id, isCrmFailed, 'failed at the CRM');
    await retry(crmKey);
    const again = await untilOrder(
      shop,
      id,
      (order) =>
        isCrmFailed(order) && (order.effects.find(({ key }) => key === crmKey)?.attempts ?? 0) > 1,
      'failed again',
    );
    assert.equal(again.reviews.filter(({ status }) => status === 'open').length, 1);
    stack.crm.answerWith(id, null);
    await retry(crmKey);
    await untilSettled(shop, id, 'paid');
  });

  it('refuses can be approved as it is, and retried all the same', async () => {
    await paidWhileCrmAnswers(422);
    await untilOrder(shop, id, isCrmFailed, 'failed at the CRM');
    assert.equal((await place.decide(id, 'effect_failed', 'approve')).status, 200);
    stack.crm.answerWith(id, null);
    assert.equal((await retry(crmKey)).status, 202);
    const done = await untilSettled(shop, id, 'paid');
    assert.equal(done.reviews[0]?.status, 'approved');
  });

  it('answers 500 for a while is only late, and calls nobody', async () => {
    await paidWhileCrmAnswers(500);
    await untilOrder(shop, id, () => crmRequests().length >= BACKOFFS, 'tried some times');
    const waiting = await readOrder(shop, id);
    assert.equal(waiting.state, 'paid');
    assert.deepEqual(waiting.reviews, []);
    assert.ok(waiting.effects.every(({ status }) => status !== 'failed'));
    const isShown = ({ effects }: OrderView) => (triesOf(effects)?.attempts ?? 0) >= 2;
    const failing = triesOf((await untilOrder(shop, id, isShown, 'shown to fail')).effects);
    assert.equal(failing?.status, 'pending');
    assert.equal(failing.error, 'the CRM answered 500 to order.paid');
    assert.ok(Date.parse(failing.failingSince ?? '') < Date.parse(failing.nextTryAt ?? ''));
    stack.crm.answerWith(id, null);
    const done = await untilSettled(shop, id, 'paid');
    assert.deepEqual(done.reviews, []);
    const ended = triesOf(done.effects);
    assert.deepEqual(
      [ended?.status, ended?.error, ended?.failingSince, ended?.nextTryAt],
      ['done', null, null, null],
    );
    assert.ok((ended?.attempts ?? 0) > 1);
    assert.equal(new Set(crmRequests()).size, 1);
  });

  it('has taken has nothing to retry: neither what is done nor what never was', async () => {
    ({ id } = await place.paidOrder());
    for (const key of [`${id}:update_crm:paid-1`, `${id}:grant_access:1`, `${id}:grant_access:9`]) {
      const { status, body } = await retry(key);
      assert.deepEqual([status, body.code], [409, 'effect_not_failed']);
    }
    assert.equal(crmRequests().length, 1);
  });
});
