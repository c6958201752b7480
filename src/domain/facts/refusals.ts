/**
 * Gateways that only accept a capture or a void, and say by webhook what became of it: its refusal is the same as one
 * that is answered at once.
 */
import { refuseVoid } from '../commands/cancel.ts';
import { openRequests, refuseCaptureRequest } from '../commands/capture.ts';
import type { Context, Verdict } from '../context.ts';
import { refuseCapture } from '../effects/refused-capture.ts';
import type { Payment } from '../ledger.ts';
import type { RefusalFact } from './facts.ts';

export function applyRefusalFact(
  context: Context,
  { type }: RefusalFact,
  payment: Payment,
): Verdict {
  return type === 'capture.refused'
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
