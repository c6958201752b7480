/**
 * The order as the outside sees it, made from its ledger alone. Names and units follow the HTTP
 * contract: amounts in minor units with their currency, times as ISO 8601 text.
 */

import { isHeld } from './effects/access.ts';
import { type BusinessEffectName, type GatewayCall, isBusinessEffect } from './effects/effects.ts';
import type { DisputeStatus } from './facts/facts.ts';
import { referenceOf } from './facts/manual.ts';
import type { Attempt, Ledger, ManualMoney, Payment } from './ledger.ts';
import type { OrderState } from './order.ts';
import { nextDeadline } from './schedule/deadlines.ts';
import {
  authorizedMinor,
  capturedMinor,
  discountMinor,
  feeMinor,
  refundedMinor,
  stateOf,
  writtenOffMinor,
} from './sums.ts';

export interface PaymentView {
  /** The gateway's id; null until the gateway has named the payment. */
  id: string | null;
  /** Which try of ours this is; null for a payment that the gateway knew before us. */
  attempt: number | null;
  status: Payment['status'] | 'unknown';
  amount: number;
  amountRefunded: number;
  /** What the gateway holds of it and has not captured. */
  amountAuthorized: number;
  /** Until when it can be captured by hand; null where it is not, or where the gateway does not say. */
  captureBefore: string | null;
  /** What the gateway let the customer off: it calls the payment paid in full. */
  amountDiscounted: number;
  /** What the customer paid to the gateway on top; no money of the order. */
  amountFees: number;
  checkout: Record<string, string> | null;
  /** How the shop received it itself; absent for a payment through the gateway. */
  manual?: { reference: string; method: string; receivedOn: string };
}

export interface RefundView {
  id: string;
  refundId: string | null;
  paymentId: string;
  status: 'requested' | 'refused' | 'pending' | 'succeeded' | 'failed' | 'reversed';
  amount: number;
  currency: string;
  origin: 'api' | 'gateway' | 'manual';
  /** What the caller gave. */
  reason: string | null;
  /** The gateway's code for why it refused; null where it did not. */
  refusal: string | null;
  /** How it was given back by hand; absent for a refund through the gateway. */
  manual?: { reference: string; method: string; returnedOn: string };
}

export interface DisputeView {
  id: string;
  paymentId: string;
  amount: number;
  status: DisputeStatus;
  /** Until when the shop may answer; null where no answer is awaited. */
  respondBy: string | null;
}

export interface GatewayFailureView {
  code: 'gateway_misconfigured' | 'gateway_unreachable';
  call: GatewayCall['effect'];
  /** When the first of them ended without an answer. */
  since: string;
  tries: number;
  error: string;
  /** When the gateway is asked again by itself; null where nothing is left to ask. */
  nextTryAt: string | null;
}

export interface AccessView {
  /** `held`: withheld until a dispute has ended. */
  status: 'none' | 'granted' | 'held' | 'revoked';
  /** A person has decided it otherwise than the order would by itself. */
  byHand: boolean;
}

export interface OrderView {
  id: string;
  state: OrderState;
  version: number;
  amount: number;
  currency: string;
  /** Who captures what is authorized: the order at once, or the shop. */
  capture: 'automatic' | 'manual';
  amountAuthorized: number;
  amountPaid: number;
  amountRefunded: number;
  amountDiscounted: number;
  amountFees: number;
  /** What a person did without. */
  amountWrittenOff: number;
  gateway: string;
  customer: { id: string };
  access: AccessView;
  payments: PaymentView[];
  refunds: RefundView[];
  disputes: DisputeView[];
  reviews: {
    id: string;
    reason: string;
    status: string;
    version: number;
    openedAt: string;
    note: string | null;
  }[];
  effects: {
    key: string;
    effect: BusinessEffectName;
    status: 'pending' | 'done' | 'failed';
    attempts: number;
    error: string | null;
  }[];
  /** Calls that the gateway has not answered since it last did; null while it answers. */
  gatewayFailure: GatewayFailureView | null;
  counters: { duplicates: number; stale: number; rejected: number };
  late: boolean;
  expiresAt: string;
  createdAt: string;
  updatedAt: string;
}

export function viewOf(ledger: Ledger): OrderView {
  const { terms } = ledger;
  return {
    id: terms.orderId,
    state: stateOf(ledger),
    version: ledger.version,
    amount: terms.amountMinor,
    currency: terms.currency,
    capture: terms.manualCapture === undefined ? 'automatic' : 'manual',
    amountAuthorized: amountAuthorized(ledger),
    amountPaid: capturedMinor(ledger),
    amountRefunded: refundedMinor(ledger),
    amountDiscounted: discountMinor(ledger),
    amountFees: feeMinor(ledger),
    amountWrittenOff: writtenOffMinor(ledger),
    gateway: terms.gateway,
    customer: { id: terms.customerId },
    access: accessView(ledger),
    payments: paymentViews(ledger),
    refunds: refundViews(ledger),
    disputes: Object.values(ledger.disputes).map((dispute) => ({
      id: dispute.disputeId,
      paymentId: dispute.paymentId,
      amount: dispute.amountMinor,
      status: dispute.status,
      respondBy: dispute.respondBy === undefined ? null : isoTime(dispute.respondBy),
    })),
    reviews: ledger.reviews.map(({ id, reason, status, version, openedAt, note }) => ({
      id,
      reason,
      status,
      version,
      openedAt: isoTime(openedAt),
      note,
    })),
    effects: effectViews(ledger),
    gatewayFailure: gatewayFailureView(ledger),
    counters: ledger.counters,
    late: ledger.late,
    expiresAt: isoTime(ledger.expiresAt),
    createdAt: isoTime(terms.createdAt),
    updatedAt: isoTime(ledger.updatedAt),
  };
}

/** What never changes of an order, and what most effects need. */
export type OrderBrief = Pick<OrderView, 'id' | 'amount' | 'currency' | 'gateway' | 'customer'>;

export function briefOf({ terms }: Ledger): OrderBrief {
  const { orderId, amountMinor, currency, gateway, customerId } = terms;
  return { id: orderId, amount: amountMinor, currency, gateway, customer: { id: customerId } };
}

/** A person is asked: a review is open, or an effect was refused for good. */
export function needsPerson({ reviews, effects }: OrderView): boolean {
  return (
    reviews.some(({ status }) => status === 'open') ||
    effects.some(({ status }) => status === 'failed')
  );
}

function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

function accessView(ledger: Ledger): AccessView {
  const { granted, epoch, byHand } = ledger.access;
  const withheld = isHeld(ledger) ? 'held' : 'revoked';
  const isUnheardOf = epoch === 0 && !isHeld(ledger) && byHand === undefined;
  const status = isUnheardOf ? 'none' : withheld;
  return { status: granted ? 'granted' : status, byHand: byHand !== undefined };
}

/** Our own attempts in order, then payments that only the gateway knew of. */
function paymentViews(ledger: Ledger): PaymentView[] {
  const named = new Set(ledger.attempts.map((attempt) => attempt.paymentId));
  const adopted = Object.values(ledger.payments).filter(({ paymentId }) => !named.has(paymentId));
  return [
    ...ledger.attempts.map((attempt) => attemptView(ledger, attempt)),
    ...adopted.map((payment) => ({
      ...paymentView(ledger, payment),
      attempt: null,
      checkout: null,
    })),
  ];
}

function attemptView(ledger: Ledger, attempt: Attempt): PaymentView {
  const { number, checkout } = attempt;
  const payment = attempt.paymentId === null ? undefined : ledger.payments[attempt.paymentId];
  if (payment !== undefined) return { ...paymentView(ledger, payment), attempt: number, checkout };
  return {
    id: attempt.paymentId,
    attempt: number,
    status: attemptStatus(attempt),
    amount: attempt.amountMinor,
    amountRefunded: 0,
    amountAuthorized: 0,
    captureBefore: null,
    amountDiscounted: 0,
    amountFees: 0,
    checkout,
  };
}

function attemptStatus({ status }: Attempt): PaymentView['status'] {
  if (status === 'refused') return 'failed';
  return status === 'unknown' ? 'unknown' : 'created';
}

function paymentView(ledger: Ledger, payment: Payment): Omit<PaymentView, 'attempt' | 'checkout'> {
  return {
    id: payment.paymentId,
    status: payment.status,
    amount: payment.amountMinor,
    amountRefunded: refundedMinor(ledger, payment.paymentId),
    amountAuthorized: authorizedMinor(ledger, payment),
    captureBefore: captureBefore(ledger, payment),
    amountDiscounted: discountMinor(ledger, payment.paymentId),
    amountFees: feeMinor(ledger, payment.paymentId),
    ...(payment.manual === undefined
      ? {}
      : { manual: receivedBy(payment.paymentId, payment.manual) }),
  };
}

/** In the order's currency. */
function amountAuthorized(ledger: Ledger): number {
  return Object.values(ledger.payments)
    .filter(({ currency }) => currency === ledger.terms.currency)
    .reduce((total, payment) => total + authorizedMinor(ledger, payment), 0);
}

function captureBefore({ terms }: Ledger, { status, expiresAt }: Payment): string | null {
  const isAwaited = terms.manualCapture !== undefined && status === 'authorized';
  return isAwaited && expiresAt !== undefined ? isoTime(expiresAt) : null;
}

function receivedBy(id: string, { method, on }: ManualMoney) {
  return { reference: referenceOf(id), method, receivedOn: on };
}

function returnedBy(id: string, { method, on }: ManualMoney) {
  return { reference: referenceOf(id), method, returnedOn: on };
}

function refundViews(ledger: Ledger): RefundView[] {
  const requests = Object.values(ledger.refundRequests);
  const own = requests.map((request): RefundView => {
    const refund = request.refundId === null ? undefined : ledger.refunds[request.refundId];
    const { requestKey, refundId, paymentId, amountMinor, currency, reason, status } = request;
    const ownStatus = status === 'refused' ? 'refused' : 'requested';
    return {
      id: requestKey,
      refundId,
      paymentId,
      status: refund?.status ?? ownStatus,
      amount: amountMinor,
      currency,
      origin: 'api',
      reason,
      refusal: request.refusal ?? null,
    };
  });
  const ours = new Set(requests.map((request) => request.refundId));
  const others = Object.values(ledger.refunds)
    .filter((refund) => !ours.has(refund.refundId))
    .map(
      ({ refundId, paymentId, amountMinor, currency, status, manual }): RefundView => ({
        id: refundId,
        refundId,
        paymentId,
        status,
        amount: amountMinor,
        currency,
        origin: manual === undefined ? 'gateway' : 'manual',
        reason: null,
        refusal: null,
        ...(manual === undefined ? {} : { manual: returnedBy(refundId, manual) }),
      }),
    );
  return [...own, ...others];
}

function gatewayFailureView(ledger: Ledger): GatewayFailureView | null {
  if (ledger.gatewayFailure === undefined) return null;
  const { code, call, since, tries, error } = ledger.gatewayFailure;
  // Whatever a deadline is for, the order asks its gateway then.
  const next = nextDeadline(ledger);
  const nextTryAt = next === null ? null : isoTime(next.at);
  return { code, call, since: isoTime(since), tries, error, nextTryAt };
}

function effectViews(ledger: Ledger): OrderView['effects'] {
  return Object.values(ledger.effects).flatMap(({ command, status, attempts, error }) =>
    isBusinessEffect(command)
      ? [{ key: command.key, effect: command.effect, status, attempts, error }]
      : [],
  );
}
