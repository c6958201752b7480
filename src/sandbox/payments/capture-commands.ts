/**
 * Captures and their reversal. A capture works whatever the status of the payment, as late
 * authorisation does at real gateways, and is never undone but by an explicit reversal.
 */

import { newId } from './ids.ts';
import { amountCapturedMinor, type Capture, type Payment } from './payment.ts';
import { changed, type PaymentEvent, refused, UNCHANGED, type Verdict } from './verdict.ts';

type CaptureEventType = 'payment.captured' | 'capture.reversed';

// A payment captured whole has no capture of its own: receivers take the payment id for it.
function captureEvent(type: CaptureEventType, payment: Payment, capture: Capture): PaymentEvent {
  const { captureId, amountMinor } = capture;
  return captureId === payment.id ? { type, amountMinor } : { type, amountMinor, captureId };
}

/**
 * Captures `amountMinor` minor units, or what is left of the payment when none is named. A named amount may exceed the
 * payment: gateways do that, and receivers have to bear it. What is captured by hand in part is authorized for the rest.
 */
export function capture(payment: Payment, amountMinor?: number): Verdict {
  const leftMinor = payment.amountMinor - amountCapturedMinor(payment);
  const takenMinor = amountMinor ?? leftMinor;
  if (takenMinor <= 0) return UNCHANGED;
  const isWhole = payment.captures.length === 0 && takenMinor === payment.amountMinor;
  const entry: Capture = {
    captureId: isWhole ? payment.id : newId('sbx_cap'),
    amountMinor: takenMinor,
    reversed: false,
  };
  const isRestHeld =
    payment.capture === 'manual' && payment.status === 'authorized' && takenMinor < leftMinor;
  return changed(
    {
      ...payment,
      status: isRestHeld ? 'authorized' : 'captured',
      captures: [...payment.captures, entry],
    },
    captureEvent('payment.captured', payment, entry),
  );
}

/** Takes a capture back, as a bank may days later; the only one left when none is named. */
export function reverseCapture(payment: Payment, captureId?: string): Verdict {
  const standing = payment.captures.filter((entry) => !entry.reversed);
  if (captureId === undefined && standing.length > 1) {
    return refused(
      422,
      'capture_id_required',
      `Payment ${payment.id} has ${standing.length} captures; name one as captureId.`,
    );
  }
  const target =
    captureId === undefined
      ? (standing[0] ?? payment.captures.at(-1))
      : payment.captures.find((entry) => entry.captureId === captureId);
  if (target === undefined) {
    return refused(404, 'capture_not_found', `Payment ${payment.id} has no such capture.`);
  }
  if (target.reversed) return UNCHANGED;
  const captures = payment.captures.map((entry) =>
    entry === target ? { ...entry, reversed: true } : entry,
  );
  return changed({ ...payment, captures }, captureEvent('capture.reversed', payment, target));
}
