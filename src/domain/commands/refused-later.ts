/**
 * Gateways that only accept a capture or a void, and say by webhook what became of it: its refusal is the same as one
 * that is answered at once.
 */
import { type Context, record, type Verdict } from '../context.ts';
import { refuseCapture } from '../effects/refused-capture.ts';
import type { FactEvent } from '../events.ts';
import { factKey, isRefusalFact, type RefusalFact } from '../facts/facts.ts';
import type { Payment } from '../ledger.ts';
import { refuseVoid } from './cancel.ts';
import { openRequests, refuseCaptureRequest } from './capture.ts';

/** False for what is no refusal, and for one of a payment that the order does not know. */
export function takeRefusal(context: Context, { fact, source, id }: FactEvent): boolean {
  const payment = context.ledger.payments[fact.paymentId];
  if (!isRefusalFact(fact) || payment === undefined) return false;
  record(context, verdictOn(context, fact, payment), { source, type: fact.type, eventId: id });
  return true;
}

function verdictOn(context: Context, fact: RefusalFact, payment: Payment): Verdict {
  const { facts } = context.ledger;
  const key = factKey(fact);
  if (facts[key] !== undefined) return { outcome: 'duplicate', reason: `${key} is known already` };
  facts[key] = { amountMinor: fact.amountMinor, currency: fact.currency };
  return fact.type === 'capture.refused'
    ? captureRefused(context, payment)
    : voidRefused(context, payment);
}

const REFUSAL = { code: 'refused_later' };

function captureRefused(context: Context, payment: Payment): Verdict {
  const { paymentId } = payment;
  const asked = openRequests(context.ledger).find(([, request]) => request.paymentId === paymentId);
  const isAsked = asked !== undefined || payment.captureMinor !== undefined;
  if (payment.status !== 'authorized' || !isAsked) return stale(payment);
  if (asked === undefined) refuseCapture(context, paymentId, REFUSAL);
  else refuseCaptureRequest(context, asked[0], REFUSAL);
  return { outcome: 'applied', reason: 'the gateway did not capture it after all' };
}

function voidRefused(context: Context, payment: Payment): Verdict {
  if (payment.voiding !== true) return stale(payment);
  refuseVoid(context, payment.paymentId, REFUSAL);
  return { outcome: 'applied', reason: 'the gateway did not void it after all' };
}

function stale({ status }: Payment): Verdict {
  return { outcome: 'stale', reason: `the payment is ${status}, and nothing of the kind is asked` };
}
