/** A payment link as a payment of ours, told from Adyen's own books. */
import type { StoredPayment } from '../../support/gateway-driver.ts';
import { type Account, type Link, type Modification, standing } from './account.ts';

/** By how much Adyen's units of a currency are divided to be those of ISO 4217. */
const ADYEN_UNITS: Readonly<Record<string, number>> = {
  CLP: 100,
  CVE: 1 / 100,
  IDR: 1 / 100,
  ISK: 100,
};

export function toIso({ value, currency }: { value: number; currency: string }): number {
  return Math.round(value / (ADYEN_UNITS[currency] ?? 1));
}

export function toAdyen(amountMinor: number, currency: string) {
  const units = ADYEN_UNITS[currency];
  return { value: units === undefined ? amountMinor : Math.round(amountMinor * units), currency };
}

export function stored(account: Account, link: Link): StoredPayment {
  const payment = account.paidBy(link);
  const amounts = (made: readonly Modification[]): number[] =>
    made.map(({ amount }) => toIso(amount));
  const capturesMinor = amounts(standing(payment?.captures ?? []));
  const isLost = payment?.dispute?.status === 'lost' || payment?.dispute?.status === 'second';
  const refunds = (payment?.refunds ?? []).filter(({ status }) => status === 'succeeded');
  return {
    paymentId: link.reference,
    currency: link.amount.currency,
    capturesMinor,
    capturedMinor: capturesMinor.reduce((total, amount) => total + amount, 0),
    refundsMinor: amounts(refunds),
    lostMinor: isLost ? toIso(link.amount) : 0,
    isVoided: payment === undefined ? link.status === 'expired' : payment.status === 'cancelled',
  };
}
