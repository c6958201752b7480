/**
 * The order workflow's contract with the outside: its type, its signals and queries, and the JSON they
 * carry. One object each, so that all of them can be sent by hand from the Temporal UI's dialog.
 */
import type { ByHand, DomainEvent, OutcomeRecord, Source } from '../../domain/events.ts';
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

/**
 * What somebody decides, by the name of the key that it was sent with. `orderVersion` is the version of the order that
 * was decided on: at another one it is refused.
 */
interface Decision extends Message {
  actor?: string;
  orderVersion?: number;
}

export interface SignalPayloads {
  webhook: Message & { fact: Fact };
  pay: Message;
  verify: Message & { paymentId?: string };
  sync: Decision & { wasPutBack?: true };
  cancel: Decision & { reason?: string };
  refund: Decision & {
    requestKey: string;
    amountMinor?: number;
    reason?: string;
    limitMinor?: number;
  };
  capture: Decision & { requestKey: string; amountMinor?: number; note?: string };
  void: Decision & { note?: string };
  write_off: Decision & { amountMinor: number; limitMinor: number; note?: string };
  review: Decision & {
    reviewId: string;
    decision: 'approve' | 'reject';
    version: number;
    note: string;
  };
  access: Decision & { action: 'grant' | 'revoke'; note: string };
  retry: Decision & { key: string; note?: string };
  resend: Decision & { key: string; note?: string };
  attach: Decision & { paymentId: string; note?: string };
  manual_payment: Decision & ByHand;
  manual_refund: Decision & ByHand & { paymentId?: string };
  extend: Decision & { expiresAt: number; note?: string };
}

/** How the outcome record names a cancel that came this way; who sent it is in Temporal's history alone. */
const REQUEST_ORIGIN = "Temporal's cancellation request";

/** Longer reasons are cut: an order takes short texts only, and the whole is in Temporal's history. */
const MAX_REASON_LENGTH = 500;

/**
 * A cancellation request of Temporal's as the order's own command. The server takes one request a run. The run's
 * original id stands for it, because a reset keeps that one: a request that is applied again is a repeat.
 */
export function cancelOfRequest(originalRunId: string, why: string): SignalPayloads['cancel'] {
  const reason = why === '' ? REQUEST_ORIGIN : `${REQUEST_ORIGIN}: ${why}`;
  return {
    id: `temporal-cancel-${originalRunId}`,
    source: 'operator',
    reason: reason.slice(0, MAX_REASON_LENGTH),
  };
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
  capture:
    'Captures what waits for it: all of it, or "amountMinor". The same requestKey is the same capture. {"id": "any new id", "requestKey": "…"}',
  void: 'Lets go of what is authorized and not captured; the order stays open. {"id": "any new id"}, if you like with "note"',
  write_off:
    'Does without the rest of a partly paid order, just "amountMinor". {"id": "any new id", "amountMinor": 250, "limitMinor": 500}, if you like with "note"',
  review:
    'Decides a review; the details of the order have the line to copy. {"id": "any new id", "reviewId": "rev_1", "decision": "approve" or "reject", "version": 8, "note": "why"}',
  access:
    'Grants or revokes the access of the customer, whatever the order would do by itself. {"id": "any new id", "action": "grant" or "revoke", "note": "why"}',
  retry:
    'Runs a refused effect again; the details of the order have the line to copy. {"id": "any new id", "key": "…"}',
  resend:
    'Sends a message to the CRM or the access system once more that was delivered. {"id": "any new id", "key": "…"}',
  attach:
    'Counts a payment that another installation made as one of this order, as the gateway knows it. {"id": "any new id", "paymentId": "…"}, if you like with "note"',
  manual_payment:
    'Money received without the gateway; the same reference is the same money. {"id": "any new id", "reference": "…", "method": "cash", "amountMinor": 4999, "on": "2026-01-31"}',
  manual_refund:
    'Money given back without the gateway. {"id": "any new id", "reference": "…", "method": "bank_transfer", "amountMinor": 4999, "on": "2026-01-31"}, if you like with "paymentId"',
  extend:
    'More time to pay, also of an order that has expired. {"id": "any new id", "expiresAt": 1769861096000}, in milliseconds since 1970',
};

/** The command by which an order over 0 counts as paid. */
export const NOTHING_DUE_ID = 'nothing-due';

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
