/**
 * What the sandbox gateway knows about one payment, and the sums that follow from it.
 * Sums are always computed from captures and refunds and never kept beside them.
 */

export type PaymentStatus =
  | 'created'
  | 'pending'
  | 'authorized'
  | 'captured'
  | 'failed'
  | 'expired'
  | 'voided';
export type RefundStatus = 'pending' | 'succeeded' | 'failed' | 'reversed';
export type DisputeStatus = 'opened' | 'won' | 'lost';

export type CaptureMethod = 'automatic' | 'manual';

export type Capture = {
  readonly captureId: string;
  readonly amountMinor: number;
  readonly reversed: boolean;
};

export type Refund = {
  readonly id: string;
  readonly status: RefundStatus;
  readonly amountMinor: number;
  readonly createdAt: string;
};

export type Dispute = {
  readonly id: string;
  readonly status: DisputeStatus;
  readonly amountMinor: number;
  /** Until when the merchant may answer; absent where no answer is awaited, and in disputes from before it was kept. */
  readonly respondBy?: string;
};

export type Payment = {
  readonly id: string;
  readonly orderId: string;
  readonly status: PaymentStatus;
  readonly amountMinor: number;
  readonly currency: string;
  /** Whatever the merchant keeps with it; shown again, and told with each event. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdAt: string;
  /** `manual`: the customer authorizes alone, and a part that is captured leaves the rest authorized. */
  readonly capture: CaptureMethod;
  /** Until when what is authorized can be captured, as the gateway says; null where it does not. */
  readonly authorizedUntil: string | null;
  readonly captures: readonly Capture[];
  readonly refunds: readonly Refund[];
  readonly disputes: readonly Dispute[];
};

type Amount = { readonly amountMinor: number };

const sum = (entries: readonly Amount[]): number =>
  entries.reduce((total, entry) => total + entry.amountMinor, 0);

/** What was captured and not reversed since, in minor units. */
export const amountCapturedMinor = (payment: Payment): number =>
  sum(payment.captures.filter((capture) => !capture.reversed));

/** What has reached the customer again, in minor units; a pending refund has not. */
export const amountRefundedMinor = (payment: Payment): number =>
  sum(payment.refunds.filter((refund) => refund.status === 'succeeded'));

/** What may still be refunded, in minor units; a pending refund has already claimed its share. */
export const amountRefundableMinor = (payment: Payment): number =>
  amountCapturedMinor(payment) -
  sum(payment.refunds.filter(({ status }) => status === 'pending' || status === 'succeeded'));
