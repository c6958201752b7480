/** The gateway refuses a refund at once: whoever asked is told why, and the order learns what it had missed. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { OrderView } from '../../src/domain/view.ts';
import { razorpayBehind } from '../fakes/razorpay/driver.ts';
import { capturesOf } from '../fakes/razorpay/life.ts';
import { stripeBehind } from '../fakes/stripe/driver.ts';
import type { Unrefundable } from '../fakes/stripe/money-back.ts';
import { atEachGateway } from '../support/each-gateway.ts';
import { WAIT } from '../support/operator-client.ts';
import { type Place, placeAt } from '../support/place.ts';
import { REFUNDS } from '../support/scenarios/refunds.ts';
import { AMOUNT, type Problem, readOrder, untilOrder, untilSettled } from '../support/shop.ts';

const PART = 1000;

describe('a refund of what somebody has refunded in the dashboard, its webhook lost,', function () {
  this.timeout(120_000);

  atEachGateway(
    'is 422 refund_refused with the reason, and makes the order find the refund',
    async (place) => {
      const scenario = REFUNDS['refunded-at-the-gateway-when-a-refund-is-asked-for'];
      const { id, replies, refunded: order } = await scenario(place);
      assert.equal(replies.length, 2);
      for (const { status, body } of replies) {
        const { code, detail } = body as unknown as Problem;
        assert.deepEqual([status, code], [422, 'refund_refused']);
        assert.match(detail, /refunded/);
      }
      assert.equal(order.amountRefunded, AMOUNT);
      assert.deepEqual(order.reviews, []);
      assert.ok(order.refunds.some(({ status, refusal }) => status === 'refused' && refusal));
      await place.assertMoneyAgrees(id);
    },
  );

  atEachGateway(
    'is 422 as well where a part was refunded and all is asked for',
    async ({ shop, gateway, paidOrder, refund }) => {
      const { id, paymentId } = await paidOrder();
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

describe('a refund that the gateway has a reason of its own to refuse', function () {
  this.timeout(120_000);

  interface Reason {
    why: string;
    code: string;
    told: RegExp;
    /** From now on the gateway refuses to refund the payment. */
    begin(place: Place, paymentId: string): void;
    end(place: Place, paymentId: string): void;
  }

  const stripeSays = (why: Unrefundable) => ({
    begin: ({ gateway }: Place, id: string) => stripeBehind(gateway).account.refuseRefunds(id, why),
    end: ({ gateway }: Place, id: string) => stripeBehind(gateway).account.refuseRefunds(id, null),
  });

  function atRazorpay({ gateway }: Place, orderId: string) {
    const { world } = razorpayBehind(gateway);
    return { world, paymentId: capturesOf(world, orderId)[0]?.id ?? '' };
  }

  const razorpaySays = (description: string) => ({
    begin(place: Place, orderId: string) {
      const { world, paymentId } = atRazorpay(place, orderId);
      world.unrefundable.set(paymentId, description);
    },
    end(place: Place, orderId: string) {
      const { world, paymentId } = atRazorpay(place, orderId);
      world.unrefundable.delete(paymentId);
    },
  });

  const BALANCE = { why: 'its balance is too low', told: /the balance at the gateway is too low/ };
  const REASONS: Record<string, Reason[]> = {
    stripe: [
      {
        ...BALANCE,
        code: 'balance_insufficient',
        ...stripeSays({
          message: 'Insufficient funds in your Stripe balance to refund this amount.',
        }),
      },
      {
        ...BALANCE,
        why: 'its balance is too low, with a code',
        code: 'insufficient_funds',
        ...stripeSays({ code: 'insufficient_funds', message: 'Insufficient funds.' }),
      },
      {
        why: 'the payment is too old',
        told: /the payment cannot be refunded/,
        code: 'charge_not_refundable',
        ...stripeSays({ code: 'charge_not_refundable', message: 'The charge cannot be refunded.' }),
      },
    ],
    razorpay: [
      {
        ...BALANCE,
        code: 'balance_insufficient',
        ...razorpaySays(
          'Your account does not have enough balance to carry out the refund operation. You can add funds to your account from your Razorpay dashboard or capture new payments.',
        ),
      },
      {
        why: 'the payment is too old',
        told: /the payment is too old to be refunded/,
        code: 'payment_too_old',
        ...razorpaySays(
          'Refund is not supported by the bank because the payment is more than 6 months old',
        ),
      },
    ],
  };

  for (const [name, reasons] of Object.entries(REASONS))
    for (const { why, code, told, begin, end } of reasons)
      it(`is 422 refund_refused with ${code} where ${why}, and made under a new key once it can be, at ${name}`, async () => {
        const place = await placeAt(name);
        const { id, paymentId } = await place.paidOrder();
        begin(place, paymentId);
        const headers = { ...WAIT, 'idempotency-key': randomUUID() };
        for (const _ of [1, 2]) {
          const { status, body } = await place.refund(id, {}, headers);
          const { code: problem, detail } = body as unknown as Problem;
          assert.deepEqual([status, problem], [422, 'refund_refused']);
          assert.ok(detail.includes(code), detail);
          assert.match(detail, told);
        }
        const order = await untilSettled(place.shop, id, 'paid');
        assert.deepEqual(
          order.refunds.map(({ status, refusal }) => [status, refusal]),
          [['refused', code]],
        );
        assert.equal(order.amountRefunded, 0);
        end(place, paymentId);
        assert.equal((await place.refund(id)).status, 201);
        assert.equal((await untilSettled(place.shop, id, 'refunded')).amountRefunded, AMOUNT);
        await place.assertMoneyAgrees(id);
      });
});
