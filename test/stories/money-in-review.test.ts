/**
 * Money that does not fit, at a gateway that took it all the same. It is in the ledger or before a
 * person, never nowhere; and what that person decides is what happens to it.
 */
import assert from 'node:assert/strict';
import pWaitFor from 'p-wait-for';
import type { OrderView } from '../../src/domain/view.ts';
import { rowsOf } from '../support/books.ts';
import { atEachGateway } from '../support/each-gateway.ts';
import { moneyAt } from '../support/gateway-truth.ts';
import { type Place, placeAt } from '../support/place.ts';
import { REFUNDS } from '../support/scenarios/refunds.ts';
import { decided, type Reason } from '../support/scenarios/reviews.ts';
import { AMOUNT, openShop, type Shop, untilOrder, untilSettled } from '../support/shop.ts';

/** What is true once the decision has had its effect. */
interface End {
  state: string;
  /** Minor units that the gateway has taken, and given back; in the order's currency. */
  captured?: number;
  refunded?: number;
  granted?: boolean;
  also?: (order: OrderView, place: Place) => Promise<boolean> | boolean;
}

interface Case {
  reason: Reason;
  title: string;
  approve: End;
  reject: End;
}

describe('money that does not fit its order', function () {
  this.timeout(120_000);
  let shop: Shop;

  before(async () => {
    shop = await openShop();
  });

  const isVoided: End['also'] = async ({ id }, { gateway }) =>
    (await gateway.paymentsOf(id)).some((payment) => payment.isVoided);
  const isForeignRefunded: End['also'] = async ({ id }, { gateway }) =>
    (await gateway.paymentsOf(id)).some(
      ({ currency, refundsMinor }) => currency === 'USD' && refundsMinor[0] === AMOUNT,
    );

  const cases: Case[] = [
    {
      reason: 'overpaid',
      title: 'T35 T37 captured for more than it was asked for',
      approve: { state: 'paid', captured: 6000, granted: true },
      reject: { state: 'paid', captured: 6000, refunded: 6000 - AMOUNT, granted: true },
    },
    {
      reason: 'double_payment',
      title: 'T19 T24 paid a second time, by another payment from another tab',
      approve: { state: 'paid', captured: 2 * AMOUNT, granted: true },
      reject: { state: 'paid', captured: 2 * AMOUNT, refunded: AMOUNT, granted: true },
    },
    {
      reason: 'paid_after_cancel',
      title: 'T21 captured after its order was cancelled',
      approve: { state: 'paid', captured: AMOUNT, granted: true },
      reject: { state: 'cancelled', captured: AMOUNT, refunded: AMOUNT, granted: false },
    },
    {
      reason: 'captured_after_refund',
      title: 'T21 captured once more after it was wholly refunded',
      approve: { state: 'paid', captured: 2 * AMOUNT, refunded: AMOUNT, granted: true },
      reject: { state: 'refunded', captured: 2 * AMOUNT, refunded: 2 * AMOUNT, granted: false },
    },
    {
      reason: 'amount_mismatch',
      title: 'T34 authorized for another amount',
      approve: { state: 'partially_paid', captured: 3000 },
      reject: { state: 'failed', captured: 0, also: isVoided },
    },
    {
      reason: 'currency_mismatch',
      title: 'T34 captured in another currency',
      approve: { state: 'initiated', captured: 0 },
      reject: { state: 'initiated', captured: 0, also: isForeignRefunded },
    },
    {
      reason: 'fact_conflict',
      title: 'T34 told a second time with another amount',
      approve: { state: 'paid', captured: AMOUNT, granted: true },
      reject: { state: 'paid', captured: AMOUNT, granted: true },
    },
    {
      reason: 'capture_reversed',
      title: 'T37 taken back by the bank',
      approve: { state: 'failed', captured: 0, granted: false },
      reject: { state: 'failed', captured: 0, granted: true },
    },
    {
      reason: 'partial_expired',
      title: 'T35 paid in part until its time was over',
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
      approve: { state: 'paid', captured: AMOUNT, refunded: 3000, granted: true },
      reject: { state: 'paid', captured: AMOUNT, granted: true },
    },
    {
      reason: 'refund_reversed',
      title: 'T39 given back, and with us again',
      approve: { state: 'paid', captured: AMOUNT, refunded: 3000, granted: true },
      reject: { state: 'paid', captured: AMOUNT, granted: true },
    },
    {
      reason: 'refund_flip',
      title: 'T39 told to be given back after that had failed',
      approve: { state: 'paid', captured: AMOUNT, granted: true },
      reject: { state: 'paid', captured: AMOUNT, granted: true },
    },
    {
      reason: 'dispute_on_refunded',
      title: 'T42 disputed after it was refunded',
      approve: { state: 'refunded', captured: AMOUNT, refunded: AMOUNT, granted: false },
      reject: { state: 'refunded', captured: AMOUNT, refunded: AMOUNT, granted: false },
    },
    {
      reason: 'double_loss',
      title: 'T42 refunded and charged back',
      approve: { state: 'refunded', captured: AMOUNT, refunded: AMOUNT, granted: false },
      reject: { state: 'refunded', captured: AMOUNT, refunded: AMOUNT, granted: false },
    },
    {
      reason: 'dispute_after_cancel',
      title: 'T42 disputed after it came to a cancelled order',
      approve: { state: 'cancelled', captured: AMOUNT },
      reject: { state: 'cancelled', captured: AMOUNT },
    },
    {
      reason: 'unmatched',
      title: 'T31 told by a webhook, and unknown to the gateway however often it is asked',
      approve: { state: 'initiated', captured: 0 },
      reject: { state: 'initiated', captured: 0 },
    },
    {
      reason: 'dispute_without_capture',
      title: 'T15 T42 disputed before anybody has told of it',
      approve: { state: 'pending', captured: 0 },
      reject: { state: 'pending', captured: 0 },
    },
    {
      reason: 'wrong_order',
      title: 'T38 T44 taken for another order, and told to this one',
      approve: { state: 'initiated', captured: 0 },
      reject: { state: 'initiated', captured: 0 },
    },
  ];

  for (const { reason, title, approve, reject } of cases)
    atEachGateway(`${title}: a person decides (${reason})`, async (place) => {
      const decide = async (decision: 'approve' | 'reject', end: End): Promise<void> =>
        assertEnd(place, (await decided(place, reason, decision)).id, end);
      await Promise.all([decide('approve', approve), decide('reject', reject)]);
    });

  atEachGateway(
    'T19 authorized after a refund is let go, and nobody has to decide anything',
    async (place) => {
      const { gateway } = place;
      const { id } = await REFUNDS['refunded-in-full'](place);
      await gateway.authorize(await gateway.strangePayment(id));
      const end = { state: 'refunded', captured: AMOUNT, refunded: AMOUNT };
      await assertEnd(place, id, { ...end, also: isVoided });
      assert.deepEqual((await untilSettled(shop, id, 'refunded')).reviews, []);
    },
  );

  atEachGateway(
    'T24 captured late, of an attempt that another one has followed, is granted once',
    async (place) => {
      const { id, paymentId } = await place.failedOrder();
      const second = (await place.pay(id)).body.id ?? '';
      await Promise.all([paymentId, second].map(place.gateway.capture));
      await untilOrder(shop, id, ({ reviews }) => reviews.length === 1, 'in review');
      await assertEnd(place, id, { state: 'paid', captured: 2 * AMOUNT, granted: true });
      const { reviews, effects } = await untilSettled(shop, id, 'paid');
      assert.equal(reviews[0]?.reason, 'double_payment');
      assert.equal(effects.filter(({ effect }) => effect === 'issue_invoice').length, 1);
    },
  );

  for (const name of ['sandbox', 'razorpay'])
    it(`captured late, of an attempt that another one has followed, goes back when a person rejects it, at ${name}`, async () => {
      const place = await placeAt(name);
      const { id, paymentId } = await place.failedOrder();
      const second = (await place.pay(id)).body.id ?? '';
      await place.gateway.capture(second);
      await untilSettled(shop, id, 'paid');
      await place.gateway.capture(paymentId);
      await untilOrder(shop, id, ({ reviews }) => reviews.length === 1, 'in review');
      assert.equal((await place.decide(id, 'double_payment', 'reject')).status, 200);
      const end = { state: 'paid', captured: 2 * AMOUNT, refunded: AMOUNT, granted: true };
      await assertEnd(place, id, end);
      const payments = await place.gateway.paymentsOf(id);
      const refunds = Object.fromEntries(payments.map((one) => [one.paymentId, one.refundsMinor]));
      assert.deepEqual(refunds, { [paymentId]: [AMOUNT], [second]: [] });
    });

  async function assertEnd(place: Place, id: string, end: End): Promise<void> {
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
    await pWaitFor(async () => also(order, place));
    const entitlements = await rowsOf('entitlements', id);
    assert.equal(entitlements.filter((row) => row.revoked_at === null).length, granted ? 1 : 0);
    assert.equal((await moneyAt(place.gateway, id)).captured, captured);
    await place.assertMoneyAgrees(id);
  }
});
