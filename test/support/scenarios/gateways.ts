/** Payments that come back to life, wait, are gone or are paid in full for less: each told at its own gateway. */
import { razorpayBehind } from '../../fakes/razorpay/driver.ts';
import { stripeBehind } from '../../fakes/stripe/driver.ts';
import type { FakeStripe } from '../../fakes/stripe/fake-stripe.ts';
import type { Place } from '../place.ts';
import { AMOUNT, type Reply } from '../shop.ts';
import type { Scenarios } from './scenario.ts';

/** Less than was asked for, by an offer of the gateway's own. */
export const OFFER = 500;

const DAY_S = 86_400;

const accountAt = ({ gateway }: Place) => stripeBehind(gateway).account;
const lifeAt = ({ gateway }: Place) => razorpayBehind(gateway).life;
const isAt = (status: string) => (order: { payments: { status: string }[] }) =>
  order.payments[0]?.status === status;

/** A payment that its customer makes with a voucher, or by a transfer: shown again meanwhile, and paid in the end. */
export async function paidByVoucher(
  place: Place,
  type: Parameters<FakeStripe['account']['handOut']>[1],
  expiresS: number | null,
) {
  const id = await place.order({ expiresIn: 900 });
  const opened = (await place.pay(id)).body;
  accountAt(place).handOut(String(opened.id), type, expiresS);
  const waiting = await place.until(id, isAt('pending'));
  const again = await place.pay(id);
  accountAt(place).settle(String(opened.id));
  return { id, opened, waiting, again, paid: await place.settled(id, 'paid') };
}

/** Stripe no longer knows the payment, as the order finds by asking; another one is opened and paid. */
export async function goneAtStripe(place: Place, ask: (id: string) => Promise<Reply<unknown>>) {
  const order = await place.pendingOrder();
  accountAt(place).lose(order.paymentId);
  const asked = await ask(order.id);
  const ended = await place.settled(order.id, 'failed');
  const second = await place.pay(order.id);
  accountAt(place).confirm(String(second.body.id));
  await place.settled(order.id, 'paid');
  return { ...order, asked, ended, second };
}

/** The bank works on the payment: it is shown again, and neither cancelled nor followed by another one. */
export async function underWayUntilPaid(place: Place, id: string, paymentId: string) {
  const again = await place.pay(id);
  const cancelled = await place.cancel(id, { prefer: 'wait=2' });
  accountAt(place).settle(paymentId);
  await place.settled(id, 'paid');
  return { again, cancelled };
}

export const STRIPE = {
  async 'debited-after-a-declined-card'(place) {
    const id = await place.order();
    const opened = (await place.pay(id)).body;
    const paymentId = String(opened.id);
    accountAt(place).decline(paymentId);
    await place.settled(id, 'failed');
    accountAt(place).process(paymentId);
    const pending = await place.settled(id, 'pending');
    return { id, pending, ...(await underWayUntilPaid(place, id, paymentId)), opened };
  },
  'paid-by-voucher': (place) =>
    paidByVoucher(place, 'oxxo_display_details', Math.floor(Date.now() / 1_000) + 7 * DAY_S),
  'gone-at-the-gateway': (place) => goneAtStripe(place, place.verify),
  async 'failed-and-voided-when-its-time-was-over'(place) {
    const order = await place.pendingOrder({ expiresIn: 6 });
    await place.gateway.fail(order.paymentId);
    await place.settled(order.id, 'failed');
    await place.until(order.id, isAt('voided'));
    await place.settled(order.id, 'failed');
    return order;
  },
} satisfies Scenarios;

export const RAZORPAY = {
  async 'not-paid-on-delivery'(place) {
    const order = await place.pendingOrder();
    const life = lifeAt(place);
    const promised = life.promise(order.paymentId);
    const waiting = await place.until(order.id, isAt('pending'));
    life.fail(promised);
    const open = await place.until(order.id, isAt('created'));
    life.capture(life.start(order.paymentId));
    const paid = await place.settled(order.id, 'paid');
    const states = [waiting, open, paid].map(({ payments }) => payments[0]?.status);
    return { ...order, states };
  },
  async 'paid-with-an-offer'(place) {
    const order = await place.pendingOrder();
    lifeAt(place).capture(lifeAt(place).start(order.paymentId, { amount: AMOUNT - OFFER }));
    await place.settled(order.id, 'paid');
    return order;
  },
} satisfies Scenarios;
