/** What customers, banks and the dashboard do at the fake Razorpay, by the order that a payment of ours is. */
import type { Place } from '../../../src/gateway-test/actor.ts';
import type { Ability, GatewayDriver } from '../../support/gateway-driver.ts';
import { markOf } from '../../support/installation.ts';
import { AMOUNT, CURRENCY } from '../../support/shop.ts';
import type { FakeRazorpay } from './fake.ts';
import { capturesOf } from './life.ts';
import { newId, nowS, type Order, paymentsOf } from './world.ts';

export const CANNOT = {
  'capture in part': 'an authorization is captured whole',
  'capture more than was asked for': 'an authorization is captured for its own amount',
  'refuse to void': 'it has no void: an order that is given up gets a note',
  'take a capture back': 'its banks take money back by disputes alone',
  'take a refund back': 'a refund that was processed stays so',
  'tell that the bank still works on it':
    'a payment under way has no event, and may fail without ending its order',
  'tell of an authorization that nobody here asked for':
    'only order.paid names our order; what is authorized for a stranger names none and is ignored',
  'fail a refund after it succeeded': 'a refund that was processed stays so',
  'sign with a time': 'its signature is over the body alone',
  'take thousandths': 'the third decimal has to be 0',
} as const satisfies Partial<Record<Ability, string>>;

type Acts = Pick<
  GatewayDriver,
  | 'pay'
  | 'authorize'
  | 'capture'
  | 'captureAmount'
  | 'reverse'
  | 'pend'
  | 'fail'
  | 'refund'
  | 'endRefund'
  | 'dispute'
  | 'endDispute'
  | 'strangePayment'
>;

export function createActs(
  { world, life }: Pick<FakeRazorpay, 'world' | 'life'>,
  place: Place,
): Acts {
  const authorized = (orderId: string) =>
    paymentsOf(world, orderId).find(({ status }) => status === 'authorized');
  const captured = (orderId: string): string => capturesOf(world, orderId)[0]?.id ?? '';
  return {
    async pay(orderId) {
      life.authorize(life.start(orderId));
    },
    async authorize(orderId) {
      life.authorize(life.start(orderId));
    },
    async capture(orderId) {
      // The order may have captured what was authorized a moment ago.
      if (capturesOf(world, orderId).length > 0) return;
      life.capture(authorized(orderId)?.id ?? life.start(orderId));
    },
    captureAmount: async () => refuse('capture in part'),
    reverse: async () => refuse('take a capture back'),
    pend: async () => refuse('tell that the bank still works on it'),
    /** A declined try leaves a Razorpay order open; a promise that nobody took up in time ends it. */
    async fail(orderId) {
      life.lapse(life.start(orderId));
    },
    async refund(orderId, amountMinor, status) {
      const paymentId = captured(orderId);
      const amount = amountMinor ?? world.payments.get(paymentId)?.amount ?? 0;
      const made = status === 'pending' ? status : 'processed';
      return { refundId: life.refund(paymentId, amount, null, made).id };
    },
    async endRefund(refundId, end) {
      if (end === 'reversed') return refuse('take a refund back');
      life.endRefund(refundId, end === 'succeeded' ? 'processed' : 'failed');
    },
    async dispute(orderId) {
      life.dispute(captured(orderId));
    },
    async endDispute(orderId, end) {
      const paymentId = captured(orderId);
      const open = [...world.disputes.values()].find((made) => made.payment_id === paymentId);
      life.endDispute(open?.id ?? '', end);
    },
    async strangePayment(orderId, terms = {}) {
      const { amountMinor: amount = AMOUNT, currency = CURRENCY } = terms;
      const mark = await markOf(place, terms.maker ?? 'this installation');
      const money = { amount, amount_paid: 0, amount_due: amount, currency };
      const notes = { orderId, ...mark, mode: 'test' };
      const fresh = { receipt: null, status: 'created', attempts: 0, created_at: nowS() } as const;
      const order: Order = { id: newId('order'), entity: 'order', ...money, notes, ...fresh };
      world.orders.set(order.id, order);
      return order.id;
    },
  };
}

function refuse(deed: keyof typeof CANNOT): never {
  throw new Error(`Razorpay cannot ${deed}: ${CANNOT[deed]}`);
}
