/** What whoever watches over security finds in the log of a running API. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pWaitFor from 'p-wait-for';
import type { OrderView } from '../../src/domain/view.ts';
import {
  AMOUNT,
  givenOrder,
  givenPendingOrder,
  newOrderId,
  openShop,
  type Shop,
  untilOrder,
} from '../support/shop.ts';
import { type SharedStack, sharedStack } from '../support/stack.ts';
import { deliverTo, signedEvent } from '../support/webhooks.ts';

type Line = Record<string, unknown>;

const KEY_ID = /^[0-9a-f]{16}$/;

describe('the log of an API', function () {
  this.timeout(120_000);
  let stack: SharedStack;
  let shop: Shop;
  before(async () => {
    stack = await sharedStack();
    shop = await openShop();
  });

  /** All that are whole: the last one may be under way. */
  function lines(): Line[] {
    const folder = path.join(stack.dataDir, 'logs');
    return readdirSync(folder)
      .filter((file) => file.startsWith('api'))
      .flatMap((file) => readFileSync(path.join(folder, file), 'utf8').split('\n').slice(0, -1))
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Line);
  }

  async function lineWhere(isIt: (line: Line) => boolean): Promise<Line> {
    let found: Line | undefined;
    await pWaitFor(
      () => {
        found = lines().find(isIt);
        return found !== undefined;
      },
      { interval: 50, timeout: 20_000 },
    );
    return found ?? {};
  }

  /** The line of the request that got this answer. */
  function lineOf({ headers }: { headers: Headers }): Promise<Line> {
    const id = headers.get('x-request-id');
    return lineWhere(({ request_id, msg }) => request_id === id && msg === 'answered');
  }

  it('has every request by its template, with who called and about which order', async () => {
    const { id } = await givenPendingOrder(shop);
    const { name, pid, time, duration_ms, key_id, request_id, ...line } = await lineOf(
      await shop.call('GET', `/v1/orders/${id}?key=canary`),
    );
    assert.deepEqual(line, {
      level: 'info',
      method: 'GET',
      route: '/v1/orders/:id',
      status: 200,
      order_id: id,
      msg: 'answered',
    });
    assert.match(String(key_id), KEY_ID);
    assert.ok(Number.isInteger(duration_ms) && name === 'api' && pid && time && request_id);
  });

  it('marks a wrong key, and an empty one', async () => {
    for (const [authorization, code] of [
      ['Bearer wrong', 'credentials_invalid'],
      ['', 'credentials_invalid'],
    ] as const) {
      const line = await lineOf(await shop.call('GET', '/v1/orders', undefined, { authorization }));
      assert.deepEqual(
        [line.level, line.security_event, line.code, line.key_id],
        ['warn', 'auth_failed', code, undefined],
      );
    }
  });

  it('marks a key whose scope is too small, and says which', async () => {
    const authorization = `Bearer ${stack.keys.client}`;
    const line = await lineOf(await shop.call('GET', '/v1/orders', undefined, { authorization }));
    assert.deepEqual([line.level, line.security_event, line.status], ['warn', 'scope_denied', 403]);
    assert.match(String(line.key_id), KEY_ID);
  });

  it('marks card data, without the number', async () => {
    const line = await lineOf(await shop.call('POST', '/v1/orders', { cvv: '737' }));
    assert.equal(line.security_event, 'cardholder_data_rejected');
  });

  it('marks a webhook with a bad signature', async () => {
    const reply = await shop.call(
      'POST',
      '/webhooks/sandbox',
      {},
      {
        'webhook-id': 'evt_1',
        'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
        'webhook-signature': 'v1,AAAA',
      },
    );
    const line = await lineOf(reply);
    assert.deepEqual(
      [line.security_event, line.code, line.gateway, line.status],
      ['bad_signature', 'signature_invalid', 'sandbox', 401],
    );
  });

  it('marks an event that no order takes', async () => {
    const event = signedEvent('payment.captured', {
      orderId: newOrderId(),
      paymentId: 'sbx_pay_none',
      amount: 4999,
    });
    assert.equal((await deliverTo(shop, event)).body.status, 'parked');
    const line = await lineWhere(({ event_id, msg }) => event_id === event.id && msg === 'parked');
    assert.deepEqual(
      [line.security_event, line.gateway, line.reason],
      ['event_parked', 'sandbox', 'event_orphaned'],
    );
  });

  it('marks refunds and decisions, with the key of whoever made them', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    await shop.call('POST', `/v1/orders/${id}/cancel`, {}, { prefer: 'wait=30' });
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    const { reviews }: OrderView = await untilOrder(
      shop,
      id,
      (order) => order.reviews.some(({ status }) => status === 'open'),
      'in review',
    );
    const [review] = reviews;
    const decision = { decision: 'approve', version: review?.version, note: 'it is ours' };
    const decided = await shop.call('POST', `/v1/orders/${id}/reviews/${review?.id}`, decision);
    const refunded = await shop.call(
      'POST',
      `/v1/orders/${id}/refunds`,
      {},
      { 'idempotency-key': `refund-of-${id}` },
    );
    for (const [reply, event] of [
      [decided, 'review_decision'],
      [refunded, 'refund'],
    ] as const) {
      const line = await lineOf(reply);
      assert.deepEqual([line.level, line.security_event, line.order_id], ['info', event, id]);
      assert.match(String(line.key_id), KEY_ID);
    }
  });

  it('marks captures and voids, also those that are refused', async () => {
    const id = await givenOrder(shop, { capture: 'manual' });
    for (const [path, event] of [
      ['captures', 'capture'],
      ['void', 'void'],
    ] as const) {
      const headers = { prefer: 'wait=30', 'idempotency-key': randomUUID() };
      const reply = await shop.call('POST', `/v1/orders/${id}/${path}`, {}, headers);
      assert.equal(reply.status, 409);
      const line = await lineOf(reply);
      assert.deepEqual([line.security_event, line.order_id], [event, id]);
    }
  });

  it('marks money by hand and more time, with the key of whoever recorded them', async () => {
    const id = await givenOrder(shop);
    const expiresAt = new Date(Date.now() + 72 * 3_600_000).toISOString();
    const cash = { method: 'cash', reference: 'till-1', amount: AMOUNT };
    const calls = [
      ['expiry', { expiresAt }, 'expiry_extension'],
      ['manual-payments', { ...cash, receivedOn: '2026-01-26' }, 'manual_payment'],
      ['manual-refunds', { ...cash, returnedOn: '2026-01-27' }, 'manual_refund'],
    ] as const;
    for (const [path, body, event] of calls) {
      const reply = await shop.call('POST', `/v1/orders/${id}/${path}`, body, {
        prefer: 'wait=30',
      });
      assert.equal(reply.status, 200);
      const line = await lineOf(reply);
      assert.deepEqual([line.level, line.security_event, line.order_id], ['info', event, id]);
      assert.match(String(line.key_id), KEY_ID);
    }
  });
});
