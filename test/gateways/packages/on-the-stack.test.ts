/** A gateway that is a package of others, on the whole stack: Payonce knows of it by PAYONCE_GATEWAYS alone. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openStandIn } from '../../../examples/gateway-mollie/index.ts';
import type { Stack } from '../../../src/dev/stack/stack.ts';
import type { StandIn } from '../../../src/gateway-test/actor.ts';
import { openDatabase } from '../../../src/store/database.ts';
import { loadRecord } from '../../../src/store/orders/record.ts';
import { installationOf } from '../../support/installation.ts';
import { newOrderId, type Shop, shopOn, untilOrder } from '../../support/shop.ts';
import { startTestStack, stopTestStack } from '../../support/stack.ts';

describe('an order at a gateway that is a package', function () {
  this.timeout(180_000);
  let stack: Stack;
  let shop: Shop;
  let standIn: StandIn;
  let door: Server;

  /** Mollie is given the address of its webhooks before the stack has one. */
  async function openDoor(): Promise<Server> {
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { status } = await fetch(`${stack.apiUrls[0]}${request.url}`, {
        method: 'POST',
        headers: { 'content-type': request.headers['content-type'] ?? '' },
        body: Buffer.concat(chunks),
      });
      response.writeHead(status).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return server;
  }

  before(async () => {
    door = await openDoor();
    const { port } = door.address() as AddressInfo;
    standIn = await openStandIn({
      apiUrls: [`http://127.0.0.1:${port}`],
      installationId: () => installationOf(stack.databaseUrl),
    });
    const env = { ...standIn.env, PAYONCE_GATEWAYS: './examples/gateway-mollie/index.ts' };
    // The example is TypeScript, which only programs from sources load.
    stack = await startTestStack({ workers: 1, apis: 1, env, areBuilt: false });
    shop = shopOn(stack);
  });
  after(async () => {
    await stopTestStack(stack);
    await standIn.close();
    door.close();
  });

  async function pendingOrder(): Promise<{ id: string; paymentId: string }> {
    const id = newOrderId();
    const order = {
      id,
      amount: 4999,
      currency: 'EUR',
      gateway: 'mollie',
      customer: { id: 'cus_1' },
    };
    assert.equal((await shop.call('POST', '/v1/orders', order)).status, 201);
    const paid = await shop.call<{ id: string; checkout: { url: string } }>(
      'POST',
      `/v1/orders/${id}/payments`,
      {},
    );
    assert.match(paid.body.checkout.url, /^https:\/\/www\.mollie\.com\/checkout\//);
    return { id, paymentId: paid.body.id };
  }

  it('is paid by a webhook that says nothing, and refunded', async () => {
    const { id, paymentId } = await pendingOrder();
    await standIn.actor.capture(paymentId);
    await untilOrder(shop, id, ({ state }) => state === 'paid', 'paid');
    const refund = await shop.call(
      `POST`,
      `/v1/orders/${id}/refunds`,
      {},
      { 'idempotency-key': id },
    );
    assert.ok([201, 202].includes(refund.status), String(refund.status));
    await untilOrder(shop, id, ({ refunds }) => refunds.length === 1, 'refund made');
    const [stored] = await standIn.actor.paymentsOf(id);
    assert.deepEqual(stored?.capturesMinor, [4999]);
  });

  it('is asked to do nothing again once the gateway has forgotten its key', async () => {
    const { id } = await pendingOrder();
    const database = openDatabase(stack.databaseUrl);
    try {
      const { terms } = (await loadRecord(database, id)) ?? {};
      assert.equal(terms?.keyWindowMs, 45 * 60 * 1_000);
    } finally {
      await database.close();
    }
  });

  it('is refused in a currency that the gateway does not take', async () => {
    const id = newOrderId();
    const order = {
      id,
      amount: 4999,
      currency: 'KWD',
      gateway: 'mollie',
      customer: { id: 'cus_1' },
    };
    const answer = await shop.call<{ code: string }>('POST', '/v1/orders', order);
    assert.deepEqual([answer.status, answer.body.code], [422, 'currency_unsupported']);
  });

  it('is not asked by a webhook whose address is not signed', async () => {
    const { paymentId } = await pendingOrder();
    const answer = await fetch(`${stack.apiUrls[0]}/webhooks/mollie?orderId=ord_1`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `id=${paymentId}`,
    });
    assert.equal(answer.status, 401);
  });
});
