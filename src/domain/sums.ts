/**
 * What a ledger adds up to: sums, liveness and the order's state. All of it follows from the entries under
 * the gateway's ids, so that a repeated or reordered fact cannot shift a total.
 */
import type { Attempt, Ledger, Payment } from './ledger.ts';
import { indexOf, sumsOf } from './ledger-index.ts';
import type { OrderState } from './order.ts';

/** Minor units that the gateway holds for this order: captured and not reversed. */
export function capturedMinor(ledger: Ledger, paymentId?: string): number {
  if (paymentId === undefined) return indexOf(ledger).totals.capturedMinor;
  return sumsOf(ledger, paymentId)?.standingMinor ?? 0;
}

/**
 * Was money of this payment ever with us? Only then can a refund or a chargeback take it away: gateways
 * also "refund" authorizations that were never captured, and that is no money of this order.
 */
export function wasCaptured(ledger: Ledger, paymentId: string): boolean {
  return (sumsOf(ledger, paymentId)?.captured ?? 0) > 0;
}

/** Minor units that went back to the customer. */
export function refundedMinor(ledger: Ledger, paymentId?: string): number {
  if (paymentId === undefined) return indexOf(ledger).totals.refundedMinor;
  const sums = sumsOf(ledger, paymentId);
  return sums === null || sums.captured === 0 ? 0 : sums.refundedMinor;
}

/** Minor units lost to chargebacks. */
export function lostMinor(ledger: Ledger, paymentId?: string): number {
  if (paymentId === undefined) return indexOf(ledger).totals.lostMinor;
  const sums = sumsOf(ledger, paymentId);
  return sums === null || sums.captured === 0 ? 0 : sums.lostMinor;
}

export function netMinor(ledger: Ledger, paymentId?: string): number {
  return (
    capturedMinor(ledger, paymentId) -
    refundedMinor(ledger, paymentId) -
    lostMinor(ledger, paymentId)
  );
}

/** Minor units promised to refunds that have not ended yet, requested by us or begun elsewhere. */
export function reservedMinor(ledger: Ledger, paymentId?: string): number {
  if (paymentId === undefined) return indexOf(ledger).totals.reservedMinor;
  return sumsOf(ledger, paymentId)?.reservedMinor ?? 0;
}

export function refundableMinor(ledger: Ledger, paymentId?: string): number {
  const promised = reservedMinor(ledger, paymentId) + toReturnMinor(ledger, paymentId);
  return Math.max(0, netMinor(ledger, paymentId) - promised);
}

/** What of it a gateway can send back: the rest was received by hand, and goes back by hand. */
export function refundableByGatewayMinor(ledger: Ledger): number {
  const byHand = manualPayments(ledger).reduce(
    (total, { paymentId }) => total + refundableMinor(ledger, paymentId),
    0,
  );
  return Math.max(0, refundableMinor(ledger) - byHand);
}

/** Minor units that are to be given back by hand and have not been yet. */
export function toReturnMinor(ledger: Ledger, paymentId?: string): number {
  return manualPayments(ledger)
    .filter((payment) => paymentId === undefined || payment.paymentId === paymentId)
    .reduce((total, payment) => {
      const promised = payment.manual?.toReturnMinor ?? 0;
      return total + Math.max(0, promised - refundedMinor(ledger, payment.paymentId));
    }, 0);
}

export function manualPayments({ payments }: Ledger): Payment[] {
  return Object.values(payments).filter(({ manual }) => manual !== undefined);
}

/** Minor units that customers paid to the gateway on top, of captures that stand. */
export function feeMinor(ledger: Ledger, paymentId?: string): number {
  if (paymentId === undefined) return indexOf(ledger).totals.feeMinor;
  return sumsOf(ledger, paymentId)?.feeMinor ?? 0;
}

/** Minor units that gateways let the customer off, as long as money of that payment stands. */
export function discountMinor(ledger: Ledger, paymentId?: string): number {
  const { payments } = ledger;
  const asked = paymentId === undefined ? Object.keys(payments) : [paymentId];
  return asked
    .filter((id) => capturedMinor(ledger, id) > 0)
    .reduce((total, id) => total + (payments[id]?.discountMinor ?? 0), 0);
}

/** Minor units that a person did without. */
export function writtenOffMinor({ writeOffs = [] }: Ledger): number {
  return writeOffs
    .filter(({ lifted }) => lifted !== true)
    .reduce((total, { amountMinor }) => total + amountMinor, 0);
}

/** Minor units that pay the order. */
export function dueMinor(ledger: Ledger): number {
  const reliefMinor = discountMinor(ledger) + writtenOffMinor(ledger);
  return Math.max(0, ledger.terms.amountMinor - reliefMinor);
}

export function outstandingMinor(ledger: Ledger): number {
  return Math.max(0, dueMinor(ledger) - capturedMinor(ledger));
}

/** Outstanding, less what authorized payments are being captured for or wait to be captured for. */
export function uncommittedMinor(ledger: Ledger): number {
  const { manualCapture } = ledger.terms;
  const waitingMinor = (payment: Payment): number =>
    manualCapture === undefined || payment.mismatched ? 0 : authorizedMinor(ledger, payment);
  const committed = Object.values(ledger.payments)
    .filter((payment) => payment.status === 'authorized' && payment.voiding !== true)
    .reduce((total, payment) => total + (payment.captureMinor ?? waitingMinor(payment)), 0);
  return Math.max(0, outstandingMinor(ledger) - committed);
}

/** Minor units that were ever captured of a payment, also those that were taken back: what they were held for is used up. */
export function takenMinor({ captures }: Ledger, paymentId: string): number {
  return Object.values(captures)
    .filter((capture) => capture.captured && capture.paymentId === paymentId)
    .reduce((total, { amountMinor }) => total + amountMinor, 0);
}

/** Minor units that the gateway holds of a payment and has not captured. */
export function authorizedMinor(ledger: Ledger, payment: Payment): number {
  if (payment.status !== 'authorized') return 0;
  const heldMinor = payment.authorizedMinor ?? payment.amountMinor;
  return Math.max(0, heldMinor - takenMinor(ledger, payment.paymentId));
}

/** The payment that waits for the shop to capture it: authorized as it was asked for, and still wanted. */
export function capturablePayment(ledger: Ledger): Payment | undefined {
  if (ledger.terms.manualCapture === undefined || isUnwanted(ledger)) return undefined;
  const state = stateOf(ledger);
  if (state !== 'pending' && state !== 'partially_paid') return undefined;
  return livePayments(ledger).find(
    ({ status, voiding, mismatched }) => status === 'authorized' && voiding !== true && !mismatched,
  );
}

/** Minor units that can be captured of it: no more than is held, and no more than the order lacks. */
export function capturableMinor(ledger: Ledger, payment: Payment): number {
  return Math.min(authorizedMinor(ledger, payment), outstandingMinor(ledger));
}

export function attemptOf(ledger: Ledger, paymentId: string): Attempt | undefined {
  return ledger.attempts.find((attempt) => attempt.paymentId === paymentId);
}

/** May this payment still become money, without a new attempt? */
export function isLivePayment(ledger: Ledger, payment: Payment): boolean {
  if (payment.currency !== ledger.terms.currency) return false;
  if (payment.mismatched && attemptOf(ledger, payment.paymentId) === undefined) return false;
  return isVoidable(payment);
}

export function isLiveAttempt(ledger: Ledger, attempt: Attempt): boolean {
  if (attempt.status === 'refused') return false;
  const payment = attempt.paymentId === null ? undefined : ledger.payments[attempt.paymentId];
  return payment === undefined || isLivePayment(ledger, payment);
}

export function liveAttempt(ledger: Ledger): Attempt | undefined {
  return ledger.attempts.findLast((attempt) => isLiveAttempt(ledger, attempt));
}

export function livePayments(ledger: Ledger): Payment[] {
  return Object.values(ledger.payments).filter((payment) => isLivePayment(ledger, payment));
}

/** May the gateway be asked to void it? Also true of payments that do not fit this order. */
export function isVoidable({ status }: Payment): boolean {
  return status === 'created' || status === 'pending' || status === 'authorized';
}

/** May a customer still pay it? After a try that failed, many gateways wait for the next one. */
export function isPayable(payment: Payment): boolean {
  return isVoidable(payment) || payment.status === 'failed';
}

/** Once the order wants no more money: can it still be paid, and was no void tried? */
export function isNeedless(payment: Payment): boolean {
  return isPayable(payment) && payment.voiding === undefined;
}

export function isAnythingLive(ledger: Ledger): boolean {
  return liveAttempt(ledger) !== undefined || livePayments(ledger).length > 0;
}

/** Of an order with no money: what was captured then was reversed, or was in another currency. */
function isDeadPayment(ledger: Ledger, payment: Payment): boolean {
  return payment.currency === ledger.terms.currency && !isVoidable(payment);
}

/** The order's state, derived from its ledger and nothing else. */
export function stateOf(ledger: Ledger): OrderState {
  if (ledger.cancelled) return 'cancelled';
  if (ledger.refunded) return 'refunded';
  const captured = capturedMinor(ledger);
  if (captured > 0 && captured >= dueMinor(ledger)) return 'paid';
  if (captured > 0) return 'partially_paid';
  if (ledger.nothingDue) return 'paid';
  if (ledger.expired) return 'failed';
  if (isAnythingLive(ledger)) return 'pending';
  const anythingDied =
    ledger.attempts.some((attempt) => attempt.status === 'refused') ||
    Object.values(ledger.payments).some((payment) => isDeadPayment(ledger, payment));
  return anythingDied ? 'failed' : 'initiated';
}

export function isRefundedInFull(ledger: Ledger): boolean {
  return capturedMinor(ledger) > 0 && netMinor(ledger) <= 0;
}

/** May no payment of this order come to life any more, because of what was decided? */
export function isUnwanted(ledger: Ledger): boolean {
  return ledger.cancelRequested || ledger.cancelled || ledger.refunded;
}

export function openReviews(ledger: Ledger): Ledger['reviews'] {
  return ledger.reviews.filter((review) => review.status === 'open');
}

export function isDisputed(ledger: Ledger): boolean {
  return indexOf(ledger).openDisputes.size > 0;
}
