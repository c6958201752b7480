/** Money that an order was told of, and whether it is still to be found somewhere in the ledger. */
import type { DomainEvent } from '../../src/domain/events.ts';
import { captureIdOf, type Fact, factKey, factsOf } from '../../src/domain/facts/facts.ts';
import type { Ledger } from '../../src/domain/ledger.ts';

export function moneyIn(event: DomainEvent, { terms }: Ledger): Fact[] {
  const all = event.type === 'fact' ? [event.fact] : factsAnswered(event, terms.orderId);
  return all.filter(({ type }) => !type.startsWith('payment.') || type === 'payment.captured');
}

function factsAnswered(event: DomainEvent, ours: string): Fact[] {
  if (event.type !== 'effect.answered' || event.answer === null) return [];
  const { answer } = event;
  if (answer.to === 'refund_payment') {
    const { status, ...refund } = answer.refund;
    return [{ ...refund, type: `refund.${status}` }];
  }
  const payments = answer.to === 'fetch_payments' ? answer.payments : [answer.payment];
  return payments
    .filter((payment) => payment !== null)
    .filter(({ orderId, installation }) => orderId === ours && installation === 'ours')
    .flatMap(factsOf);
}

/** In the ledger, held until the gateway explains it, before a person, or parked as foreign. */
export function isKept(ledger: Ledger, fact: Fact): boolean {
  const key = factKey(fact);
  return (
    isInLedger(ledger, fact) ||
    isParked(ledger, fact.paymentId) ||
    ledger.held.some(({ event }) => factKey(event.fact) === key) ||
    ledger.reviews.some(({ causes }) => causes.some((cause) => cause.startsWith(key)))
  );
}

function isParked({ effects }: Ledger, paymentId: string): boolean {
  return Object.values(effects).some(
    ({ command }) => command.effect === 'park_payment' && command.paymentId === paymentId,
  );
}

function isInLedger(ledger: Ledger, fact: Fact): boolean {
  if ('refundId' in fact) {
    const status = ledger.refunds[fact.refundId]?.status;
    return status !== undefined && (status !== 'pending' || fact.type === 'refund.pending');
  }
  if ('disputeId' in fact) return ledger.disputes[fact.disputeId] !== undefined;
  // It tells of no money.
  if ('callId' in fact) return true;
  const id = captureIdOf(fact);
  const capture = ledger.captures[id];
  if (fact.type === 'capture.reversed') return capture?.reversed === true;
  const isCaptured = capture?.captured === true && capture.amountMinor === fact.amountMinor;
  return isCaptured || ledger.foreignCaptures[id]?.amountMinor === fact.amountMinor;
}
