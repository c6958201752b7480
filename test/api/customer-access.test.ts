/** Access that a person grants or revokes, on the running stack, with who and why. */
import assert from 'node:assert/strict';
import type { Order } from '../../src/api/orders/order-schemas.ts';
import { runCli } from '../../src/cli/run.ts';
import { call } from '../../src/client/index.ts';
import { startBeside } from '../support/extra-processes.ts';
import { clerkOf, WAIT } from '../support/operator-client.ts';
import {
  clientOf,
  givenPendingOrder,
  newOrderId,
  openShop,
  orderBody,
  type Problem,
  type Reply,
  type Shop,
  untilOrder,
  untilSettled,
} from '../support/shop.ts';
import { type SharedStack, sharedStack } from '../support/stack.ts';

let stack: SharedStack;
let shop: Shop;

before(async function () {
  this.timeout(300_000);
  stack = await sharedStack();
  shop = await openShop();
});

describe("the customer's access, by hand", function () {
  this.timeout(120_000);

  const decide = (id: string, body: object, headers = {}): Promise<Reply<Order & Problem>> =>
    shop.call('POST', `/v1/orders/${id}/access`, body, { ...WAIT, ...headers });

  const entitlementsOf = async ({ customer }: Order): Promise<(string | null)[]> => {
    const path = `/v1/customers/${customer.id}/entitlements`;
    const { body } = await shop.call<{ entitlements: { revokedAt: string | null }[] }>('GET', path);
    return body.entitlements.map(({ revokedAt }) => revokedAt);
  };

  it('is revoked of a paid order and granted again, each once, and the timeline says who and why', async () => {
    const { id } = await clerkOf(shop).paidOrder();
    const key = { 'idempotency-key': `revoke-${id}-for-abuse` };
    const revoke = { action: 'revoke', note: 'abuse' };
    const revoked = await decide(id, revoke, key);
    assert.equal(revoked.status, 200);
    assert.deepEqual(revoked.body.access, { status: 'revoked', byHand: true });
    assert.equal(revoked.body.state, 'paid');
    const replayed = await decide(id, revoke, key);
    assert.equal(replayed.headers.get('idempotent-replayed'), 'true');
    await untilSettled(shop, id, 'paid');
    const [first] = await entitlementsOf(revoked.body);
    assert.notEqual(first, null);

    const granted = await decide(id, { action: 'grant', note: 'a mistake' });
    assert.deepEqual(granted.body.access, { status: 'granted', byHand: false });
    await untilSettled(shop, id, 'paid');
    assert.deepEqual((await entitlementsOf(granted.body)).slice(1), [null]);

    const path = `/v1/orders/${id}/events?decisions=true`;
    const { body } = await shop.call<{ events: { type: string; note: string; actor: string }[] }>(
      'GET',
      path,
    );
    assert.deepEqual(
      body.events.map(({ type, note }) => [type, note]),
      [
        ['access', 'abuse'],
        ['access', 'a mistake'],
      ],
    );
    assert.ok(body.events.every(({ actor }) => actor.length > 0));
  });

  it('is said to be none where there is nothing to revoke', async () => {
    const { id } = await givenPendingOrder(shop);
    const { status, body } = await decide(id, { action: 'revoke', note: 'abuse' });
    assert.deepEqual([status, body.code], [409, 'access_not_granted']);
  });

  it('is not decided by somebody who has seen another version of the order', async () => {
    const { id } = await givenPendingOrder(shop);
    const { body: order } = await shop.call<Order>('GET', `/v1/orders/${id}`);
    const decision = { action: 'grant', note: 'goodwill' };
    const stale = await decide(id, { ...decision, orderVersion: order.version - 1 });
    assert.deepEqual([stale.status, stale.body.code], [409, 'order_changed']);
    const { status, body } = await decide(id, { ...decision, orderVersion: order.version });
    assert.deepEqual([status, body.access.status], [200, 'granted']);
  });

  it('is not decided without a reason, nor by a word that is none of the two', async () => {
    const { id } = await givenPendingOrder(shop);
    for (const body of [{ action: 'grant' }, { action: 'pause', note: 'abuse' }])
      assert.equal((await decide(id, body)).status, 422);
  });

  it('is held during a dispute of an order that an API with that setting has created', async () => {
    const api = await startBeside('server', { ACCESS_WHILE_DISPUTED: 'held' });
    try {
      const created = await call<Order>(
        clientOf(api.apiUrl, stack.keys.ops),
        'POST',
        '/v1/orders',
        {
          body: { ...orderBody(newOrderId()), pay: true },
          headers: WAIT,
        },
      );
      const { id, payments } = created.body;
      const paymentId = payments[0]?.id;
      await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
      const paid = await untilSettled(shop, id, 'paid');
      assert.equal(paid.access?.status, 'granted');
      await shop.gateway('POST', `/payments/${paymentId}/dispute`, {});
      await untilOrder(shop, id, ({ access }) => access?.status === 'held', 'held');
      await shop.gateway('POST', `/payments/${paymentId}/dispute`, { outcome: 'won' });
      await untilOrder(shop, id, ({ access }) => access?.status === 'granted', 'granted again');
    } finally {
      await api.stop();
    }
  });

  it('is decided at the command line', async () => {
    const { id } = await givenPendingOrder(shop);
    const said: string[] = [];
    const out = (text: string): void => void said.push(text);
    const env = { PAYONCE_URL: stack.apiUrls[0], PAYONCE_API_KEY: stack.keys.ops };
    const args = ['access', id, 'grant', '--note', 'known customer'];
    assert.equal(await runCli(args, { env, out, err: out }), 0, said.join('\n'));
    assert.match(said.join('\n'), /access is granted by hand/);
  });
});
