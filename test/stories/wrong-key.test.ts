/** The gateway refuses the configured key: a fault of configuration, which no customer can wait out. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { OrderView } from '../../src/domain/view.ts';
import { atEachGateway } from '../support/each-gateway.ts';
import { WAIT } from '../support/operator-client.ts';
import { readOrder, untilOrder, untilSettled } from '../support/shop.ts';

/** A click is answered after one call, not after the tries that a silent gateway gets. */
const AT_MOST_MS = 10_000;

describe('a gateway that refuses the configured key', function () {
  this.timeout(120_000);

  atEachGateway(
    'is named to the click as 503 gateway_misconfigured, and the same click pays once the key is right',
    async ({ shop, gateway, order, pay, assertPaidOnce }) => {
      const id = await order();
      const click = { ...WAIT, 'idempotency-key': randomUUID() };
      await gateway.disturb('refuses the key');
      const startedAt = Date.now();
      for (const _ of [1, 2]) {
        const { status, headers, body } = await pay(id, click);
        assert.deepEqual([status, body.code], [503, 'gateway_misconfigured']);
        assert.ok(headers.get('retry-after'));
      }
      assert.ok(Date.now() - startedAt < 2 * AT_MOST_MS);
      const { state, gatewayFailure } = await readOrder(shop, id);
      assert.equal(state, 'pending');
      assert.equal(gatewayFailure?.code, 'gateway_misconfigured');
      assert.match(gatewayFailure.error, /refuses the configured key \(HTTP 401\): set [A-Z_]+/);
      assert.ok(gatewayFailure.tries >= 2);
      assert.ok(Date.parse(gatewayFailure.nextTryAt ?? '') > startedAt);

      await gateway.answerAgain();
      const paid = await pay(id, click);
      assert.equal(paid.status, 201);
      assert.equal(paid.body.attempt, 1);
      assert.equal((await readOrder(shop, id)).gatewayFailure, null);
      await gateway.capture(paid.body.id ?? '');
      await untilSettled(shop, id, 'paid');
      await assertPaidOnce(id);
    },
  );

  atEachGateway(
    'refunds nothing and says why in the order, until the key is right',
    async ({ shop, gateway, paidOrder, refund }) => {
      const { id } = await paidOrder();
      await gateway.disturb('refuses the key');
      const { status } = await refund(id);
      assert.equal(status, 202);
      const isNoted = ({ gatewayFailure }: OrderView) =>
        gatewayFailure?.code === 'gateway_misconfigured';
      const { state, refunds } = await untilOrder(shop, id, isNoted, 'noted');
      assert.equal(state, 'paid');
      assert.equal(refunds[0]?.status, 'requested');
    },
  );
});
