/**
 * Capturing by hand what an order with manual capture has authorized. One request under one key is one capture: it stays
 * in the ledger, and what becomes of it is seen from the payment, by whichever way the news of it comes.
 */

import { applyRow, type EffectStarter } from '../apply-row.ts';
import { type Context, fromGateway, keyFor, type Verdict } from '../context.ts';
import type { Refusal } from '../events.ts';
import { namesOf } from '../facts/gateway-ids.ts';
import { effectsFor, endGone } from '../facts/payments.ts';
import type { CaptureRequest, Ledger, Payment } from '../ledger.ts';
import {
  authorizedMinor,
  capturableMinor,
  capturablePayment,
  isPayable,
  takenMinor,
} from '../sums.ts';
import type { RowOf } from '../table.ts';
import { answerWaiting, type CommandOf, rejected, UNSETTLED, wait } from './waiting.ts';

export function capture(context: Context, command: CommandOf<'capture'>): Verdict | null {
  const { ledger } = context;
  const { requestKey } = command;
  // The names that every object has are taken, by no request.
  if (requestKey in Object.prototype) return rejected('idempotency_key_reused');
  const known = ledger.captureRequests?.[requestKey];
  if (known !== undefined) return captureAgain(context, command, known);
  return applyRow(context, captureRow(ledger), {
    cause: command.id,
    caller: { command, answer: { requestKey } },
    refusal: () => captureRefusal(ledger, command.amountMinor),
    effects: { capture: (starter) => requestCapture(starter, requestKey, command.amountMinor) },
  });
}

function captureRow(ledger: Ledger): RowOf<'capture.requested'> {
  if (capturablePayment(ledger) !== undefined) return 'capture.requested';
  const held = lastAuthorized(ledger);
  if (held === undefined) return 'capture.requested.none';
  if (held.mismatched && held.status === 'authorized') return 'capture.requested';
  const isVoided = held.status === 'voided' || held.voiding === true;
  return isVoided ? 'capture.requested.voided' : 'capture.requested.expired';
}

/** The last payment that the gateway ever held for the shop and that took no money. */
function lastAuthorized({ payments }: Ledger): Payment | undefined {
  return Object.values(payments).findLast(
    (payment) => payment.authorizedMinor !== undefined && payment.status !== 'captured',
  );
}

/** Of all that can be captured where no amount is given. */
export function captureRefusal(ledger: Ledger, askedMinor?: number): Verdict | undefined {
  const payment = capturablePayment(ledger);
  // Authorized for another amount than it was asked for: first a person decides.
  if (payment === undefined) return rejected('order_in_review');
  const allMinor = capturableMinor(ledger, payment);
  const amountMinor = askedMinor ?? allMinor;
  if (isCaptureUnderWay(ledger, payment)) return rejected('capture_in_progress');
  if (amountMinor > allMinor) return rejected('capture_exceeds_authorized');
  const isPart = amountMinor < authorizedMinor(ledger, payment);
  if (isPart && ledger.terms.manualCapture?.takes === 'whole')
    return rejected('capture_part_unsupported');
  return undefined;
}

export function isCaptureUnderWay(ledger: Ledger, { paymentId, captureMinor }: Payment): boolean {
  const isAsked = openRequests(ledger).some(([, request]) => request.paymentId === paymentId);
  return isAsked || captureMinor !== undefined;
}

export function openRequests({ captureRequests = {} }: Ledger): [string, CaptureRequest][] {
  return Object.entries(captureRequests).filter(([, { status }]) => status === 'requested');
}

export function requestCapture(
  starter: EffectStarter,
  requestKey: string,
  askedMinor?: number,
): void {
  const { ledger, event } = starter;
  const payment = capturablePayment(ledger);
  if (payment === undefined) return;
  const { paymentId } = payment;
  const amountMinor = askedMinor ?? capturableMinor(ledger, payment);
  const request: CaptureRequest = {
    paymentId,
    amountMinor,
    totalMinor: takenMinor(ledger, paymentId) + amountMinor,
    status: 'requested',
    createdAt: event.at,
  };
  ledger.captureRequests = { ...ledger.captureRequests, [requestKey]: request };
  askForCapture(starter, requestKey, request);
}

/** Under the key of the request, however often it is asked. */
export function askForCapture(
  starter: EffectStarter,
  requestKey: string,
  { paymentId, amountMinor }: CaptureRequest,
): void {
  const key = keyFor(starter, 'capture_payment', requestKey);
  const payment = starter.ledger.payments[paymentId];
  starter.start({
    ...{ effect: 'capture_payment', key, paymentId, amountMinor, requestKey },
    ...(payment && namesOf(payment)),
  });
}

function captureAgain(
  context: Context,
  command: CommandOf<'capture'>,
  request: CaptureRequest,
): Verdict | null {
  const { requestKey, amountMinor } = command;
  if (amountMinor !== undefined && amountMinor !== request.amountMinor)
    return rejected('idempotency_key_reused');
  if (request.status === 'refused') return refusedVerdict(request);
  if (request.status === 'captured')
    return { outcome: 'duplicate', reason: 'captured under this key already' };
  const isAsked = context.ledger.effects[keyFor(context, 'capture_payment', requestKey)];
  if (isAsked !== undefined) return wait(context, command, { requestKey }, true);
  return { ...UNSETTLED, outcome: 'duplicate', answer: { requestKey, ...UNSETTLED.answer } };
}

function refusedVerdict({ code = 'capture_refused', refusal }: CaptureRequest): Verdict {
  if (refusal === undefined) return rejected(code);
  return {
    outcome: 'rejected',
    reason: `the gateway refused: ${refusal}`,
    answer: { code, gatewayCode: refusal },
  };
}

/** The gateway refuses it: the caller is told, and may ask anew. What is left of the payment, a sync finds out. */
export function refuseCaptureRequest(
  context: Context,
  requestKey: string,
  { code, isGone = false }: Refusal,
): void {
  const { ledger } = context;
  const request = ledger.captureRequests?.[requestKey];
  const payment = ledger.payments[request?.paymentId ?? ''];
  if (request === undefined || payment === undefined || request.status !== 'requested') return;
  request.status = 'refused';
  request.refusal = code;
  answerRequest(context, requestKey, refusedVerdict(request));
  if (isGone && isPayable(payment)) return endGone(context, payment);
  applyRow(context, 'capture.refused', {
    cause: `capture:${requestKey}`,
    effects: effectsFor(payment),
    reason: ({ words }) => `${words}: the gateway refused, ${code}`,
    origin: fromGateway(context, 'capture_payment.refused'),
  });
}

/** No answer, or one without the money: what is asked again by the schedule, its caller looks up. */
export function capturePending(context: Context, requestKey: string | undefined): void {
  settleCaptures(context);
  if (requestKey !== undefined) answerRequest(context, requestKey, UNSETTLED);
}

/** Ends each request whose money has come, or cannot come any more. */
export function settleCaptures(context: Context): void {
  const { ledger } = context;
  for (const [requestKey, request] of openRequests(ledger)) {
    const payment = ledger.payments[request.paymentId];
    if (payment === undefined) continue;
    if (isCarriedOut(ledger, request, payment)) {
      request.status = 'captured';
      answerRequest(context, requestKey, { outcome: 'applied', reason: 'captured' });
    } else if (payment.status !== 'authorized') {
      request.status = 'refused';
      request.code = payment.status === 'voided' ? 'authorization_voided' : 'authorization_expired';
      answerRequest(context, requestKey, refusedVerdict(request));
    }
  }
}

function isCarriedOut(ledger: Ledger, { totalMinor }: CaptureRequest, payment: Payment): boolean {
  return payment.status === 'captured' || takenMinor(ledger, payment.paymentId) >= totalMinor;
}

function answerRequest(context: Context, requestKey: string, verdict: Verdict): void {
  answerWaiting(
    context,
    ({ type, answer }) => type === 'capture' && answer.requestKey === requestKey,
    () => verdict,
  );
}
