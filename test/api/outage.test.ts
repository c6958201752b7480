/**
 * An API process that has lost one of the two things it depends on. The process is the real one, with
 * an address behind which nothing answers.
 */

import assert from 'node:assert/strict';
import type { Server } from 'node:http';
import { Client, Connection } from '@temporalio/client';
import getPort from 'get-port';
import pWaitFor from 'p-wait-for';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { createAuthenticate } from '../../src/api/access/api-keys.ts';
import { createApp } from '../../src/api/app.ts';
import { createDrain } from '../../src/api/http/drain.ts';
import { createHttpServer, listen } from '../../src/api/http/http-server.ts';
import { createDuplicateCounter } from '../../src/api/temporal/duplicate-counter.ts';
import { createInFlightDeliveries } from '../../src/api/temporal/in-flight-deliveries.ts';
import { createOrderClient } from '../../src/api/temporal/order-client.ts';
import { createReconciliations } from '../../src/api/temporal/reconciliations.ts';
import { createStartMarks } from '../../src/api/temporal/start-marks.ts';
import { createTurns } from '../../src/api/temporal/turns.ts';
import { readBooksSettings } from '../../src/books/settings.ts';
import { BUILT_IN } from '../../src/gateways/built-in.ts';
import { createGateways } from '../../src/gateways/index.ts';
import { createApiMetrics } from '../../src/metrics/api-metrics.ts';
import { openDatabase } from '../../src/store/database.ts';
import { listenForChanges } from '../../src/store/notifications.ts';
import { loadRecord } from '../../src/store/orders/record.ts';
import {
  AMOUNT,
  givenOrder,
  givenPendingOrder,
  newOrderId,
  openShop,
  orderBody,
  type Shop,
  untilSettled,
  withFaults,
} from '../support/shop.ts';
import { sideBySide } from '../support/side-by-side.ts';
import { sharedStack, WEBHOOK_SECRET } from '../support/stack.ts';
import { temporalClient } from '../support/temporal.ts';
import { type SignedEvent, signedEvent } from '../support/webhooks.ts';
import { type Answered, exchange } from './exchange.ts';

interface Places {
  databaseUrl: string;
  temporalAddress: string;
  temporalNamespace: string;
}

const SECRET = 's'.repeat(32);
/** Every answer to a gateway must be out before it gives up. */
const GATEWAY_PATIENCE_MS = 5_000;

async function startApi({ databaseUrl, temporalAddress, temporalNamespace }: Places) {
  const database = openDatabase(databaseUrl);
  const feed = await listenForChanges(databaseUrl);
  const connection = Connection.lazy({ address: temporalAddress });
  const client = new Client({ connection, namespace: temporalNamespace });
  const orders = createOrderClient({
    client,
    ledgerOf: (id) => loadRecord(database, id),
  });
  const sandbox = { port: 1, webhookSecrets: [WEBHOOK_SECRET] };
  const app = createApp({
    database,
    feed,
    orders,
    reconciliations: createReconciliations(client),
    starts: createStartMarks(database),
    duplicates: createDuplicateCounter(database),
    inFlightDeliveries: createInFlightDeliveries(),
    turns: createTurns(),
    gateways: createGateways(BUILT_IN, { sandbox }),
    access: { read: () => ({ sandbox: 'unknown' }) },
    books: readBooksSettings(undefined),
    authenticate: createAuthenticate([{ scope: 'ops', secret: SECRET }]),
    policy: {
      supportRefundLimits: {},
      writeOffLimits: {},
      seller: { name: 'Payonce', lines: [] },
      orderExpiryMs: 3_600_000,
      settlementWindowMs: 3_600_000,
      holdsAccessWhileDisputed: false,
      rateLimits: { clientPerSecond: 0, opsPerSecond: 0, failedAuthPerMinute: 0 },
    },
    drain: createDrain(),
    metrics: { ...createApiMetrics(new Registry()), page: null },
    log: pino({ level: 'silent' }),
  });
  const server: Server = createHttpServer(app);
  const baseUrl = `http://127.0.0.1:${await listen(server, '127.0.0.1', 0)}`;
  const headers = { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' };
  return {
    get: (path: string) => exchange(baseUrl, { path, headers }),
    post: (path: string, body: object, more = {}) =>
      exchange(baseUrl, {
        method: 'POST',
        path,
        headers: { ...headers, ...more },
        body: JSON.stringify(body),
      }),
    deliver: async ({ headers, body }: SignedEvent): Promise<Answered> => {
      const sentAt = Date.now();
      const answered = await exchange(baseUrl, {
        method: 'POST',
        path: '/webhooks/sandbox',
        headers,
        body,
      });
      assert.ok(Date.now() - sentAt < GATEWAY_PATIENCE_MS, 'the gateway has given up');
      return answered;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await Promise.allSettled([feed.close(), database.close(), connection.close()]);
    },
  };
}

function assertUnavailable({ status, headers, body }: Answered, code: string): void {
  assert.deepEqual([status, body.code], [503, code]);
  assert.equal(headers['retry-after'], '5');
}

let shop: Shop;
let places: Places;
let deadPort: number;

before(async function () {
  this.timeout(300_000);
  shop = await openShop();
  places = await sharedStack();
  deadPort = await getPort();
});

describe('without Temporal, the API', () => {
  let api: Awaited<ReturnType<typeof startApi>>;
  before(async () => {
    api = await startApi({ ...places, temporalAddress: `127.0.0.1:${deadPort}` });
  });
  after(() => api.close());

  // Temporal is waited for in each of them.
  sideBySide({
    async 'lives and is not ready'() {
      assert.equal((await api.get('/healthz')).status, 200);
      const { status, body } = await api.get('/readyz');
      assert.equal(status, 503);
      assert.deepEqual(body.checks, { temporal: 'fail', database: 'ok' });
    },

    async 'reads orders'() {
      const { id } = await givenPendingOrder(shop);
      assert.equal((await api.get(`/v1/orders/${id}`)).status, 200);
    },

    async 'refuses a new order, which the next try creates'() {
      const body = orderBody(newOrderId());
      assertUnavailable(await api.post('/v1/orders', body), 'orchestrator_unavailable');
      assert.equal((await shop.call('POST', '/v1/orders', body)).status, 200);
    },

    async 'keeps the order that it could not start, for a sweeper to start'() {
      const id = newOrderId();
      assertUnavailable(await api.post('/v1/orders', orderBody(id)), 'orchestrator_unavailable');
      const handle = (await temporalClient()).workflow.getHandle(id);
      await pWaitFor(() => handle.describe().then(Boolean, () => false), { interval: 100 });
    },

    async 'refuses every command, and forgets its key'() {
      const { id } = await givenPendingOrder(shop);
      const key = { 'idempotency-key': `outage-${id}` };
      const unclicked = await givenOrder(shop);
      const answers = await Promise.all([
        api.post(`/v1/orders/${id}/verify`, {}),
        api.post(`/v1/orders/${id}/cancel`, {}),
        api.post(`/v1/orders/${id}/refunds`, {}, key),
        api.post(`/v1/orders/${unclicked}/payments`, {}),
      ]);
      for (const answer of answers) assertUnavailable(answer, 'orchestrator_unavailable');
      const again = await api.post(`/v1/orders/${id}/refunds`, {}, key);
      assertUnavailable(again, 'orchestrator_unavailable');
      assert.equal(again.headers['idempotent-replayed'], undefined);
    },

    async 'answers a click on the attempt that is open'() {
      const { id, paymentId } = await givenPendingOrder(shop);
      const { status, body } = await api.post(`/v1/orders/${id}/payments`, {});
      assert.deepEqual([status, body.id], [200, paymentId]);
    },

    async 'T30 T32 refuses a webhook however often it comes, and never calls it a duplicate'() {
      const { id, paymentId } = await givenPendingOrder(shop);
      const event = signedEvent('payment.pending', { orderId: id, paymentId, amount: AMOUNT });
      for (const _ of [1, 2])
        assertUnavailable(await api.deliver(event), 'orchestrator_unavailable');
    },
  });
});

describe('without its database, the API', () => {
  let api: Awaited<ReturnType<typeof startApi>>;
  before(async () => {
    api = await startApi({ ...places, databaseUrl: `postgres://u:p@127.0.0.1:${deadPort}/d` });
  });
  after(() => api.close());

  it('lives and is not ready', async () => {
    assert.equal((await api.get('/healthz')).status, 200);
    assert.deepEqual((await api.get('/readyz')).body.checks, { temporal: 'ok', database: 'fail' });
  });

  it('refuses what needs it', async () => {
    const { id } = await givenPendingOrder(shop);
    assertUnavailable(await api.get(`/v1/orders/${id}`), 'database_unavailable');
    assertUnavailable(await api.get('/v1/orders'), 'database_unavailable');
    assertUnavailable(
      await api.post('/v1/orders', orderBody(newOrderId())),
      'database_unavailable',
    );
    assertUnavailable(await api.post(`/v1/orders/${id}/cancel`, {}), 'database_unavailable');
  });

  it('takes a webhook that names its order, and its repeats', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    await withFaults(shop, { webhooks: { drop: 1 } }, async () => {
      await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
      const event = signedEvent('payment.captured', { orderId: id, paymentId, amount: AMOUNT });
      assert.equal((await api.deliver(event)).body.status, 'accepted');
      assert.equal((await api.deliver(event)).body.status, 'duplicate');
      await untilSettled(shop, id, 'paid');
    });
  });

  it('refuses a webhook for an order that Temporal does not know', async () => {
    const data = { orderId: newOrderId(), paymentId: 'sbx_pay_x', amount: AMOUNT };
    const event = signedEvent('payment.captured', data);
    assertUnavailable(await api.deliver(event), 'database_unavailable');
  });
});
