/** The guards that every fact passes before its own rules: known already, contradicted, or too early. */

import { applyRow } from '../apply-row.ts';
import { type Context, record, type Verdict, wasReviewed } from '../context.ts';
import type { FactEvent } from '../events.ts';
import type { Payment } from '../ledger.ts';
import { askGateway } from '../schedule/gateway-sync.ts';
import { applyCaptureReversed } from './captures.ts';
import { applyDisputeFact, movesDeadline } from './disputes.ts';
import {
  type Fact,
  factKey,
  isCaptureFact,
  isDisputeFact,
  isRefundFact,
  isRefusalFact,
  type RefundFact,
} from './facts.ts';
import { contradictionOf, contradictOnce } from './flips.ts';
import { keepGatewayIds } from './gateway-ids.ts';
import { applyPaymentFact, mayBeComeback } from './payments.ts';
import { applyRefundFact } from './refunds.ts';

/** More payments than an order can have; beyond this the ids are guessed. */
const MAX_HELD = 100;

/** Applies a fact about a payment that the order knows. */
export function applyFact(context: Context, given: Fact, payment: Payment): Verdict {
  const fact = withoutFee(given, payment);
  context.isNewAuthorization = keepGatewayIds(payment, fact.gatewayIds);
  // A status may have moved on and back again; a capture and its reversal happen once.
  const isUndone = context.isPresentTruth && !isCaptureFact(fact);
  const isMoved = isDisputeFact(fact) && movesDeadline(context, fact);
  const mayHaveChanged = isUndone || isMoved || mayBeComeback(context, fact, payment);
  return applyUnlessKnown(context, fact, mayHaveChanged, () => applyByKind(context, fact, payment));
}

/** Applies what the gateway answered to a refund of ours. */
export function applyOwnRefund(context: Context, fact: RefundFact): Verdict {
  return applyUnlessKnown(context, fact, false, () => applyRefundFact(context, fact));
}

function applyUnlessKnown(
  context: Context,
  fact: Fact,
  mayHaveChanged: boolean,
  apply: () => Verdict,
): Verdict {
  const { facts } = context.ledger;
  const key = factKey(fact);
  const { amountMinor, currency } = fact;
  const known = facts[key];
  if (known === undefined) {
    facts[key] = { amountMinor, currency };
    return apply();
  }
  const isSame = known.amountMinor === amountMinor && known.currency === currency;
  if (!isSame) return contradictOnce(context, fact, { known, what: key });
  return mayHaveChanged ? apply() : { outcome: 'duplicate', reason: `${key} is known already` };
}

/** What the customer paid to the gateway on top is no money of the order. */
function withoutFee(fact: Fact, payment: Payment): Fact {
  if (!('mayIncludeFee' in fact) || payment.currency !== fact.currency) return fact;
  return { ...fact, amountMinor: Math.min(fact.amountMinor, payment.amountMinor) };
}

function applyByKind(context: Context, fact: Fact, payment: Payment): Verdict {
  if (isRefundFact(fact)) return applyRefundFact(context, fact);
  if (isDisputeFact(fact)) return applyDisputeFact(context, fact);
  if (isRefusalFact(fact))
    return { outcome: 'stale', reason: 'nothing was asked before the payment was known' };
  if (fact.type === 'capture.reversed') return applyCaptureReversed(context, fact);
  return applyPaymentFact(context, fact, payment);
}

/** Takes up a delivered fact; one about an unknown payment is held until the gateway has explained it. */
export function takeFact(context: Context, event: FactEvent): void {
  const { ledger } = context;
  if (hasReservedId(event.fact)) return refuseReserved(context, event);
  const payment = ledger.payments[event.fact.paymentId];
  if (payment !== undefined) return recordFact(context, event, payment);
  if (ledger.held.length >= MAX_HELD) return giveUp(context, event, 'unmatched');
  applyRow(context, 'fact.of_unknown_payment', {
    cause: factKey(event.fact),
    evolve: () => ledger.held.push({ event, misses: 0 }),
    effects: { fetch: askGateway },
  });
}

/** Ids are keys of plain objects, so the few names that every object has are no ids. */
function hasReservedId(fact: Fact): boolean {
  return [
    fact.paymentId,
    'captureId' in fact ? fact.captureId : undefined,
    'refundId' in fact ? fact.refundId : undefined,
    'disputeId' in fact ? fact.disputeId : undefined,
    'callId' in fact ? fact.callId : undefined,
    ...Object.keys(fact.gatewayIds ?? {}),
  ].some((id) => id !== undefined && id in Object.prototype);
}

function refuseReserved(context: Context, { source, fact, id }: FactEvent): void {
  const reason = 'an id in it is a reserved word of the language: no gateway gives such ids';
  record(context, { outcome: 'rejected', reason }, { source, type: fact.type, eventId: id });
}

export function recordFact(context: Context, event: FactEvent, payment: Payment): void {
  const verdict = applyFact(context, event.fact, payment);
  record(context, verdict, { source: event.source, type: event.fact.type, eventId: event.id });
}

/** The payment has become known: what was held for it happens now, in the order of arrival. */
export function releaseHeld(context: Context, payment: Payment): void {
  for (const event of takeHeld(context, payment.paymentId)) recordFact(context, event, payment);
}

/** Drops what was held for a payment that is not ours into a review: money is never just forgotten. */
export function refuseHeld(
  context: Context,
  paymentId: string,
  reason: 'wrong_order' | 'unmatched',
): void {
  for (const event of takeHeld(context, paymentId)) giveUp(context, event, reason);
}

/** Removes and answers what was held for a payment, in the order of arrival. */
export function takeHeld({ ledger }: Context, paymentId: string): FactEvent[] {
  const taken = ledger.held.filter(({ event }) => event.fact.paymentId === paymentId);
  ledger.held = ledger.held.filter((held) => !taken.includes(held));
  return taken.map(({ event }) => event);
}

function giveUp(context: Context, event: FactEvent, reason: 'wrong_order' | 'unmatched'): void {
  const { type, paymentId, amountMinor, currency } = event.fact;
  const origin = { source: event.source, type, eventId: event.id };
  const described = `${reason}: ${type} of ${amountMinor} ${currency} for payment ${paymentId}`;
  const cause = contradictionOf(event.fact);
  if (wasReviewed(context.ledger, reason, cause))
    return record(
      context,
      { outcome: 'duplicate', reason: `${described}, as told before` },
      origin,
    );
  applyRow(context, `fact.${reason}`, { cause, reason: described, origin });
}
