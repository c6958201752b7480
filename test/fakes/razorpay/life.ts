/**
 * What happens at Razorpay without the shop: customers try to pay, banks say yes late or no, refunds come
 * through, cardholders dispute. Every step tells about itself as it was at that moment.
 */
import {
  type Dispute,
  known,
  newId,
  nowS,
  type Payment,
  paymentsOf,
  type Refund,
  type World,
} from './world.ts';

/** Tells the world outside; the entities are copied before anything else happens. */
export type Tell = (event: string, entities: Record<string, unknown>) => void;

export interface Habits {
  /** Does Razorpay capture by itself what a bank has authorized? */
  autoCapture: boolean;
  refundStatus: Refund['status'];
  /** For a refund key that comes with another body. */
  reusedKeyStatus: number;
}

/** As long as banks leave a shop at least. */
const WEEK_S = 7 * 24 * 60 * 60;

export type Life = ReturnType<typeof createLife>;

export function createLife(world: World, tell: Tell, habits: Habits) {
  /** The customer has chosen how to pay; the bank has not answered. */
  function start(orderId: string, paid: Partial<Payment> = {}): string {
    const order = known(world.orders, orderId);
    if (order.status === 'paid') throw new Error('Your payment failed: the order is already paid');
    order.status = 'attempted';
    order.attempts += 1;
    const payment: Payment = { ...newPayment(order.amount, order.currency, orderId), ...paid };
    world.payments.set(payment.id, payment);
    return payment.id;
  }

  /** The customer promises to pay when the goods are delivered. */
  function promise(orderId: string): string {
    const paymentId = start(orderId, { status: 'pending', method: 'cod' });
    tell('payment.pending', { payment: known(world.payments, paymentId) });
    return paymentId;
  }

  /** Test data is deleted, or the keys are another account's: Razorpay knows the order no longer. */
  function lose(orderId: string): void {
    world.orders.delete(orderId);
  }

  function authorize(paymentId: string): void {
    const payment = known(world.payments, paymentId);
    Object.assign(payment, { status: 'authorized', error_code: null, error_reason: null });
    tell('payment.authorized', { payment });
    // An order is paid once; what is authorized on top of that is sent back at once.
    if (orderOf(payment)?.status === 'paid') lapse(paymentId);
    else if (habits.autoCapture && !world.capturedByHand.has(payment.order_id ?? ''))
      capture(paymentId);
  }

  function capture(paymentId: string): void {
    const payment = known(world.payments, paymentId);
    Object.assign(payment, { status: 'captured', captured: true });
    tell('payment.captured', { payment });
    const order = orderOf(payment);
    if (order === undefined) return;
    Object.assign(order, { status: 'paid', amount_paid: order.amount, amount_due: 0 });
    tell('order.paid', { payment, order });
  }

  function fail(paymentId: string): void {
    const payment = known(world.payments, paymentId);
    Object.assign(payment, {
      status: 'failed',
      error_code: 'BAD_REQUEST_ERROR',
      error_description: 'Payment processing failed because of a time-out at the bank',
      error_source: 'bank',
      error_step: 'payment_authorization',
      error_reason: 'payment_timed_out',
    });
    tell('payment.failed', { payment });
  }

  /** Nobody captured it: Razorpay sends an authorization back by itself. */
  function lapse(paymentId: string): void {
    const payment = known(world.payments, paymentId);
    payment.status = 'refunded';
    refund(paymentId, payment.amount, null);
  }

  function refund(
    paymentId: string,
    amount: number,
    receipt: string | null,
    status: Refund['status'] = habits.refundStatus,
  ): Refund {
    const payment = known(world.payments, paymentId);
    const made: Refund = {
      id: newId('rfnd'),
      entity: 'refund',
      payment_id: paymentId,
      amount,
      currency: payment.currency,
      status,
      receipt,
      notes: [],
      created_at: nowS(),
    };
    world.refunds.set(made.id, made);
    count(payment);
    tell('refund.created', { refund: made, payment });
    if (made.status !== 'pending') tell(`refund.${made.status}`, { refund: made, payment });
    return made;
  }

  function endRefund(refundId: string, status: 'processed' | 'failed'): void {
    const made = known(world.refunds, refundId);
    const payment = known(world.payments, made.payment_id);
    made.status = status;
    count(payment);
    tell(`refund.${status}`, { refund: made, payment });
  }

  function dispute(paymentId: string, phase = 'chargeback'): string {
    const payment = known(world.payments, paymentId);
    const made: Dispute = {
      id: newId('disp'),
      entity: 'dispute',
      payment_id: paymentId,
      amount: payment.amount,
      currency: payment.currency,
      amount_deducted: 0,
      reason_code: 'goods_or_services_not_received_or_partially_received',
      status: 'open',
      phase,
      respond_by: nowS() + WEEK_S,
      created_at: nowS(),
    };
    world.disputes.set(made.id, made);
    tell('payment.dispute.created', { payment, dispute: made });
    return made.id;
  }

  function endDispute(disputeId: string, status: 'won' | 'lost'): void {
    const made = known(world.disputes, disputeId);
    made.status = status;
    made.amount_deducted = status === 'lost' ? made.amount : 0;
    const payment = known(world.payments, made.payment_id);
    tell(`payment.dispute.${status}`, { payment, dispute: made });
  }

  function orderOf({ order_id }: Payment) {
    return order_id === null ? undefined : world.orders.get(order_id);
  }

  function count(payment: Payment): void {
    const sum = [...world.refunds.values()]
      .filter((made) => made.payment_id === payment.id && made.status !== 'failed')
      .reduce((total, made) => total + made.amount, 0);
    payment.amount_refunded = sum;
    payment.refund_status = sum === 0 ? null : sum < payment.amount ? 'partial' : 'full';
    if (payment.captured)
      payment.status = payment.refund_status === 'full' ? 'refunded' : 'captured';
  }

  return {
    start,
    promise,
    lose,
    authorize,
    capture,
    fail,
    lapse,
    refund,
    endRefund,
    dispute,
    endDispute,
  };
}

/** @returns the payments that brought money for an order */
export function capturesOf(world: World, orderId: string): Payment[] {
  return paymentsOf(world, orderId).filter(({ captured }) => captured);
}

function newPayment(amount: number, currency: string, order_id: string): Payment {
  return {
    id: newId('pay'),
    entity: 'payment',
    amount,
    currency,
    status: 'created',
    order_id,
    method: 'upi',
    amount_refunded: 0,
    refund_status: null,
    captured: false,
    notes: [],
    error_code: null,
    error_description: null,
    error_source: null,
    error_step: null,
    error_reason: null,
    created_at: nowS(),
  };
}
