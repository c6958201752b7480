/**
 * Money that does not fit, at a gateway that took it all the same. It is in the ledger or before a
 * person, never nowhere; and what that person decides is what happens to it.
 */
import assert from 'node:assert/strict';
import pWaitFor from 'p-wait-for';
import type { OrderView } from '../../src/domain/view.ts';
import { rowsOf } from '../support/books.ts';
import {
  AMOUNT,
  givenOrder,
  givenPendingOrder,
  openShop,
  type Shop,
  untilOrder,
  untilSettled,
} from '../support/shop.ts';
import { deliverTo, signedEvent } from '../support/webhooks.ts';
import { type Clerk, clerkOf } from './clerk.ts';
import { assertMoneyAgrees, moneyAtGateway, paymentsAtGateway } from './gateway-truth.ts';

/** What is true once the decision has had its effect. */
interface End {
  state: string;
  /** Minor units that the gateway has taken, and given back; in the order's currency. */
  captured?: number;
  refunded?: number;
  granted?: boolean;
  also?: (order: OrderView) => Promise<boolean> | boolean;
}

interface Case {
  reason: string;
  title: string;
  provoke(): Promise<string>;
  approve: End;
  reject: End;
}

describe('money that does not fit its order', function () {
  this.timeout(120_000);
  let shop: Shop;
  let clerk: Clerk;

  before(async () => {
    shop = await openShop();
    clerk = clerkOf(shop);
  });

  const atGateway = <T = { id: string }>(path: string, body: object = {}) =>
    shop.gateway<T>('POST', path, body);

  /** A payment for the order that none of our clicks made. */
  async function strangePayment(orderId: string, more: object = {}): Promise<string> {
    const terms = { orderId, amount: AMOUNT, currency: 'INR', ...more };
    return (await atGateway('/payments', terms)).body.id;
  }

  async function paidAnd(
    act: (paymentId: string, id: string) => Promise<unknown>,
  ): Promise<string> {
    const { id, paymentId } = await clerk.paidOrder();
    await act(paymentId, id);
    return id;
  }

  async function refundedAnd(act: (paymentId: string, id: string) => Promise<unknown>) {
    return paidAnd(async (paymentId, id) => {
      await clerk.refund(id);
      await untilSettled(shop, id, 'refunded');
      await act(paymentId, id);
    });
  }

  async function endedRefund(paymentId: string, id: string, end: 'fail' | 'reverse') {
    const status = end === 'fail' ? 'pending' : 'succeeded';
    const refund = await atGateway(`/payments/${paymentId}/refunds`, { amount: 3000, status });
    await untilOrder(shop, id, ({ refunds }) => refunds[0]?.status === status, status);
    await atGateway(`/refunds/${refund.body.id}/${end}`);
  }

  const isVoided = async ({ id }: OrderView): Promise<boolean> =>
    (await paymentsAtGateway(shop, id)).some(({ status }) => status === 'voided');
  const isForeignRefunded = async ({ id }: OrderView): Promise<boolean> =>
    (await paymentsAtGateway(shop, id)).some(
      ({ currency, amountRefunded }) => currency === 'USD' && amountRefunded === AMOUNT,
    );

  const cases: Case[] = [
    {
      reason: 'overpaid',
      title: 'T35 T37 captured for more than it was asked for',
      async provoke() {
        const { id, paymentId } = await givenPendingOrder(shop);
        await atGateway(`/payments/${paymentId}/capture`, { amount: 6000 });
        return id;
      },
      approve: { state: 'paid', captured: 6000, granted: true },
      reject: { state: 'paid', captured: 6000, refunded: 6000 - AMOUNT, granted: true },
    },
    {
      reason: 'double_payment',
      title: 'T19 T24 paid a second time, by another payment from another tab',
      provoke: () =>
        paidAnd(async (_, id) => atGateway(`/payments/${await strangePayment(id)}/capture`)),
      approve: { state: 'paid', captured: 2 * AMOUNT, granted: true },
      reject: { state: 'paid', captured: 2 * AMOUNT, refunded: AMOUNT, granted: true },
    },
    {
      reason: 'captured_after_refund',
      title: 'T21 captured once more after it was wholly refunded',
      provoke: () =>
        refundedAnd((paymentId) => atGateway(`/payments/${paymentId}/capture`, { amount: AMOUNT })),
      approve: { state: 'paid', captured: 2 * AMOUNT, refunded: AMOUNT, granted: true },
      reject: { state: 'refunded', captured: 2 * AMOUNT, refunded: 2 * AMOUNT, granted: false },
    },
    {
      reason: 'amount_mismatch',
      title: 'T34 authorized for another amount',
      async provoke() {
        const id = await givenOrder(shop);
        await atGateway(`/payments/${await strangePayment(id, { amount: 3000 })}/authorize`);
        return id;
      },
      approve: { state: 'partially_paid', captured: 3000 },
      reject: { state: 'failed', captured: 0, also: isVoided },
    },
    {
      reason: 'currency_mismatch',
      title: 'T34 captured in another currency',
      async provoke() {
        const id = await givenOrder(shop);
        await atGateway(`/payments/${await strangePayment(id, { currency: 'USD' })}/capture`);
        return id;
      },
      approve: { state: 'initiated', captured: 0 },
      reject: { state: 'initiated', captured: 0, also: isForeignRefunded },
    },
    {
      reason: 'fact_conflict',
      title: 'T34 told a second time with another amount',
      provoke: () =>
        paidAnd((paymentId, orderId) =>
          deliverTo(shop, signedEvent('payment.captured', { orderId, paymentId, amount: 1 })),
        ),
      approve: { state: 'paid', captured: AMOUNT, granted: true },
      reject: { state: 'paid', captured: AMOUNT, granted: true },
    },
    {
      reason: 'capture_reversed',
      title: 'T37 taken back by the bank',
      provoke: () => paidAnd((paymentId) => atGateway(`/payments/${paymentId}/reverse`)),
      approve: { state: 'failed', captured: 0, granted: false },
      reject: { state: 'failed', captured: 0, granted: true },
    },
    {
      reason: 'partial_expired',
      title: 'T35 paid in part until its time was over',
      async provoke() {
        const id = await givenOrder(shop, { expiresIn: 4 });
        const { body } = await clerk.pay(id);
        await atGateway(`/payments/${body.id}/capture`, { amount: 2000 });
        return id;
      },
      approve: {
        state: 'partially_paid',
        captured: 2000,
        also: ({ expiresAt, createdAt }) => Date.parse(expiresAt) > Date.parse(createdAt) + 4_000,
      },
      reject: { state: 'cancelled', captured: 2000, refunded: 2000 },
    },
    {
      reason: 'refund_failed',
      title: 'T39 not given back, as its refund failed',
      provoke: () => paidAnd((paymentId, id) => endedRefund(paymentId, id, 'fail')),
      approve: { state: 'paid', captured: AMOUNT, refunded: 3000, granted: true },
      reject: { state: 'paid', captured: AMOUNT, granted: true },
    },
    {
      reason: 'refund_reversed',
      title: 'T39 given back, and with us again',
      provoke: () => paidAnd((paymentId, id) => endedRefund(paymentId, id, 'reverse')),
      approve: { state: 'paid', captured: AMOUNT, refunded: 3000, granted: true },
      reject: { state: 'paid', captured: AMOUNT, granted: true },
    },
    {
      reason: 'refund_flip',
      title: 'T39 told to be given back after that had failed',
      provoke: () =>
        paidAnd(async (paymentId, orderId) => {
          await endedRefund(paymentId, orderId, 'fail');
          const failed = await untilOrder(
            shop,
            orderId,
            ({ refunds }) => refunds[0]?.status === 'failed',
            'told of the failure',
          );
          const refundId = failed.refunds[0]?.refundId ?? '';
          const data = { orderId, paymentId, refundId, amount: 3000 };
          await deliverTo(shop, signedEvent('refund.succeeded', data));
        }),
      approve: { state: 'paid', captured: AMOUNT, granted: true },
      reject: { state: 'paid', captured: AMOUNT, granted: true },
    },
    {
      reason: 'dispute_on_refunded',
      title: 'T42 disputed after it was refunded',
      provoke: () => refundedAnd((paymentId) => atGateway(`/payments/${paymentId}/dispute`)),
      approve: { state: 'refunded', captured: AMOUNT, refunded: AMOUNT, granted: false },
      reject: { state: 'refunded', captured: AMOUNT, refunded: AMOUNT, granted: false },
    },
    {
      reason: 'double_loss',
      title: 'T42 refunded and charged back',
      provoke: () =>
        refundedAnd((paymentId) =>
          atGateway(`/payments/${paymentId}/dispute`, { outcome: 'lost' }),
        ),
      approve: { state: 'refunded', captured: AMOUNT, refunded: AMOUNT, granted: false },
      reject: { state: 'refunded', captured: AMOUNT, refunded: AMOUNT, granted: false },
    },
    {
      reason: 'dispute_after_cancel',
      title: 'T42 disputed after it came to a cancelled order',
      async provoke() {
        const { id, paymentId } = await givenPendingOrder(shop);
        await clerk.cancel(id);
        await atGateway(`/payments/${paymentId}/capture`);
        await untilOrder(shop, id, ({ reviews }) => reviews.length === 1, 'in review');
        await atGateway(`/payments/${paymentId}/dispute`);
        return id;
      },
      approve: { state: 'cancelled', captured: AMOUNT },
      reject: { state: 'cancelled', captured: AMOUNT },
    },
    {
      reason: 'unmatched',
      title: 'T31 told by a webhook, and unknown to the gateway however often it is asked',
      async provoke() {
        const id = await givenOrder(shop);
        const data = { orderId: id, paymentId: 'sbx_pay_nobody', amount: AMOUNT };
        await deliverTo(shop, signedEvent('payment.captured', data));
        for (const _ of [1, 2, 3]) await clerk.verify(id, { paymentId: data.paymentId });
        return id;
      },
      approve: { state: 'initiated', captured: 0 },
      reject: { state: 'initiated', captured: 0 },
    },
    {
      reason: 'dispute_without_capture',
      title: 'T15 T42 disputed before anybody has told of it',
      async provoke() {
        const { id, paymentId } = await givenPendingOrder(shop);
        const data = { orderId: id, paymentId, disputeId: `dsp_${id}`, amount: AMOUNT };
        await deliverTo(shop, signedEvent('dispute.opened', data));
        return id;
      },
      approve: { state: 'pending', captured: 0 },
      reject: { state: 'pending', captured: 0 },
    },
    {
      reason: 'wrong_order',
      title: 'T38 T44 taken for another order, and told to this one',
      async provoke() {
        const [id, other] = await Promise.all([givenOrder(shop), givenPendingOrder(shop)]);
        const data = { orderId: id, paymentId: other.paymentId, amount: AMOUNT };
        await deliverTo(shop, signedEvent('payment.captured', data));
        return id;
      },
      approve: { state: 'initiated', captured: 0 },
      reject: { state: 'initiated', captured: 0 },
    },
  ];

  for (const { reason, title, provoke, approve, reject } of cases)
    it(`${title}: a person decides (${reason})`, async () => {
      const decide = async (decision: 'approve' | 'reject', end: End): Promise<void> => {
        const id = await provoke();
        await untilOrder(
          shop,
          id,
          ({ reviews }) =>
            reviews.some((review) => review.reason === reason && review.status === 'open'),
          `in review for ${reason}`,
        );
        const { status } = await clerk.decide(id, reason, decision);
        assert.equal(status, 200);
        await assertEnd(id, end);
      };
      await Promise.all([decide('approve', approve), decide('reject', reject)]);
    });

  it('T19 authorized after a refund is let go, and nobody has to decide anything', async () => {
    const id = await refundedAnd(async (_, orderId) =>
      atGateway(`/payments/${await strangePayment(orderId)}/authorize`),
    );
    await assertEnd(id, { state: 'refunded', captured: AMOUNT, refunded: AMOUNT, also: isVoided });
    assert.deepEqual((await untilSettled(shop, id, 'refunded')).reviews, []);
  });

  it('T24 captured late, of an attempt that another one has followed, is granted once', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    await atGateway(`/payments/${paymentId}/fail`);
    await untilSettled(shop, id, 'failed');
    const { body } = await clerk.pay(id);
    await Promise.all([paymentId, body.id].map((each) => atGateway(`/payments/${each}/capture`)));
    await untilOrder(shop, id, ({ reviews }) => reviews.length === 1, 'in review');
    await assertEnd(id, { state: 'paid', captured: 2 * AMOUNT, granted: true });
    const { reviews, effects } = await untilSettled(shop, id, 'paid');
    assert.equal(reviews[0]?.reason, 'double_payment');
    assert.equal(effects.filter(({ effect }) => effect === 'issue_invoice').length, 1);
  });

  async function assertEnd(id: string, end: End): Promise<void> {
    const { captured = 0, refunded = 0, granted = false, also = () => true } = end;
    await untilOrder(
      shop,
      id,
      (order) =>
        order.state === end.state &&
        order.amountPaid === captured &&
        order.amountRefunded === refunded &&
        order.effects.every(({ status }) => status === 'done'),
      JSON.stringify(end),
    );
    const order = await untilSettled(shop, id, end.state);
    await pWaitFor(() => also(order));
    const entitlements = await rowsOf('entitlements', id);
    assert.equal(entitlements.filter((row) => row.revoked_at === null).length, granted ? 1 : 0);
    assert.equal((await moneyAtGateway(shop, id)).captured, captured);
    await assertMoneyAgrees(shop, id);
  }
});
