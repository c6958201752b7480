/**
 * A month of orders and what the gateways report of it, by a seed: correct, or with differences planted, each of
 * which says how it is to be found.
 */
import { seededRandom } from '../../src/sandbox/faults/seeded-random.ts';
import type { BookTerms } from '../../src/store/settlements/terms.ts';
import {
  type RazorpayRow,
  razorpayReport,
  type StripeRow,
  stripeReport,
} from './settlement-files.ts';
import type { SettlementWorld } from './settlement-world.ts';

/** What a difference is about, and what it is found as. */
export interface Planted {
  kind: string;
  reference: string;
}

export interface MonthFiles {
  stripe: string;
  razorpay: string;
  planted: Planted[];
}

export const MONTH_TERMS: BookTerms = {
  reportedWithinDays: 3,
  fees: [
    { gateway: 'stripe', currency: 'USD', percent: '2.9', fixedMinor: 30, taxPercent: '0' },
    { gateway: 'razorpay', currency: 'INR', percent: '2', fixedMinor: 0, taxPercent: '18' },
  ],
};

/** Every kind of difference, with the gateways at which it is planted. */
export const FAULTS = [
  'foreign_payment',
  'foreign_refund',
  'foreign_dispute',
  'capture_missing',
  'refund_missing',
  'dispute_missing',
  'capture_amount',
  'refund_amount',
  'dispute_amount',
  'capture_unreported',
  'refund_unreported',
  'fee',
  'fee_tax',
  'payout',
] as const;
export type Fault = (typeof FAULTS)[number];

interface Sale {
  orderId: string;
  paymentId: string;
  amountMinor: number;
  day: number;
}

/** Money with two decimals, which is all that these months have. */
function decimal(minor: number): string {
  const sign = minor < 0 ? '-' : '';
  const all = String(Math.abs(minor)).padStart(3, '0');
  return `${sign}${all.slice(0, -2)}.${all.slice(-2)}`;
}

const timeOf = (day: number): string => `2026-01-${String(day).padStart(2, '0')} 12:00:00`;
const instantOf = (day: number): string => `${timeOf(day).replace(' ', 'T')}Z`;

/** Reports go on to the end of the month, so that what they do not show by then is missing. */
const DAYS = 20;
const LAST_DAY = 28;

/** Writes the orders and answers the reports. */
export async function livedMonth(
  world: SettlementWorld,
  { seed, sales, faults }: { seed: number; sales: number; faults: readonly Fault[] },
): Promise<MonthFiles> {
  const random = seededRandom(seed);
  const whole = (from: number, to: number): number => from + Math.floor(random() * (to - from + 1));
  const planted: Planted[] = [];
  const stripe = new StripeMonth();
  const razorpay = new RazorpayMonth();
  const due = [...faults];

  async function sale(index: number, gateway: 'stripe' | 'razorpay', fault: Fault | undefined) {
    const prefix = `${gateway}_${seed}_${index}`;
    const one: Sale = {
      orderId: `ord_${prefix}`,
      paymentId: gateway === 'stripe' ? `pi_${prefix}` : `pay_${prefix}`,
      amountMinor: whole(500, 900_000),
      day: whole(2, DAYS),
    };
    const currency = gateway === 'stripe' ? 'USD' : 'INR';
    const month = gateway === 'stripe' ? stripe : razorpay;
    const isForeign = fault?.startsWith('foreign') ?? false;
    const plant = (reference: string): void => {
      planted.push({ kind: fault ?? '', reference });
    };
    if (fault === 'foreign_payment') plant(one.paymentId);
    if (!isForeign)
      await world.paidOrder({
        ...one,
        currency,
        gateway,
        at: instantOf(one.day),
        ...(fault === 'capture_missing' && { isUnknown: true as const }),
      });
    if (fault === 'capture_missing') plant(one.paymentId);
    if (fault === 'capture_unreported') return plant(one.paymentId);
    if (fault === 'foreign_refund') {
      const refundId = `re_${prefix}`;
      month.refund(one, refundId, whole(1, one.amountMinor));
      return plant(refundId);
    }
    if (fault === 'foreign_dispute') {
      month.dispute(one, `dp_${prefix}`, one.amountMinor);
      return plant(`dp_${prefix}`);
    }
    if (fault === 'capture_amount') plant(one.paymentId);
    const shown = fault === 'capture_amount' ? one.amountMinor + whole(1, 500) : one.amountMinor;
    const lineId = month.capture(
      { ...one, amountMinor: shown },
      fault === 'fee' || fault === 'fee_tax' ? fault : null,
    );
    if (fault === 'fee' || fault === 'fee_tax') plant(lineId);
    const wantsRefund = fault?.startsWith('refund') || (fault === undefined && random() < 0.3);
    const wantsDispute =
      fault?.startsWith('dispute') || (fault === undefined && !wantsRefund && random() < 0.2);
    if (wantsRefund) {
      const refundId = `re_${prefix}`;
      const amountMinor = whole(2, one.amountMinor);
      if (fault !== 'refund_missing')
        await world.refund({
          ...one,
          refundId,
          amountMinor,
          currency,
          gateway,
          at: instantOf(one.day),
        });
      if (fault !== 'refund_unreported')
        month.refund(one, refundId, fault === 'refund_amount' ? amountMinor - 1 : amountMinor);
      if (fault !== undefined) plant(refundId);
    }
    if (wantsDispute) {
      const disputeId = `dp_${prefix}`;
      const status = (['opened', 'won', 'lost'] as const)[whole(0, 2)] ?? 'opened';
      if (fault !== 'dispute_missing')
        await world.dispute({ ...one, disputeId, currency, gateway, status });
      month.dispute(
        one,
        disputeId,
        fault === 'dispute_amount' ? one.amountMinor - 1 : one.amountMinor,
      );
      if (status === 'won' && fault === undefined) month.disputeWon(one, disputeId);
      if (fault !== undefined) plant(disputeId);
    }
  }

  for (let index = 0; index < sales; index += 1) {
    await sale(
      index,
      'stripe',
      due.length > 0 && index % 2 === 1 ? takeFor(due, 'stripe') : undefined,
    );
    await sale(
      index,
      'razorpay',
      due.length > 0 && index % 2 === 0 ? takeFor(due, 'razorpay') : undefined,
    );
  }
  if (due.includes('payout')) planted.push({ kind: 'payout', reference: stripe.payoutOf(DAYS) });
  return {
    stripe: stripe.report(due.includes('payout')),
    razorpay: razorpay.report(),
    planted,
  };
}

/** Razorpay’s dashboard names no payment of a refund or dispute, and shows the tax that Stripe does not. */
function takeFor(due: Fault[], gateway: 'stripe' | 'razorpay'): Fault | undefined {
  const index = due.findIndex((fault) => {
    if (fault === 'payout') return false;
    if (fault === 'fee_tax') return gateway === 'razorpay';
    return gateway === 'stripe' || !fault.includes('dispute');
  });
  return index === -1 ? undefined : due.splice(index, 1)[0];
}

class StripeMonth {
  private readonly rows: (StripeRow & { day: number })[] = [];

  payoutOf(day: number): string {
    return `po_${day}`;
  }

  capture({ paymentId, orderId, amountMinor, day }: Sale, fault: 'fee' | 'fee_tax' | null): string {
    const fee = Math.round((amountMinor * 29) / 1000) + 30 + (fault === 'fee' ? 25 : 0);
    return this.add(day, 'charge', amountMinor, fee, {
      source_id: `ch_${paymentId}`,
      payment_intent_id: paymentId,
      'payment_metadata[orderId]': orderId,
    });
  }

  refund({ paymentId, day }: Sale, refundId: string, amountMinor: number): void {
    this.add(day, 'refund', -amountMinor, 0, { source_id: refundId, payment_intent_id: paymentId });
  }

  dispute({ paymentId, day }: Sale, disputeId: string, amountMinor: number): void {
    this.add(day, 'dispute', -amountMinor, 1500, {
      source_id: disputeId,
      payment_intent_id: paymentId,
    });
  }

  disputeWon({ paymentId, day, amountMinor }: Sale, disputeId: string): void {
    this.add(day, 'dispute_reversal', amountMinor, 0, {
      source_id: disputeId,
      payment_intent_id: paymentId,
    });
  }

  /** With a fee of its own row, a reserve with its release, and a payout a day. */
  report(hasWrongPayout: boolean): string {
    this.add(DAYS, 'fee', -250, 0, {});
    this.add(DAYS, 'risk_reserved_funds', -2500, 0, {});
    this.add(DAYS, 'risk_reserved_funds', 2500, 0, {});
    const days = [...new Set(this.rows.map(({ day }) => day))];
    for (const day of days) {
      const sum = this.rows
        .filter((row) => row.day === day)
        .reduce((total, { net = '' }) => total + Math.round(Number(net) * 100), 0);
      const sent = sum - (hasWrongPayout && day === DAYS ? 100 : 0);
      this.add(day, 'payout', -sent, 0, { source_id: this.payoutOf(day) });
    }
    this.add(LAST_DAY, 'other_adjustment', 1, 0, {});
    return stripeReport(this.rows.map(({ day: _day, ...row }) => row));
  }

  private add(day: number, category: string, gross: number, fee: number, more: StripeRow): string {
    const id = `txn_${this.rows.length}`;
    this.rows.push({
      day,
      balance_transaction_id: id,
      created_utc: timeOf(day),
      gross: decimal(gross),
      fee: decimal(fee),
      net: decimal(gross - fee),
      reporting_category: category,
      automatic_payout_id: day === LAST_DAY ? '' : this.payoutOf(day),
      ...more,
    });
    return id;
  }
}

class RazorpayMonth {
  private readonly rows: RazorpayRow[] = [];

  capture({ paymentId, orderId, amountMinor, day }: Sale, fault: 'fee' | 'fee_tax' | null): string {
    const fee = Math.round((amountMinor * 2) / 100) + (fault === 'fee' ? 25 : 0);
    const tax = Math.round((fee * 18) / 100) + (fault === 'fee_tax' ? 25 : 0);
    this.rows.push({
      transaction_entity: 'payment',
      entity_id: paymentId,
      amount: decimal(amountMinor),
      'fee (exclusive tax)': decimal(fee),
      tax: decimal(tax),
      credit: decimal(amountMinor - fee - tax),
      entity_created_at: timeOf(day),
      payment_notes: JSON.stringify({ orderId }),
      settlement_id: `setl_${day}`,
    });
    return paymentId;
  }

  refund({ orderId, day }: Sale, refundId: string, amountMinor: number): void {
    this.rows.push({
      transaction_entity: 'refund',
      entity_id: refundId,
      amount: decimal(amountMinor),
      debit: decimal(amountMinor),
      entity_created_at: timeOf(day),
      order_notes: JSON.stringify({ orderId }),
      settlement_id: `setl_${day}`,
    });
  }

  dispute({ orderId, day }: Sale, disputeId: string, amountMinor: number): void {
    this.adjust(`adj_${disputeId}`, disputeId, { orderId, day }, { debit: decimal(amountMinor) });
  }

  disputeWon({ orderId, day, amountMinor }: Sale, disputeId: string): void {
    const credit = decimal(amountMinor);
    this.adjust(`adj_${disputeId}_won`, disputeId, { orderId, day }, { credit });
  }

  report(): string {
    this.adjust('adj_last', '', { orderId: '', day: LAST_DAY }, { credit: '0.01' });
    return razorpayReport(this.rows);
  }

  private adjust(
    id: string,
    disputeId: string,
    { orderId, day }: { orderId: string; day: number },
    side: { debit: string } | { credit: string },
  ): void {
    this.rows.push({
      transaction_entity: 'adjustment',
      entity_id: id,
      amount: Object.values(side)[0] ?? '',
      ...side,
      entity_created_at: timeOf(day),
      dispute_id: disputeId,
      order_notes: orderId === '' ? '' : JSON.stringify({ orderId }),
      settlement_id: `setl_${day}`,
    });
  }
}
