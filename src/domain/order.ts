/** What an order is agreed to be: fixed at its start, never changed afterwards. */

export const ORDER_STATES = [
  'initiated',
  'pending',
  'partially_paid',
  'paid',
  'failed',
  'cancelled',
  'refunded',
] as const;

export type OrderState = (typeof ORDER_STATES)[number];

/** The terms of an order. Amounts are minor units of `currency` (ISO 4217), times are epoch milliseconds. */
export interface OrderTerms {
  orderId: string;
  amountMinor: number;
  currency: string;
  gateway: string;
  customerId: string;
  createdAt: number;
  expiresAt: number;
  /** How long a settled order stays open for late events. */
  settlementWindowMs: number;
  /** Which rules decide about it, see rules.ts; absent in orders from before they were numbered. */
  rules?: number;
  /** Is the gateway asked about the order while it is paid? Absent in orders from before that was done. */
  syncsWhenPaid?: true;
  /**
   * For how long a call may be repeated under its key; absent where the gateway remembers keys for a day, and in
   * orders from before that was asked.
   */
  keyWindowMs?: number;
  /**
   * Is what can still be paid voided when it has failed for good? Where a void is only a note, a late
   * authorization could then no longer be captured. Absent in orders from before that was done.
   */
  voidsWhenFailed?: true;
  /** Is the CRM told of disputes, refunds and reviews as well? Absent in orders from before that was done. */
  notifiesCrmOfEvents?: true;
  /** Is access withheld while a bank may take the money back? Absent where it is kept. */
  holdsAccessWhileDisputed?: true;
  /**
   * Can the outcome of a payment not be fetched, so that a webhook is the last word? Absent where the gateway can be
   * asked, and in orders from before that was kept.
   */
  webhooksOnly?: true;
  /** Absent where what is authorized is captured at once. */
  manualCapture?: ManualCapture;
}

/** The shop captures what is authorized, by what its gateway can do. */
export interface ManualCapture {
  /** The whole authorization, one part of it (the gateway releases the rest), or several parts. */
  takes: 'whole' | 'part' | 'parts';
  /** For how long the gateway holds an authorization, in ms; absent where it does not say. */
  heldForMs?: number;
}
