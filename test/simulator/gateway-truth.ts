/**
 * What really happened to money: the simulated gateway's own books. Whatever changes here is told as a
 * fact; what the order makes of it is judged by these books and by nothing else.
 */
import type {
  DisputeStatus,
  Fact,
  MadeBy,
  PaymentSnapshot,
  RefundSnapshot,
  RefundStatus,
  SnapshotStatus,
} from '../../src/domain/facts/facts.ts';

export interface TrueRefund {
  refundId: string;
  amountMinor: number;
  status: RefundStatus;
}

export interface TruePayment {
  paymentId: string;
  orderId: string;
  amountMinor: number;
  currency: string;
  status: SnapshotStatus;
  captures: { captureId: string; amountMinor: number; reversed: boolean }[];
  refunds: TrueRefund[];
  disputes: { disputeId: string; amountMinor: number; status: DisputeStatus }[];
  /** The key under which we asked for it; null for a payment that somebody else began. */
  key: string | null;
  /** Whose mark it carries. */
  installation: MadeBy;
  /** A part that is captured leaves the rest of it authorized. */
  isTakenByParts: boolean;
  /** It failed, expired or was voided once, even if it came back to life. */
  hasEnded: boolean;
}

export type NewPayment = Pick<
  TruePayment,
  'orderId' | 'amountMinor' | 'currency' | 'key' | 'installation'
> &
  Partial<Pick<TruePayment, 'isTakenByParts'>>;

type Body<F> = F extends Fact ? Omit<F, 'paymentId' | 'currency'> : never;

export interface GatewayTruth {
  payments: TruePayment[];
  open(payment: NewPayment): TruePayment;
  move(payment: TruePayment, status: Exclude<SnapshotStatus, 'created' | 'captured'>): void;
  capture(payment: TruePayment, amountMinor: number): void;
  reverse(payment: TruePayment, captureId: string): void;
  /** Nobody at the gateway knows it any more. */
  forget(payment: TruePayment): void;
  refund(payment: TruePayment, amountMinor: number, status: 'pending' | 'succeeded'): TrueRefund;
  settleRefund(payment: TruePayment, refund: TrueRefund, status: RefundStatus): void;
  dispute(payment: TruePayment, disputeId: string, status: DisputeStatus): void;
}

/** @param tell hears of every fact as soon as it is true */
export function createGatewayTruth(tell: (fact: Fact, payment: TruePayment) => void): GatewayTruth {
  const payments: TruePayment[] = [];
  let named = 0;
  const name = (kind: string): string => {
    named += 1;
    return `${kind}_${named}`;
  };
  const say = (payment: TruePayment, body: Body<Fact>): void => {
    const { paymentId, currency } = payment;
    tell({ ...body, paymentId, currency } as Fact, payment);
  };
  return {
    payments,
    open(given) {
      const made: TruePayment = {
        isTakenByParts: false,
        ...given,
        paymentId: name('pay'),
        status: 'created',
        captures: [],
        refunds: [],
        disputes: [],
        hasEnded: false,
      };
      payments.push(made);
      return made;
    },
    move(payment, status) {
      payment.status = status;
      if (!isOpen(payment)) payment.hasEnded = true;
      say(payment, { type: `payment.${status}`, amountMinor: payment.amountMinor });
    },
    capture(payment, amountMinor) {
      const isWhole = payment.captures.length === 0 && amountMinor === payment.amountMinor;
      const captureId = isWhole ? payment.paymentId : name('cap');
      const isRestHeld = payment.status === 'authorized' && amountMinor < untakenMinor(payment);
      if (!isRestHeld || !payment.isTakenByParts) payment.status = 'captured';
      payment.captures.push({ captureId, amountMinor, reversed: false });
      const part = isWhole ? {} : { captureId };
      say(payment, { type: 'payment.captured', amountMinor, ...part });
    },
    forget(payment) {
      payments.splice(payments.indexOf(payment), 1);
    },
    reverse(payment, captureId) {
      const capture = payment.captures.find((candidate) => candidate.captureId === captureId);
      if (capture === undefined || capture.reversed) return;
      capture.reversed = true;
      const { amountMinor } = capture;
      const part = captureId === payment.paymentId ? {} : { captureId };
      say(payment, { type: 'capture.reversed', amountMinor, ...part });
    },
    refund(payment, amountMinor, status) {
      const refund: TrueRefund = { refundId: name('ref'), amountMinor, status };
      payment.refunds.push(refund);
      say(payment, { type: `refund.${status}`, amountMinor, refundId: refund.refundId });
      return refund;
    },
    settleRefund(payment, refund, status) {
      refund.status = status;
      const { refundId, amountMinor } = refund;
      say(payment, { type: `refund.${status}`, amountMinor, refundId });
    },
    dispute(payment, disputeId, status) {
      const known = payment.disputes.find((candidate) => candidate.disputeId === disputeId);
      const dispute = known ?? { disputeId: name('dsp'), amountMinor: heldMinor(payment), status };
      if (known === undefined) payment.disputes.push(dispute);
      dispute.status = status;
      const { amountMinor } = dispute;
      say(payment, { type: `dispute.${status}`, amountMinor, disputeId: dispute.disputeId });
    },
  };
}

function sum(amounts: { amountMinor: number }[]): number {
  return amounts.reduce((total, { amountMinor }) => total + amountMinor, 0);
}

/** What was never captured of it. */
export function untakenMinor({ amountMinor, captures }: TruePayment): number {
  return amountMinor - sum(captures);
}

/** Captured and not taken back by a reversal. */
export function heldMinor({ captures }: TruePayment): number {
  return sum(captures.filter(({ reversed }) => !reversed));
}

/** What may still be refunded: a pending refund has claimed its share already. */
export function leftMinor(payment: TruePayment): number {
  const gone = payment.refunds.filter(
    ({ status }) => status === 'pending' || status === 'succeeded',
  );
  return heldMinor(payment) - sum(gone);
}

export function isOpen({ status }: TruePayment): boolean {
  return status === 'created' || status === 'pending' || status === 'authorized';
}

export function refundSnapshot(
  { paymentId, currency }: TruePayment,
  refund: TrueRefund,
): RefundSnapshot {
  return { ...refund, paymentId, currency };
}

/** The payment as the gateway's API tells it at this moment. */
export function snapshotOf(payment: TruePayment): PaymentSnapshot {
  const { key: _, hasEnded: __, isTakenByParts: ___, ...told } = payment;
  return {
    ...told,
    captures: payment.captures.map((capture) => ({ ...capture })),
    refunds: payment.refunds.map((refund) => refundSnapshot(payment, refund)),
    disputes: payment.disputes.map((dispute) => ({ ...dispute })),
  };
}
