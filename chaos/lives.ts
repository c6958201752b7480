/**
 * What the people around one order do. Every life starts its order five times, clicks pay three times,
 * and says in which states the order may end.
 */
import type { OrderState } from '../src/domain/order.ts';
import type { OrderView } from '../src/domain/view.ts';
import {
  type Act,
  capture,
  createFiveTimes,
  payThrice,
  refundFiveTimes,
  untilClosed,
  untilState,
} from './acts.ts';
import type { Profile } from './profile.ts';

/** Nobody in a run waits so long for an order to expire. */
const FAR_AWAY_MS = 60_000;

export type LifeName = keyof Profile['lives'];

export interface Life {
  /** Seconds until an unpaid order of this kind fails. */
  expiresIn?: number;
  /** Created through the API that closes orders soon after they have settled. */
  isClosedSoon?: true;
  /** @returns the states that the order may be in at the end */
  live(act: Act): Promise<readonly OrderState[]>;
}

export const LIVES: Readonly<Record<LifeName, Life>> = {
  paid: {
    async live(act) {
      const paymentId = await open(act);
      if (act.random.chance(0.8)) await act.customer.act(paymentId, 'authorize');
      await capture(act, paymentId);
      await untilState(act, ['paid']);
      return ['paid'];
    },
  },
  /** The capture is left to Payonce. */
  authorized: {
    async live(act) {
      const paymentId = await open(act);
      await act.customer.act(paymentId, 'authorize');
      await untilState(act, ['paid']);
      return ['paid'];
    },
  },
  refunded: {
    async live(act) {
      const paymentId = await open(act);
      await act.customer.act(paymentId, 'authorize');
      await capture(act, paymentId);
      if (!(await untilState(act, ['paid']))) return ['paid', 'refunded'];
      const isPart = act.random.chance(0.5);
      await refundFiveTimes(act, isPart ? Math.ceil(act.order.amount / 3) : undefined);
      if (isPart && act.random.chance(0.5)) {
        await refundFiveTimes(act, undefined);
        return ['refunded'];
      }
      return [isPart ? 'paid' : 'refunded'];
    },
  },
  secondTry: {
    async live(act) {
      const first = await open(act);
      await act.customer.act(first, 'fail');
      if (!(await untilState(act, ['failed']))) return ['failed'];
      const second = paymentIn(await payThrice(act, [first]));
      await capture(act, second);
      // The bank of the first try changes its mind: paid twice, which a person has to see.
      if (act.random.chance(0.3)) await capture(act, first);
      return ['paid'];
    },
  },
  lateAfterFailed: {
    async live(act) {
      const paymentId = await open(act);
      await act.customer.act(paymentId, 'fail');
      await untilState(act, ['failed']);
      await act.customer.act(paymentId, act.random.chance(0.5) ? 'authorize' : 'capture');
      await untilState(act, ['paid']);
      return ['paid'];
    },
  },
  lateAfterExpired: {
    expiresIn: 8,
    async live(act) {
      await createFiveTimes(act);
      const paymentId = await payThrice(act);
      // Its time was up before anybody could click.
      if (paymentId === null) return ['failed'];
      await untilState(act, ['failed'], isFarAway);
      await act.customer.act(paymentId, 'authorize');
      await capture(act, paymentId);
      return ['paid'];
    },
  },
  lateAfterCancelled: {
    async live(act) {
      const paymentId = await open(act);
      await act.cancel();
      const isCancelled = await untilState(act, ['cancelled', 'failed']);
      await capture(act, paymentId);
      if (!isCancelled) return ['cancelled', 'paid', 'failed'];
      if (act.random.chance(0.3)) return ['cancelled', 'paid'];
      await act.decide(act.random.chance(0.5) ? 'approve' : 'reject');
      return ['cancelled', 'paid'];
    },
  },
  cancelRace: {
    async live(act) {
      const paymentId = await open(act);
      await Promise.all([act.cancel(), capture(act, paymentId), act.cancel()]);
      return ['paid', 'cancelled'];
    },
  },
  afterClose: {
    isClosedSoon: true,
    async live(act) {
      const paymentId = await open(act);
      await capture(act, paymentId);
      await untilState(act, ['paid']);
      await untilClosed(act);
      for (const event of act.relay.eventsOf(act.order.id)) await act.relay.deliver(event);
      const isRefunded = act.random.chance(0.7);
      if (isRefunded) await act.customer.act(paymentId, 'refunds');
      else await act.customer.act(paymentId, 'dispute', { outcome: 'won' });
      return [isRefunded ? 'refunded' : 'paid'];
    },
  },
  paidBeforeKnown: {
    async live(act) {
      const { id: orderId, amount, currency } = act.order;
      const paymentId = await act.customer.makePayment({ orderId, amount, currency });
      await act.customer.act(paymentId, 'authorize');
      await act.customer.act(paymentId, 'capture');
      await act.pause(act.random.int(500, 4_000));
      await createFiveTimes(act);
      await untilState(act, ['paid']);
      return ['paid'];
    },
  },
  abandoned: {
    async live(act) {
      await createFiveTimes(act);
      paymentIn(await payThrice(act));
      return ['pending'];
    },
  },
};

/** With the bank's first word on it, so that every order has a second event that can overtake the first. */
async function open(act: Act): Promise<string> {
  await createFiveTimes(act);
  const paymentId = paymentIn(await payThrice(act));
  await act.customer.act(paymentId, 'pend');
  return paymentId;
}

/** An API whose clock is ahead gave it more time, or the gateway could not be asked when its time was up. */
function isFarAway({ expiresAt }: OrderView): boolean {
  return Date.parse(expiresAt) > Date.now() + FAR_AWAY_MS;
}

/** @throws Error when there is none, which ends the life where it stands */
function paymentIn(paymentId: string | null): string {
  if (paymentId !== null) return paymentId;
  throw new Error('nobody may pay an order that is open');
}
