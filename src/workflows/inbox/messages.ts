/**
 * The order workflow's contract with the outside: its type, its signals and queries, and the JSON they
 * carry. One object each, so that all of them can be sent by hand from the Temporal UI's dialog.
 */
import type { DomainEvent, OutcomeRecord, Source } from '../../domain/events.ts';
import type { Fact } from '../../domain/facts/facts.ts';
import type { Ledger } from '../../domain/ledger.ts';
import type { OrderTerms } from '../../domain/order.ts';

export const ORDER_WORKFLOW = 'order';
export const TASK_QUEUE = 'payments';

/** Fields that every signal carries: its own id, and its source where that is not the signal's usual sender. */
interface Message {
  id: string;
  source?: Source;
}

/** What somebody decides, by the name of the key that it was sent with. */
interface Decision extends Message {
  actor?: string;
}

export interface SignalPayloads {
  webhook: Message & { fact: Fact };
  pay: Message;
  verify: Message & { paymentId?: string };
  sync: Decision;
  cancel: Decision & { reason?: string };
  refund: Decision & {
    requestKey: string;
    amountMinor?: number;
    reason?: string;
    limitMinor?: number;
  };
  review: Decision & {
    reviewId: string;
    decision: 'approve' | 'reject';
    version: number;
    note: string;
  };
  retry: Decision & { key: string; note?: string };
  attach: Decision & { paymentId: string; note?: string };
}

export type SignalName = keyof SignalPayloads;

/** Every signal, with what the Temporal UI shows an operator about it. */
export const SIGNALS: Record<SignalName, string> = {
  webhook:
    'A fact that the gateway told elsewhere; verify is safer. {"id": "any new id", "fact": {"type": "payment.captured", "paymentId": "…", "amountMinor": 4999, "currency": "INR"}}',
  pay: 'Opens a payment at the gateway, unless one is open. {"id": "any new id"}',
  verify:
    'Asks the gateway what it knows, and applies it. {"id": "any new id"}, where you have one with "paymentId"',
  sync: 'Asks the gateway for the present truth, also of a paid order. {"id": "any new id"}',
  cancel:
    'Cancels an order that is not paid, at the gateway first. {"id": "any new id"}, if you like with "reason"',
  refund:
    'Gives money back: all that is left, or "amountMinor". The same requestKey is the same refund. {"id": "any new id", "requestKey": "…"}',
  review:
    'Decides a review; the details of the order have the line to copy. {"id": "any new id", "reviewId": "rev_1", "decision": "approve" or "reject", "version": 8, "note": "why"}',
  retry:
    'Runs a refused effect again; the details of the order have the line to copy. {"id": "any new id", "key": "…"}',
  attach:
    'Counts a payment that another installation made as one of this order, as the gateway knows it. {"id": "any new id", "paymentId": "…"}, if you like with "note"',
};

/** A signal as it lies in the inbox: queued in order of arrival, read when it is applied. */
export interface InboxItem {
  signal: string;
  payload: unknown;
}

interface RunOptions {
  /** After how many signals a run is continued as new; absent means the workflow's own limit. */
  signalsPerRun?: number;
}

export type OrderInput = RunOptions &
  (
    | /** A new order. */ { from: 'start'; terms: OrderTerms }
    /** A closed order that something late has reached: the run begins from its record. */
    | { from: 'record'; orderId: string }
    /** Continue-as-new: everything is carried. */
    | {
        from: 'carried';
        ledger: Ledger;
        inbox: InboxItem[];
        /** What the record does not have yet, and where it stands. */
        since: { recorded: number; journal: DomainEvent[]; unsent: OutcomeRecord[] };
      }
  );
