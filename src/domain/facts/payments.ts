/**
 * Facts about payments. A payment's status has a rank and only moves forward; only the gateway's own
 * present state may bring an ended one back. Captures have a file of their own.
 */

import { applyRow, type EffectStarter } from '../apply-row.ts';
import { type Context, fromGateway, keyFor, movePayment, type Verdict } from '../context.ts';
import type { Payment } from '../ledger.ts';
import { followsPresentRules } from '../rules.ts';
import { askGateway } from '../schedule/gateway-sync.ts';
import { outstandingMinor, uncommittedMinor } from '../sums.ts';
import type { RowOf } from '../table.ts';
import { applyCapture } from './captures.ts';
import { type Fact, factKey, type PaymentFact, type SnapshotStatus } from './facts.ts';
import { namesOf } from './gateway-ids.ts';

/** Ranks by design: a late `failed` never undoes an authorization's successor, a capture beats all. */
const RANK: Record<Payment['status'], number> = {
  created: 0,
  pending: 1,
  authorized: 2,
  failed: 3,
  expired: 4,
  voided: 5,
  gone: 6,
  captured: 7,
};

export function applyPaymentFact(context: Context, fact: PaymentFact, payment: Payment): Verdict {
  if (!isOfStatus(fact)) return applyCapture(context, fact, payment);
  const status = statusOf(fact);
  const isBackwards = RANK[status] <= RANK[payment.status];
  if (isBackwards && !isTrustedComeback(context, fact, payment))
    return applyOldStatus(context, fact, payment);
  const row = classify(context, fact, payment);
  return applyRow(context, row, {
    cause: factKey(fact),
    evolve: (cell) => {
      // Alive again, it may be voided after all.
      if (isBackwards && payment.voiding === false) delete payment.voiding;
      movePayment(context, payment, status);
      if (cell.review === 'amount_mismatch') {
        payment.mismatched = true;
        payment.authorizedMinor = fact.amountMinor;
      }
      if (row === 'payment.authorized.manual') hold(context, payment, fact.amountMinor);
      if (cell.to === 'pending') context.ledger.expired = false;
    },
    effects: effectsFor(payment),
  });
}

/** A fact about a payment's status; a capture is money and has a file of its own. */
type StatusFact = PaymentFact & { type: Exclude<PaymentFact['type'], 'payment.captured'> };

function isOfStatus(fact: PaymentFact): fact is StatusFact {
  return fact.type !== 'payment.captured';
}

function statusOf(fact: PaymentFact): SnapshotStatus {
  return fact.type.slice('payment.'.length) as SnapshotStatus;
}

function isEnded(payment: Payment): boolean {
  return ['failed', 'expired', 'voided', 'gone'].includes(payment.status);
}

/** What may bring an ended payment back: a bank's late yes, or another try at the same payment that takes days. */
function isComeback(context: Context, type: PaymentFact['type'], payment: Payment): boolean {
  if (type === 'payment.authorized') return isEnded(payment);
  const isOver = payment.status === 'failed' || payment.status === 'gone';
  return type === 'payment.pending' && isOver && followsPresentRules(context.ledger);
}

/** A webhook that repeats it may report the present state anew. */
export function mayBeComeback(context: Context, { type }: Fact, payment: Payment): boolean {
  return type === 'payment.pending' && isComeback(context, type, payment);
}

/**
 * Only the gateway's own answer, asked for after the payment ended, may bring it back to life. Where it cannot be asked,
 * an authorization that nobody has heard of does: what ended was another try of the customer's.
 */
function isTrustedComeback(context: Context, fact: PaymentFact, payment: Payment): boolean {
  const { ledger, isPresentTruth, isNewAuthorization } = context;
  if (!isComeback(context, fact.type, payment)) return false;
  if (ledger.terms.webhooksOnly === true && isNewAuthorization === true) return true;
  return isPresentTruth && ledger.inquiry.askedAtVersion >= payment.movedAtVersion;
}

function applyOldStatus(context: Context, fact: PaymentFact, payment: Payment): Verdict {
  if (isComeback(context, fact.type, payment)) {
    const isHeld = fact.type === 'payment.authorized';
    const row = isHeld ? 'payment.authorized.after_end' : 'payment.pending.after_end';
    const reason = `${statusOf(fact)} after ${payment.status}: the gateway is asked`;
    return applyRow(context, row, { cause: factKey(fact), reason, effects: effectsFor(payment) });
  }
  return { outcome: 'stale', reason: `the payment is ${payment.status} already` };
}

function classify(context: Context, fact: StatusFact, payment: Payment): RowOf<StatusFact['type']> {
  const { ledger } = context;
  if (fact.type !== 'payment.authorized') return fact.type;
  if (ledger.cancelRequested || payment.voiding === true) return 'payment.authorized.surplus';
  const outstanding = outstandingMinor(ledger);
  if (fact.currency !== ledger.terms.currency || fact.amountMinor !== outstanding)
    return 'payment.authorized.mismatch';
  if (uncommittedMinor(ledger) !== outstanding) return 'payment.authorized.surplus';
  return ledger.terms.manualCapture === undefined
    ? 'payment.authorized'
    : 'payment.authorized.manual';
}

/** The money waits for the shop, and the order for as long as its gateway holds the money. */
function hold({ ledger, event }: Context, payment: Payment, amountMinor: number): void {
  payment.authorizedMinor = amountMinor;
  payment.authorizedAt = event.at;
  const { heldForMs } = ledger.terms.manualCapture ?? {};
  if (heldForMs === undefined) {
    delete payment.expiresAt;
    return;
  }
  payment.expiresAt = event.at + heldForMs;
  ledger.expiresAt = Math.max(ledger.expiresAt, payment.expiresAt);
}

/** A sync shows that the gateway no longer knows it: it cannot be paid, captured or voided there any more. */
export function endGone(context: Context, payment: Payment): void {
  const { paymentId } = payment;
  applyRow(context, 'payment.gone', {
    cause: `payment.gone:${paymentId}`,
    evolve: () => {
      movePayment(context, payment, 'gone');
      delete payment.voiding;
      delete payment.captureMinor;
    },
    reason: ({ words }) => `the gateway no longer knows ${paymentId}: ${words}`,
    origin: fromGateway(context, 'payment.gone'),
  });
}

/** What was under way has ended without an end: the customer is asked how to pay once more. */
export function reopen(context: Context, payment: Payment): void {
  applyRow(context, 'payment.reopened', {
    cause: `payment.reopened:${payment.paymentId}`,
    evolve: () => {
      movePayment(context, payment, 'created');
      delete payment.expiresAt;
    },
    origin: fromGateway(context, 'payment.reopened'),
  });
}

/** What the effects of a cell are for one payment. */
export function effectsFor(
  payment: Payment,
): Record<'fetch' | 'void' | 'capture', (starter: EffectStarter) => void> {
  return {
    fetch: askGateway,
    void: (starter) => voidPayment(starter, payment),
    capture: (starter) => capturePayment(starter, payment, outstandingMinor(starter.ledger)),
  };
}

/** The first amount asked for stands: under the same key the gateway would refuse another one. */
export function capturePayment(
  starter: EffectStarter,
  payment: Payment,
  wantedMinor: number,
): void {
  const { paymentId } = payment;
  const amountMinor = payment.captureMinor ?? wantedMinor;
  payment.captureMinor = amountMinor;
  const key = keyFor(starter, 'capture_payment', causeFor(payment));
  starter.start({ effect: 'capture_payment', key, paymentId, amountMinor, ...namesOf(payment) });
}

export function voidPayment(starter: EffectStarter, payment: Payment): void {
  const { paymentId } = payment;
  payment.voiding = true;
  const key = keyFor(starter, 'void_payment', causeFor(payment));
  starter.start({ effect: 'void_payment', key, paymentId, ...namesOf(payment) });
}

/** Under a key that was refused, a gateway refuses again, whatever has become possible since. */
function causeFor({ paymentId, refusals = 0 }: Payment): string {
  return refusals === 0 ? paymentId : `${paymentId}.${refusals + 1}`;
}

export function countRefusal(payment: Payment): void {
  payment.refusals = (payment.refusals ?? 0) + 1;
}
