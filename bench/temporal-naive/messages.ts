/** What the naive version's server and its workflow say to each other. */

export const TASK_QUEUE = 'naive-orders';

export const ORDER_WORKFLOW = 'naiveOrder';

/** Signals, by who has spoken. */
export type NaiveSignal = 'pay' | 'webhook' | 'verify';

export interface NaiveOrder {
  orderId: string;
  amountMinor: number;
  currency: string;
}
