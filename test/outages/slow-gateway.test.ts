/**
 * A gateway that does everything it is asked and answers after nine seconds, which is longer than its callers wait.
 * `SLOW_GATEWAY_SECONDS` makes it last for longer than a test may, and prints what it cost.
 */
import assert from 'node:assert/strict';
import {
  givenOrder,
  newOrderId,
  openShop,
  orderBody,
  type Shop,
  untilOrder,
  untilSettled,
  withFaults,
} from '../support/shop.ts';
import { deliverTo, signedEvent } from '../support/webhooks.ts';

const ANSWER_AFTER_MS = 9_000;
/** A gateway gives up on a webhook after this. */
const PATIENCE_MS = 5_000;
/** A click waits five seconds for its outcome, and is answered 202 then, on a busy machine some seconds later. */
const CLICK_PATIENCE_MS = 8_000;
const LASTS_MS = Number(process.env.SLOW_GATEWAY_SECONDS ?? 12) * 1_000;
const CLICKS_AT_ONCE = 5;

interface GatewayPayments {
  payments: { id: string; amountCaptured: number }[];
}

describe('a gateway that answers after nine seconds', function () {
  this.timeout(LASTS_MS + 240_000);
  let shop: Shop;
  const clicked: string[] = [];
  const tookMs = { click: [0], read: [0], create: [0], webhook: [0], paymentKnown: [0] };

  before(async () => {
    shop = await openShop();
    const settled = newOrderId();
    await shop.call('POST', '/v1/orders', orderBody(settled));
    await withFaults(shop, { api: { answerAfterMs: ANSWER_AFTER_MS } }, async () => {
      for (const endsAt = Date.now() + LASTS_MS; Date.now() < endsAt; ) {
        await Promise.all(Array.from({ length: CLICKS_AT_ONCE }, click));
        await timed('read', () => shop.call('GET', `/v1/orders/${settled}`));
        const told = { orderId: settled, paymentId: 'sbx_pay_of_nobody', amount: 1 };
        await timed('webhook', () => deliverTo(shop, signedEvent('payment.pending', told)));
      }
    });
    const recoversAt = Date.now();
    for (const id of clicked) {
      await untilOrder(shop, id, ({ payments }) => payments[0]?.id != null, 'given its payment');
      tookMs.paymentKnown.push(Date.now() - recoversAt);
    }
  });

  async function timed<T>(what: keyof typeof tookMs, act: () => Promise<T>): Promise<T> {
    const from = Date.now();
    const answer = await act();
    tookMs[what].push(Date.now() - from);
    return answer;
  }

  async function click(): Promise<void> {
    const id = await timed('create', () => givenOrder(shop));
    const { status } = await timed('click', () =>
      shop.call('POST', `/v1/orders/${id}/payments`, {}),
    );
    assert.equal(status, 202);
    clicked.push(id);
  }

  after(() => {
    if (process.env.SLOW_GATEWAY_SECONDS === undefined) return;
    const slowest = Object.entries(tookMs).map(([what, all]) => `${what} ${Math.max(...all)} ms`);
    console.log(`    ${clicked.length} clicks; at most: ${slowest.join(', ')}`);
  });

  it('keeps nobody waiting: each click is taken up, reads and webhooks are answered', () => {
    const { click, read, create, webhook } = tookMs;
    assert.ok(Math.max(...click) < CLICK_PATIENCE_MS, JSON.stringify(tookMs));
    const slowest = Math.max(...read, ...create, ...webhook);
    assert.ok(slowest < PATIENCE_MS, JSON.stringify(tookMs));
  });

  it('has made one payment for each order, which the order knows, and which can be paid', async () => {
    for (const id of clicked) {
      const path = `/payments?orderId=${id}`;
      const { payments } = (await shop.gateway<GatewayPayments>('GET', path)).body;
      assert.equal(payments.length, 1, id);
      await shop.gateway('POST', `/payments/${payments[0]?.id}/capture`, {});
    }
    for (const id of clicked) {
      const order = await untilSettled(shop, id, 'paid');
      assert.equal(order.payments.length, 1);
    }
  });
});
