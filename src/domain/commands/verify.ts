/**
 * The gateway's answers to our questions, and the commands and deadlines that ask them: verify, expiry
 * and settlement all wait for the same answer.
 */

import { applyRow } from '../apply-row.ts';
import { type Context, fromGateway, type Verdict } from '../context.ts';
import { refuseHeld, releaseHeld } from '../facts/apply-fact.ts';
import type { PaymentSnapshot } from '../facts/facts.ts';
import { endGone } from '../facts/payments.ts';
import { takeSnapshot } from '../facts/snapshots.ts';
import type { Ledger, Payment, WaitingCommand } from '../ledger.ts';
import { followsPresentRules } from '../rules.ts';
import { hasNoPendingWork, postponeSettlement } from '../schedule/deadlines.ts';
import { expireAfterAnswer, postponeExpiry } from '../schedule/expiry.ts';
import { askGateway } from '../schedule/gateway-sync.ts';
import { isPayable, stateOf } from '../sums.ts';
import type { RowOf } from '../table.ts';
import { attachVerdict, isOwn, refuseForeign } from './foreign-payment.ts';
import { answerWaiting, type CommandOf, rejected, UNSETTLED } from './waiting.ts';

/** How often the gateway may deny a payment of a webhook before a review is opened. */
const MAX_MISSES = 3;

export function verify(context: Context, command: CommandOf<'verify'>): Verdict | null {
  return applyRow(context, verifyRow(context.ledger, command), {
    cause: command.id,
    caller: { command },
    effects: { fetch: askGateway },
  });
}

function verifyRow(
  { attempts, payments }: Ledger,
  { paymentId, source }: CommandOf<'verify'>,
): RowOf<'verify.requested'> {
  const isKnown = paymentId === undefined || Object.hasOwn(payments, paymentId);
  const isPointless = paymentId === undefined && attempts.length === 0;
  // A webhook that only says that something changed may be about a paid order; other callers ask whether it is paid.
  if (isKnown && source !== 'webhook')
    return isPointless ? 'verify.requested.no_attempt' : 'verify.requested';
  return isPointless ? 'verify.requested.stranger.no_attempt' : 'verify.requested.stranger';
}

/** Also of an order that is paid, or was closed: a webhook may have been lost. */
export function sync(context: Context, command: CommandOf<'sync'>): Verdict | null {
  const { attempts, payments } = context.ledger;
  const isUnpaid = attempts.length === 0 && Object.keys(payments).length === 0;
  const isPointless = isUnpaid && command.wasPutBack !== true;
  return applyRow(context, isPointless ? 'sync.requested.no_attempt' : 'sync.requested', {
    cause: command.id,
    caller: { command },
    effects: { fetch: askGateway },
  });
}

/** A last sync before the close finds what webhooks have lost. */
export function settle(context: Context): void {
  const { ledger } = context;
  // An answer that never came may have been about a payment that only the gateway knows.
  if (Object.keys(ledger.payments).length === 0 && ledger.inquiry.generation === 0) {
    ledger.closed = true;
    return;
  }
  applyRow(context, 'settlement.reached', {
    cause: 'settlement',
    evolve: () => {
      ledger.inquiry.purpose.settlement = true;
    },
    effects: { fetch: askGateway },
  });
}

export function takeFetched(
  context: Context,
  payments: PaymentSnapshot[],
  missing: string[],
): void {
  const { ledger } = context;
  const versionBefore = ledger.version;
  const others: string[] = [];
  const foreign: string[] = [];
  for (const snapshot of payments) {
    const ids = idsOf(snapshot);
    if (isOwn(ledger, snapshot)) takeSnapshot(context, snapshot);
    else if (snapshot.orderId !== ledger.terms.orderId) others.push(...ids);
    else {
      refuseForeign(context, snapshot);
      foreign.push(...ids);
    }
  }
  for (const payment of Object.values(ledger.payments)) recheckHeld(context, payment);
  for (const paymentId of others) refuseHeld(context, paymentId, 'wrong_order');
  for (const paymentId of missing) countMiss(context, paymentId);
  const named = payments.flatMap(idsOf);
  closeSync(context, {
    hasChanged: ledger.version > versionBefore,
    others,
    foreign,
    missing,
    named,
  });
}

function idsOf({ paymentId, aliases = [] }: PaymentSnapshot): string[] {
  return [paymentId, ...aliases];
}

function countMiss(context: Context, paymentId: string): void {
  const { held, payments } = context.ledger;
  const payment = payments[paymentId];
  if (payment !== undefined) {
    if (isGone(context, payment)) endGone(context, payment);
    return releaseHeld(context, payment);
  }
  const missed = held.filter(({ event }) => event.fact.paymentId === paymentId);
  for (const fact of missed) fact.misses += 1;
  if (missed.some((fact) => fact.misses >= MAX_MISSES)) refuseHeld(context, paymentId, 'unmatched');
}

/** Authorized still, and the gateway would not capture it: without a person the money would lapse. */
function recheckHeld(context: Context, payment: Payment): void {
  const { ledger } = context;
  if (payment.captureRefused !== true || payment.movedAtVersion > ledger.inquiry.askedAtVersion)
    return;
  delete payment.captureRefused;
  if (payment.status !== 'authorized') return;
  applyRow(context, 'capture.refused.held', {
    cause: `capture:${payment.paymentId}:${payment.refusals ?? 0}`,
    evolve: () => {
      payment.mismatched = true;
    },
    origin: fromGateway(context, 'capture_refused'),
  });
}

/** Our own attempt may have named the payment while the sync was in flight: then the sync began too early. */
function isGone({ ledger }: Context, payment: Payment): boolean {
  const wasKnown = payment.movedAtVersion <= ledger.inquiry.askedAtVersion;
  return followsPresentRules(ledger) && isPayable(payment) && wasKnown;
}

interface Findings {
  hasChanged: boolean;
  /** Ids of payments that are another order's. */
  others: readonly (string | null)[];
  /** Ids of payments that name this order and that another installation made. */
  foreign: readonly (string | null)[];
  /** Ids that the gateway does not know. */
  missing: string[];
  /** All names of the payments that were answered. */
  named: string[];
}

function closeSync(context: Context, findings: Findings): void {
  const { ledger } = context;
  const { hasChanged } = findings;
  const { inquiry } = ledger;
  inquiry.open = false;
  const { generation } = inquiry;
  // A sync command wants the present state: an answer that was on its way before does not settle it.
  const isSyncOwed = ledger.waiting.some(
    ({ type, askedAfter = 0 }) => type === 'sync' && askedAfter >= generation,
  );
  const isAttaching = ledger.waiting.some(({ type }) => type === 'attach');
  const isHeldUp = inquiry.purpose.expiry || ledger.held.length > 0;
  const isOwed = !hasChanged || isHeldUp || isAttaching || isSyncOwed;
  const isLast = !(inquiry.again && isOwed);
  // Commands that arrived during this sync are answered by the next one.
  answerWaiting(
    context,
    ({ type, askedAfter = 0 }) => isQuestion(type) && (isLast || askedAfter < generation),
    ({ type, paymentId }) =>
      type === 'attach' && paymentId !== null
        ? attachVerdict(context, paymentId, findings.missing)
        : verifyVerdict(context, paymentId, findings),
  );
  answerSyncs(context, isLast);
  if (!isLast) {
    applyRow(context, 'sync.answered.again', { cause: 'sync', effects: { fetch: askGateway } });
    return;
  }
  if (inquiry.purpose.expiry) expireAfterAnswer(context);
  if (inquiry.purpose.settlement && !hasChanged && hasNoPendingWork(ledger)) ledger.closed = true;
  inquiry.purpose = { expiry: false, settlement: false };
}

/** Commands that are answered by what the gateway says. */
function isQuestion(type: WaitingCommand['type']): boolean {
  return type === 'verify' || type === 'attach';
}

/** More than one sync usually brings; the events of the order have the rest. */
const MOST_CHANGES = 50;

function answerSyncs(context: Context, isLast: boolean): void {
  const { generation } = context.ledger.inquiry;
  const changes = context.records
    .filter(({ source }) => source === 'gateway')
    .map(({ type, reason }) => `${type}: ${reason}`)
    .slice(-MOST_CHANGES);
  const reason = `the gateway was asked: ${stateOf(context.ledger)}`;
  answerWaiting(
    context,
    ({ type, askedAfter = 0 }) => type === 'sync' && (isLast || askedAfter < generation),
    () => ({
      outcome: changes.length > 0 ? 'applied' : 'duplicate',
      reason,
      answer: { changes },
    }),
  );
}

function verifyVerdict(
  context: Context,
  paymentId: string | null,
  { hasChanged, others, foreign, named }: Findings,
): Verdict {
  if (foreign.includes(paymentId)) return rejected('foreign_payment');
  if (others.includes(paymentId)) return rejected('payment_belongs_to_other_order');
  const reason = `the gateway was asked: ${stateOf(context.ledger)}`;
  const known = [...Object.keys(context.ledger.payments), ...named];
  const isUnknown = paymentId !== null && !known.includes(paymentId);
  const answer = isUnknown ? { unsettled: true } : {};
  return { outcome: hasChanged ? 'applied' : 'duplicate', reason, answer };
}

export function syncUnanswered(context: Context): void {
  const { ledger, event } = context;
  const { inquiry } = ledger;
  if (inquiry.purpose.expiry) postponeExpiry(context);
  if (inquiry.purpose.settlement) postponeSettlement(ledger, event.at);
  inquiry.open = false;
  inquiry.again = false;
  inquiry.purpose = { expiry: false, settlement: false };
  answerWaiting(
    context,
    ({ type }) => isQuestion(type) || type === 'sync',
    () => UNSETTLED,
  );
}
