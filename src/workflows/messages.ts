/**
 * The order workflow's contract with the outside: its type, its signals and queries, and the JSON they
 * carry. One object each, so that all of them can be sent by hand from the Temporal UI's dialog.
 */
import type { OutcomeRecord, Source } from '../domain/events.ts';
import type { Fact } from '../domain/facts.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { OrderTerms } from '../domain/order.ts';

export const ORDER_WORKFLOW = 'order';
export const TASK_QUEUE = 'payments';

/** Fields that every signal carries: its own id, and who spoke where that is not the signal's usual sender. */
interface Message {
  id: string;
  source?: Source;
}

export interface SignalPayloads {
  webhook: Message & { fact: Fact };
  pay: Message;
  verify: Message & { paymentId?: string };
  cancel: Message & { reason?: string };
  refund: Message & { requestKey: string; amountMinor?: number; reason?: string };
  review: Message & {
    reviewId: string;
    decision: 'approve' | 'reject';
    version: number;
    note: string;
  };
  retry: Message & { key: string };
}

export type SignalName = keyof SignalPayloads;

export const SIGNAL_NAMES = [
  'webhook',
  'pay',
  'verify',
  'cancel',
  'refund',
  'review',
  'retry',
] as const satisfies readonly SignalName[];

/** A signal as it lies in the inbox: taken up as it came, read only when its turn has come. */
export interface InboxItem {
  signal: string;
  payload: unknown;
}

export type OrderInput =
  /** A new order. */
  | { from: 'start'; terms: OrderTerms }
  /** A closed order that something late has reached: the run begins from its record. */
  | { from: 'record'; orderId: string }
  /** Continue-as-new: everything is carried. */
  | { from: 'carried'; ledger: Ledger; inbox: InboxItem[]; unsent: OutcomeRecord[] };
