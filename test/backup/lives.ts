/**
 * What may happen to an order around a loss: before the backup, between the backup and the loss, and at the gateway
 * alone while Payonce is away.
 */
import type { OrderState } from '../../src/domain/order.ts';
import type { Clerk } from '../support/operator-client.ts';
import { clerkOf } from '../support/operator-client.ts';
import { AMOUNT, givenOrder, givenPendingOrder, type Shop, untilSettled } from '../support/shop.ts';

interface Open {
  id: string;
  /** Empty where nobody has clicked. */
  paymentId: string;
}

interface People extends Clerk {
  shop: Shop;
  capture(paymentId: string, amount?: number): Promise<void>;
  fail(paymentId: string): Promise<void>;
  /** By hand, at the gateway's own console. */
  refundAtGateway(paymentId: string, amount: number): Promise<void>;
  settled(id: string, state: OrderState): Promise<void>;
}

export interface Life {
  before(people: People): Promise<Open>;
  since?(people: People, order: Open): Promise<void>;
  meanwhile?(people: People, order: Open): Promise<void>;
  state: OrderState;
  /** The order, as the backup has it, becomes another one where what it was told since is lost with Temporal. */
  stateWithoutSignals?: OrderState;
}

export function peopleOf(shop: Shop): People {
  const post = async (path: string, body: object): Promise<void> => {
    const { status, body: answer } = await shop.gateway('POST', path, body);
    if (status >= 400) throw new Error(`sandbox: ${path}: ${JSON.stringify(answer)}`);
  };
  return {
    ...clerkOf(shop),
    shop,
    capture: (paymentId, amount) =>
      post(`/payments/${paymentId}/capture`, amount === undefined ? {} : { amount }),
    fail: (paymentId) => post(`/payments/${paymentId}/fail`, {}),
    refundAtGateway: (paymentId, amount) => post(`/payments/${paymentId}/refunds`, { amount }),
    settled: async (id, state) => {
      await untilSettled(shop, id, state);
    },
  };
}

const PART = 2_000;

const unpaid = async ({ shop }: People): Promise<Open> => ({
  id: await givenOrder(shop),
  paymentId: '',
});
const pending = ({ shop }: People): Promise<Open> => givenPendingOrder(shop);
const paid = (people: People): Promise<Open> => people.paidOrder();

async function failed(people: People): Promise<Open> {
  const order = await pending(people);
  await people.fail(order.paymentId);
  await people.settled(order.id, 'failed');
  return order;
}

async function cancelled(people: People): Promise<Open> {
  const order = await pending(people);
  await people.cancel(order.id);
  await people.settled(order.id, 'cancelled');
  return order;
}

async function clickAndPay(people: People, { id }: Open): Promise<void> {
  const { body } = await people.pay(id);
  await people.capture(String(body.id));
  await people.settled(id, 'paid');
}

export const LIVES = {
  'is not clicked': { before: unpaid, state: 'initiated' },
  'waits for its customer': { before: pending, state: 'pending' },
  'is paid in part': {
    async before(people) {
      const order = await pending(people);
      await people.capture(order.paymentId, PART);
      await people.settled(order.id, 'partially_paid');
      return order;
    },
    state: 'partially_paid',
  },
  'is paid': { before: paid, state: 'paid' },
  'has failed': { before: failed, state: 'failed' },
  'is cancelled': { before: cancelled, state: 'cancelled' },
  'is refunded': {
    async before(people) {
      const order = await paid(people);
      await people.refund(order.id);
      await people.settled(order.id, 'refunded');
      return order;
    },
    state: 'refunded',
  },
  'is in review': {
    async before(people) {
      const order = await cancelled(people);
      await people.capture(order.paymentId);
      await people.settled(order.id, 'cancelled');
      return order;
    },
    state: 'cancelled',
  },
  'is paid since': {
    before: pending,
    async since(people, { id, paymentId }) {
      await people.capture(paymentId);
      await people.settled(id, 'paid');
    },
    state: 'paid',
  },
  'is clicked and paid since': { before: unpaid, since: clickAndPay, state: 'paid' },
  'is paid by a second try since': { before: failed, since: clickAndPay, state: 'paid' },
  'is cancelled since': {
    before: pending,
    async since(people, { id }) {
      await people.cancel(id);
      await people.settled(id, 'cancelled');
    },
    state: 'cancelled',
    // The gateway says that the payment was voided, and not why.
    stateWithoutSignals: 'failed',
  },
  'is refunded since': {
    before: paid,
    async since(people, { id }) {
      await people.refund(id);
      await people.settled(id, 'refunded');
    },
    state: 'refunded',
  },
  'is refunded in part since': {
    before: paid,
    async since(people, { id }) {
      await people.refund(id, { amount: PART });
      await people.settled(id, 'paid');
    },
    state: 'paid',
  },
  'is paid meanwhile': {
    before: pending,
    meanwhile: (people, { paymentId }) => people.capture(paymentId),
    state: 'paid',
  },
  'fails meanwhile': {
    before: pending,
    meanwhile: (people, { paymentId }) => people.fail(paymentId),
    state: 'failed',
  },
  'is refunded meanwhile': {
    before: paid,
    meanwhile: (people, { paymentId }) => people.refundAtGateway(paymentId, AMOUNT),
    state: 'refunded',
  },
} as const satisfies Record<string, Life>;

export type LifeName = keyof typeof LIVES;
export const LIFE_NAMES = Object.keys(LIVES) as LifeName[];

/** By the names of their lives. */
export type Orders = Readonly<Record<LifeName, Open>>;
