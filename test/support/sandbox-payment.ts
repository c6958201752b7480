/** A payment as the sandbox gateway shows it, told as every gateway's payments are. */
import type { StoredPayment } from './gateway-driver.ts';

export interface SandboxPayment {
  id: string;
  orderId: string;
  amount: number;
  currency: string;
  metadata: Record<string, string>;
  status: string;
  captures: { amount: number; reversed: boolean }[];
  refunds: { id: string; amount: number; status: string }[];
  disputes: { amount: number; status: string }[];
}

export function stored(payment: SandboxPayment): StoredPayment {
  const { captures, refunds, disputes } = payment;
  const capturesMinor = captures.filter(({ reversed }) => !reversed).map(({ amount }) => amount);
  const lost = disputes.filter(({ status }) => status === 'lost');
  return {
    paymentId: payment.id,
    currency: payment.currency,
    capturesMinor,
    capturedMinor: sum(capturesMinor),
    refundsMinor: refunds
      .filter(({ status }) => status === 'succeeded')
      .map(({ amount }) => amount),
    lostMinor: sum(lost.map(({ amount }) => amount)),
    isVoided: payment.status === 'voided',
  };
}

function sum(amounts: number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
