/**
 * Facts: what a gateway says has happened to money. A fact reads the same whether it came by
 * webhook, verify, poll or an operator's hand, and carries the gateway's own ids, never ours.
 */

export const PAYMENT_FACTS = [
  'payment.pending',
  'payment.authorized',
  'payment.captured',
  'payment.failed',
  'payment.expired',
  'payment.voided',
] as const;
export const CAPTURE_FACTS = ['capture.reversed'] as const;
export const REFUND_FACTS = [
  'refund.pending',
  'refund.succeeded',
  'refund.failed',
  'refund.reversed',
] as const;
export const DISPUTE_FACTS = [
  'dispute.inquiry',
  'dispute.opened',
  'dispute.won',
  'dispute.lost',
] as const;
/** What was asked for, and accepted to be done later, was refused after all. */
export const REFUSAL_FACTS = ['capture.refused', 'void.refused'] as const;

/** Ids by which a gateway's calls name a payment where its own id does not do: each by a name of the gateway's choice. */
export type GatewayIds = Readonly<Record<string, string>>;

interface Money {
  amountMinor: number;
  currency: string;
  /** What the order has to name in later calls; kept with the payment, the first value of each name for good. */
  gatewayIds?: GatewayIds;
  /** Who made the payment, where only webhooks can say so; absent where the gateway is asked. */
  madeBy?: 'ours' | 'other';
}

export type PaymentFact = Money & {
  type: (typeof PAYMENT_FACTS)[number];
  paymentId: string;
  /** Names one of several captures of a payment; absent means the payment was captured as a whole. */
  captureId?: string;
  /** The gateway takes no more than the payment's amount: what is above it is a fee that the customer bears. */
  mayIncludeFee?: boolean;
};
export type CaptureFact = Money & {
  type: (typeof CAPTURE_FACTS)[number];
  paymentId: string;
  captureId?: string;
};
export type RefundFact = Money & {
  type: (typeof REFUND_FACTS)[number];
  paymentId: string;
  refundId: string;
};
export type DisputeFact = Money & {
  type: (typeof DISPUTE_FACTS)[number];
  paymentId: string;
  disputeId: string;
  /** Epoch milliseconds until which the shop may answer; absent where the gateway awaits no answer, or does not say. */
  respondBy?: number;
};

export type RefusalFact = Money & {
  type: (typeof REFUSAL_FACTS)[number];
  paymentId: string;
  /** The gateway's id of the call that it refuses. */
  callId: string;
};

export type Fact = PaymentFact | CaptureFact | RefundFact | DisputeFact | RefusalFact;

/** The installation that made a gateway's object: this one, another one, or none that it names. */
export type MadeBy = 'ours' | 'other' | 'none';

/** A gateway's whole present state of one payment, as its API returns it. */
export interface PaymentSnapshot {
  paymentId: string;
  /** Other ids by which it was asked for: some gateways also name each try of a customer. */
  aliases?: string[];
  /** As in a fact. */
  gatewayIds?: GatewayIds;
  /** The order that the gateway's object names; null when it names none. */
  orderId: string | null;
  /** Absent in the answers of histories from before it was kept. */
  installation?: MadeBy;
  /** `authorized` as long as money is held that can be captured, also after a part of it was. */
  status: SnapshotStatus;
  amountMinor: number;
  currency: string;
  captures: CaptureSnapshot[];
  refunds: RefundSnapshot[];
  disputes: DisputeSnapshot[];
  /**
   * Epoch milliseconds until which a customer may pay what is pending, or the gateway holds what is authorized; absent
   * where it names none.
   */
  expiresAt?: number;
  /** Minor units that the gateway itself let the customer off: it calls the payment paid in full. */
  discountMinor?: number;
  /** What the gateway said that this version does not know, such as a new status. The rest counts. */
  unknown?: string[];
}

export interface CaptureSnapshot {
  captureId: string;
  amountMinor: number;
  reversed: boolean;
  /** Minor units that the customer paid to the gateway on top of the amount. */
  feeMinor?: number;
}

export interface DisputeSnapshot {
  disputeId: string;
  amountMinor: number;
  status: DisputeStatus;
  /** As in a fact. */
  respondBy?: number;
}

export type SnapshotStatus =
  | 'created'
  | 'pending'
  | 'authorized'
  | 'captured'
  | 'failed'
  | 'expired'
  | 'voided';
export type RefundStatus = 'pending' | 'succeeded' | 'failed' | 'reversed';
/** The last millisecond that a date can name. */
export const LAST_TIME_MS = 8_640_000_000_000_000;

export const DISPUTE_STATUSES = ['inquiry', 'opened', 'won', 'lost'] as const;
export type DisputeStatus = (typeof DISPUTE_STATUSES)[number];

export interface RefundSnapshot {
  refundId: string;
  paymentId: string;
  amountMinor: number;
  currency: string;
  status: RefundStatus;
}

export function captureIdOf(fact: PaymentFact | CaptureFact): string {
  return fact.captureId ?? fact.paymentId;
}

/** The identity of a fact: the same however often and by whichever way it arrives. */
export function factKey(fact: Fact): string {
  if (isRefundFact(fact)) return `${fact.type}:${fact.refundId}`;
  if (isDisputeFact(fact)) return `${fact.type}:${fact.disputeId}`;
  if (isRefusalFact(fact)) return `${fact.type}:${fact.callId}`;
  if (isCaptureFact(fact)) return `${fact.type}:${captureIdOf(fact)}`;
  return `${fact.type}:${fact.paymentId}`;
}

/** Is it about money that was captured, and not about where its payment stands? */
export function isCaptureFact({ type }: Fact): boolean {
  return type === 'payment.captured' || type === 'capture.reversed';
}

export function isRefusalFact(fact: Fact): fact is RefusalFact {
  return fact.type === 'capture.refused' || fact.type === 'void.refused';
}

export function isRefundFact(fact: Fact): fact is RefundFact {
  return fact.type.startsWith('refund.');
}

export function isDisputeFact(fact: Fact): fact is DisputeFact {
  return fact.type.startsWith('dispute.');
}

/** Every fact in a snapshot, oldest kind first; a payment that was only created has none. */
export function factsOf(snapshot: PaymentSnapshot): Fact[] {
  const { paymentId, amountMinor, currency, status } = snapshot;
  const facts: Fact[] = [];
  if (status !== 'created' && status !== 'captured')
    facts.push({ type: `payment.${status}`, paymentId, amountMinor, currency });
  for (const { captureId, amountMinor, reversed } of snapshot.captures) {
    const capture = { paymentId, captureId, amountMinor, currency };
    facts.push({ type: 'payment.captured', ...capture });
    if (reversed) facts.push({ type: 'capture.reversed', ...capture });
  }
  for (const { refundId, amountMinor, currency, status } of snapshot.refunds)
    facts.push({ type: `refund.${status}`, paymentId, refundId, amountMinor, currency });
  for (const { status, ...dispute } of snapshot.disputes)
    facts.push({ type: `dispute.${status}`, paymentId, currency, ...dispute });
  return facts;
}
