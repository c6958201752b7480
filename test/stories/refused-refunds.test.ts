/** The gateway refuses a refund at once: whoever asked is told why, and the order learns what it had missed. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { OrderView } from '../../src/domain/view.ts';
import { WAIT } from '../support/clerk.ts';
import { atEachGateway } from '../support/each-gateway.ts';
import { AMOUNT, type Problem, readOrder, untilOrder, untilSettled } from '../support/shop.ts';

const PART = 1000;

describe('a refund of what somebody has refunded in the dashboard, its webhook lost,', function () {
  this.timeout(120_000);

  atEachGateway(
    'is 422 refund_refused with the reason, and makes the order find the refund',
    async ({ shop, gateway, pendingOrder, refund, assertMoneyAgrees }) => {
      const { id, paymentId } = await pendingOrder();
      await gateway.capture(paymentId);
      await untilSettled(shop, id, 'paid');
      await gateway.loseWebhooks();
      await gateway.refund(paymentId);
      const headers = { ...WAIT, 'idempotency-key': randomUUID() };
      for (const _ of [1, 2]) {
        const { status, body } = await refund(id, {}, headers);
        const { code, detail } = body as unknown as Problem;
        assert.deepEqual([status, code], [422, 'refund_refused']);
        assert.match(detail, /refunded/);
      }
      const order = await untilSettled(shop, id, 'refunded');
      assert.equal(order.amountRefunded, AMOUNT);
      assert.deepEqual(order.reviews, []);
      assert.ok(order.refunds.some(({ status, refusal }) => status === 'refused' && refusal));
      await assertMoneyAgrees(id);
    },
  );

  atEachGateway(
    'is 422 as well where a part was refunded and all is asked for',
    async ({ shop, gateway, pendingOrder, refund }) => {
      const { id, paymentId } = await pendingOrder();
      await gateway.capture(paymentId);
      await untilSettled(shop, id, 'paid');
      await gateway.loseWebhooks();
      await gateway.refund(paymentId, PART);
      const { status, body } = await refund(id);
      assert.deepEqual([status, body.code], [422, 'refund_refused']);
      const isFound = ({ amountRefunded }: OrderView) => amountRefunded === PART;
      await untilOrder(shop, id, isFound, 'found the refund');
      assert.equal((await refund(id)).status, 201);
      assert.equal((await readOrder(shop, id)).amountRefunded, AMOUNT);
    },
  );
});
