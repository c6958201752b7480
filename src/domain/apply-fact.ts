/** The guards that every fact passes before its own rules: known already, contradicted, or too early. */
import { applyDisputeFact } from './disputes.ts';
import type { FactEvent } from './events.ts';
import { type Fact, factKey, isDisputeFact, isRefundFact } from './facts.ts';
import { askGateway } from './inquiry.ts';
import { applyCaptureReversed, applyPaymentFact } from './payments.ts';
import { applyRefundFact } from './refunds.ts';
import { openReview, record, type Turn, type Verdict } from './turn.ts';

/** More payments than an order can have; beyond this somebody is guessing ids. */
const MAX_HELD = 100;

/** Applies a fact about a payment that the order knows. */
export function applyFact(turn: Turn, fact: Fact): Verdict {
  const { facts, payments } = turn.ledger;
  const key = factKey(fact);
  const { amountMinor, currency } = fact;
  const known = facts[key];
  if (known?.amountMinor === amountMinor && known.currency === currency)
    return { outcome: 'duplicate', reason: `${key} is known already` };
  if (known !== undefined) {
    openReview(turn, 'fact_conflict', `${key}:${amountMinor}${currency}`);
    return {
      outcome: 'review',
      reason: `fact_conflict: ${key} was ${known.amountMinor} ${known.currency}, now ${amountMinor} ${currency}`,
    };
  }
  facts[key] = { amountMinor, currency };
  if (isRefundFact(fact)) return applyRefundFact(turn, fact);
  if (isDisputeFact(fact)) return applyDisputeFact(turn, fact);
  if (fact.type === 'capture.reversed') return applyCaptureReversed(turn, fact);
  const payment = payments[fact.paymentId];
  if (payment === undefined) return { outcome: 'rejected', reason: 'the payment is not known' };
  return applyPaymentFact(turn, fact, payment);
}

/** Takes up a delivered fact; one about an unknown payment is held until the gateway has explained it. */
export function takeFact(turn: Turn, event: FactEvent): void {
  const { ledger } = turn;
  if (ledger.payments[event.fact.paymentId] !== undefined) return recordFact(turn, event);
  if (ledger.held.length >= MAX_HELD) return giveUp(turn, event, 'unmatched');
  ledger.held.push({ event, misses: 0 });
  askGateway(turn);
}

function recordFact(turn: Turn, event: FactEvent): void {
  const verdict = applyFact(turn, event.fact);
  record(turn, verdict, { source: event.source, type: event.fact.type, eventId: event.id });
}

/** The payment has become known: what was held for it happens now, in the order of arrival. */
export function releaseHeld(turn: Turn, paymentId: string): void {
  const isFor = ({ event }: { event: FactEvent }): boolean => event.fact.paymentId === paymentId;
  const released = turn.ledger.held.filter(isFor);
  turn.ledger.held = turn.ledger.held.filter((held) => !isFor(held));
  for (const { event } of released) recordFact(turn, event);
}

/** Drops what was held for a payment that is not ours into a review: money is never just forgotten. */
export function refuseHeld(
  turn: Turn,
  paymentId: string,
  reason: 'wrong_order' | 'unmatched',
): void {
  const isFor = ({ event }: { event: FactEvent }): boolean => event.fact.paymentId === paymentId;
  const refused = turn.ledger.held.filter(isFor);
  turn.ledger.held = turn.ledger.held.filter((held) => !isFor(held));
  for (const { event } of refused) giveUp(turn, event, reason);
}

function giveUp(turn: Turn, event: FactEvent, reason: 'wrong_order' | 'unmatched'): void {
  const { type, paymentId, amountMinor, currency } = event.fact;
  openReview(turn, reason, `${factKey(event.fact)}:${amountMinor}${currency}`);
  const told = `${reason}: ${type} of ${amountMinor} ${currency} for payment ${paymentId}`;
  record(
    turn,
    { outcome: 'review', reason: told },
    { source: event.source, type, eventId: event.id },
  );
}
