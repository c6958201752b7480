/** What Mollie knows: payments with their refunds and chargebacks, and the webhook of each. */
import { randomBytes } from 'node:crypto';

export interface Money {
  currency: string;
  value: string;
}

export interface MolliePayment {
  id: string;
  status: string;
  amount: Money;
  amountCaptured?: Money;
  metadata: Record<string, string>;
  captureMode?: string;
  webhookUrl?: string;
  refunds: MollieRefund[];
  chargebacks: { id: string; amount: Money; reversedAt: string | null }[];
}

export interface MollieRefund {
  id: string;
  status: string;
  amount: Money;
  metadata: Record<string, string>;
}

/** An answer of the API with an error. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly field: string | undefined;

  constructor(status: number, detail: string, field?: string) {
    super(detail);
    this.status = status;
    this.field = field;
  }
}

export type Account = ReturnType<typeof createAccount>;

/** @param notify called when Mollie would call the webhook of a payment */
export function createAccount(notify: (payment: MolliePayment) => void) {
  const payments = new Map<string, MolliePayment>();
  const newId = (prefix: string): string => `${prefix}_${randomBytes(8).toString('hex')}`;

  function find(id: string): MolliePayment {
    const payment = payments.get(id);
    if (payment === undefined) throw new ApiProblem(404, `No payment exists with token ${id}.`);
    return payment;
  }

  function move(id: string, from: readonly string[], status: string): MolliePayment {
    const payment = find(id);
    if (!from.includes(payment.status))
      throw new ApiProblem(422, `The payment is ${payment.status}`);
    payment.status = status;
    // docs.mollie.com/docs/handling-payment-status: open and pending are not told.
    if (status !== 'pending') notify(payment);
    return payment;
  }

  return {
    payments,
    find,
    move,
    create(
      given: Pick<MolliePayment, 'amount' | 'metadata' | 'captureMode' | 'webhookUrl'>,
    ): MolliePayment {
      const payment = { id: newId('tr'), status: 'open', refunds: [], chargebacks: [], ...given };
      payments.set(payment.id, payment);
      return payment;
    },
    capture(id: string, amount: Money): string {
      const payment = find(id);
      if (payment.status !== 'authorized') throw new ApiProblem(422, 'nothing is authorized');
      if (cents(amount) > cents(payment.amount)) throw new ApiProblem(422, 'too much', 'amount');
      payment.amountCaptured = amount;
      if (cents(amount) === cents(payment.amount)) move(id, ['authorized'], 'paid');
      return newId('cpt');
    },
    release(id: string): void {
      const { amountCaptured } = find(id);
      move(id, ['authorized'], amountCaptured === undefined ? 'canceled' : 'paid');
    },
    refund(
      id: string,
      amount: Money,
      metadata: Record<string, string> = {},
      status = 'pending',
    ): MollieRefund {
      const payment = find(id);
      if (payment.status !== 'paid') throw new ApiProblem(422, 'The payment is not paid');
      const gone = payment.refunds
        .filter((refund) => refund.status !== 'failed' && refund.status !== 'canceled')
        .reduce((sum, refund) => sum + cents(refund.amount), 0);
      if (gone + cents(amount) > cents(payment.amountCaptured ?? payment.amount))
        throw new ApiProblem(422, 'The amount is higher than the maximum', 'amount');
      const refund = { id: newId('re'), status, amount, metadata };
      payment.refunds.push(refund);
      if (status !== 'pending') notify(payment);
      return refund;
    },
    endRefund(refundId: string, status: string): void {
      for (const payment of payments.values())
        for (const refund of payment.refunds.filter(({ id }) => id === refundId)) {
          refund.status = status;
          notify(payment);
        }
    },
    chargeBack(id: string): void {
      const payment = find(id);
      payment.chargebacks.push({ id: newId('chb'), amount: payment.amount, reversedAt: null });
      notify(payment);
    },
    /** docs.mollie.com/overview/webhooks: the webhook is called when a chargeback is received, and not when it is reversed. */
    reverseChargeback(id: string): void {
      for (const chargeback of find(id).chargebacks)
        chargeback.reversedAt = new Date().toISOString();
    },
  };
}

/** Only ever compared with each other, in one currency. */
function cents({ value }: Money): number {
  return Number(value.replace('.', ''));
}
