/** What the API's metrics say about orders that really happened. */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import pWaitFor from 'p-wait-for';
import type { OrderView } from '../../src/domain/view.ts';
import { type Beside, startBeside } from '../support/extra-processes.ts';
import {
  AMOUNT,
  givenPendingOrder,
  newOrderId,
  openShop,
  type Shop,
  untilOrder,
  untilSettled,
} from '../support/shop.ts';
import { sideBySide } from '../support/side-by-side.ts';
import { type SharedStack, sharedStack } from '../support/stack.ts';
import { deliverTo, signedEvent } from '../support/webhooks.ts';
import { type Sample, scrape, sumOf } from './scrape.ts';

let shop: Shop;
let stack: SharedStack;

before(async function () {
  this.timeout(300_000);
  stack = await sharedStack();
  shop = await openShop();
});

function metricsOf(turn = 0): Promise<Sample[]> {
  return scrape(`${stack.apiUrls[turn]}/metrics`);
}

/** The counts are read from the database every few seconds. */
async function untilCount(isSo: (samples: Sample[]) => boolean): Promise<void> {
  await pWaitFor(async () => isSo(await metricsOf()), { interval: 500, timeout: 60_000 });
}

describe('the metrics of an API', function () {
  this.timeout(120_000);

  it('tell requests by the template of their route, never by an id', async () => {
    const id = newOrderId();
    const labels = { method: 'GET', route: '/v1/orders/:id', status: '404' };
    const name = 'payonce_http_request_duration_seconds_count';
    const earlier = sumOf(await metricsOf(), name, labels);
    const headers = { authorization: `Bearer ${stack.keys.ops}` };
    await fetch(`${stack.apiUrl}/v1/orders/${id}`, { headers });
    await fetch(`${stack.apiUrl}/no/such/${id}`, { headers });
    const samples = await metricsOf();
    assert.equal(sumOf(samples, name, labels), earlier + 1);
    assert.ok(sumOf(samples, name, { route: 'none', status: '404' }) > 0);
    assert.doesNotMatch(JSON.stringify(samples), new RegExp(id));
  });

  it('leave probes and themselves out', async () => {
    for (const path of ['/healthz', '/readyz', '/metrics']) await fetch(`${stack.apiUrl}${path}`);
    const routes = new Set((await metricsOf()).map(({ labels }) => labels.route));
    assert.deepEqual(
      [...routes].filter((route) => /healthz|readyz|metrics/.test(route ?? '')),
      [],
    );
  });

  it('keep names that a stranger makes up out of their labels', async () => {
    await fetch(`${stack.apiUrl}/webhooks/made-up`, { method: 'POST' });
    const gateways = (await metricsOf()).map(({ labels }) => labels.gateway);
    assert.ok(gateways.includes('unknown'));
    assert.ok(!gateways.includes('made-up'));
  });

  // Each waits for several counts of the database.
  sideBySide({
    async 'count orders by state, and those that wait for a person'() {
      const { id, paymentId } = await givenPendingOrder(shop);
      await shop.call('POST', `/v1/orders/${id}/cancel`, {}, { prefer: 'wait=30' });
      await untilOrder(shop, id, ({ state }) => state === 'cancelled', 'cancelled');
      await untilCount((samples) => sumOf(samples, 'payonce_orders', { state: 'cancelled' }) > 0);
      const reason = 'paid_after_cancel';
      const open = (samples: Sample[]) => sumOf(samples, 'payonce_open_reviews', { reason });
      const earlier = open(await metricsOf());
      await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
      await untilOrder(shop, id, ({ reviews }) => reviews.length === 1, 'in review');
      await untilCount((samples) => open(samples) === earlier + 1);
      assert.ok(sumOf(await metricsOf(), 'payonce_oldest_open_review_age_seconds') > 0);
      await shop.call('POST', `/v1/orders/${id}/reviews/rev_1`, {
        decision: 'reject',
        version: (await untilOrder(shop, id, () => true, '')).reviews[0]?.version,
        note: 'not wanted',
      });
      await untilCount((samples) => open(samples) === earlier);
    },

    async 'count effects that were refused, until they are done'() {
      const { id, paymentId } = await givenPendingOrder(shop);
      const failed = (samples: Sample[]) =>
        sumOf(samples, 'payonce_failed_effects', { effect: 'update_crm' });
      const earlier = failed(await metricsOf());
      stack.crm.answerWith(id, 422);
      await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
      const isFailed = ({ effects }: OrderView) =>
        effects.some(({ status }) => status === 'failed');
      const { effects } = await untilOrder(shop, id, isFailed, 'refused by the CRM');
      await untilCount((samples) => failed(samples) === earlier + 1);
      stack.crm.answerWith(id, null);
      const key = effects.find(({ status }) => status === 'failed')?.key;
      await shop.call('POST', `/v1/orders/${id}/effects/${key}/retry`);
      await untilSettled(shop, id, 'paid');
      await untilCount((samples) => failed(samples) === earlier);
    },

    async 'count parked events, and duplicates dropped at the edge'() {
      const read = (samples: Sample[]) => [
        sumOf(samples, 'payonce_parked_events', { reason: 'event_orphaned' }),
        sumOf(samples, 'payonce_dropped_duplicates'),
      ];
      const { id, paymentId } = await givenPendingOrder(shop);
      const [parked = 0, dropped = 0] = read(await metricsOf());
      const event = signedEvent('payment.pending', { orderId: id, paymentId, amount: AMOUNT });
      for (const _ of [1, 2, 3]) await deliverTo(shop, event);
      const unknown = { orderId: newOrderId(), paymentId: randomUUID(), amount: AMOUNT };
      await deliverTo(shop, signedEvent('payment.captured', unknown));
      await untilCount((samples) => {
        const [nowParked = 0, nowDropped = 0] = read(samples);
        return nowParked > parked && nowDropped >= dropped + 2;
      });
    },
  });
});

describe('with a port for metrics, an API', function () {
  this.timeout(60_000);
  let api: Beside;
  before(async () => {
    api = await startBeside('server');
  });
  after(() => api.stop());

  it('serves them there alone, without a key', async () => {
    assert.equal(sumOf(await scrape(api.metricsUrl), 'payonce_counts_up'), 1);
    assert.equal((await fetch(`${api.apiUrl}/metrics`)).status, 404);
  });

  it('tells what became of webhooks', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    // No gateway knows of it, so nobody else delivers there.
    const alone = { apiUrls: [api.apiUrl] };
    const outcomes = async () => {
      const samples = await scrape(api.metricsUrl);
      return ['accepted', 'duplicate', 'ignored', 'parked', 'refused'].map((outcome) =>
        sumOf(samples, 'payonce_webhook_duration_seconds_count', { gateway: 'sandbox', outcome }),
      );
    };
    const earlier = await outcomes();
    const event = signedEvent('payment.authorized', { orderId: id, paymentId, amount: AMOUNT });
    for (const _ of [1, 2, 3]) await deliverTo(alone, event);
    const unknown = { orderId: newOrderId(), paymentId: randomUUID(), amount: AMOUNT };
    await deliverTo(alone, signedEvent('payment.captured', unknown));
    const forged = signedEvent('payment.captured', unknown);
    await deliverTo(alone, { ...forged, body: forged.body.replace('captured', 'voided') });
    const now = await outcomes();
    const change = now.map((count, index) => count - (earlier[index] ?? 0));
    assert.deepEqual(change, [1, 2, 0, 1, 1]);
  });

  it('serves nothing else on that port', async () => {
    assert.equal((await fetch(api.metricsUrl.replace('/metrics', '/'))).status, 404);
    assert.equal((await fetch(api.metricsUrl, { method: 'POST' })).status, 404);
  });
});

describe('in production without a port for metrics, an API', function () {
  this.timeout(60_000);

  it('serves none', async () => {
    const api = await startBeside('server', {
      NODE_ENV: 'production',
      METRICS_PORT: '',
      API_KEYS: `ops:${randomBytes(32).toString('base64')}`,
      PAYLOAD_KEYS: `k1:${randomBytes(32).toString('base64')}`,
      STRIPE_SECRET_KEY: `sk_test_${randomBytes(24).toString('hex')}`,
      STRIPE_WEBHOOK_SECRETS: `whsec_${randomBytes(32).toString('hex')}`,
      SANDBOX_PORT: '',
      SANDBOX_WEBHOOK_SECRETS: '',
    });
    try {
      assert.equal((await fetch(`${api.apiUrl}/metrics`)).status, 404);
    } finally {
      await api.stop();
    }
  });
});
