/** How an order comes into each of its states, by what really happens to orders. */
import type { OrderState } from '../../src/domain/order.ts';
import {
  cancel,
  captured,
  created,
  pay,
  payment,
  reached,
  refund,
  snapshot,
  told,
  verify,
  voidAnswered,
} from './order-events.ts';
import type { Happening } from './order-story.ts';

const OPEN: Happening[] = [pay(), created()];

/** One way into each state; `pay_1` is the order's own payment wherever there is one. */
export const IN: Record<OrderState, Happening[]> = {
  initiated: [],
  pending: OPEN,
  partially_paid: [...OPEN, captured(40)],
  paid: [...OPEN, captured()],
  failed: [...OPEN, payment('failed')],
  cancelled: [...OPEN, cancel(), voidAnswered(snapshot('voided'))],
  refunded: [...OPEN, captured(), refund('succeeded')],
};

/** Failed because time ran out: the payment is still there and may yet be paid. */
export const EXPIRED: Happening[] = [...OPEN, reached('expiry'), told(snapshot('created'))];

/** The gateway knows one more payment of this order, which none of our attempts made. */
export function another(paymentId = 'pay_2'): Happening[] {
  return [verify(paymentId), told(snapshot('created', paymentId))];
}
