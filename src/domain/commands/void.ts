/**
 * Voiding by hand what an order with manual capture has authorized. The order stays open; a cancel ends it. A capture
 * that was faster has won.
 */

import { applyRow } from '../apply-row.ts';
import type { Context, Verdict } from '../context.ts';
import { voidPayment } from '../facts/payments.ts';
import type { Ledger, Payment } from '../ledger.ts';
import { stateOf } from '../sums.ts';
import type { RowOf } from '../table.ts';
import { isCaptureUnderWay } from './capture.ts';
import { answerWaiting, type CommandOf, rejected, UNSETTLED } from './waiting.ts';

export function voidAuthorization(context: Context, command: CommandOf<'void'>): Verdict | null {
  const { ledger } = context;
  const payment = heldPayment(ledger);
  return applyRow(context, voidRow(ledger, payment), {
    cause: command.id,
    caller: {
      // Its answer is what becomes of this payment.
      command: { ...command, ...(payment && { paymentId: payment.paymentId }) },
      isDuplicate: payment?.voiding === true,
    },
    refusal: () =>
      payment !== undefined && isCaptureUnderWay(ledger, payment)
        ? rejected('capture_in_progress')
        : undefined,
    reason: 'the authorization is voided already',
    effects: {
      void: (starter) => {
        if (payment !== undefined) voidPayment(starter, payment);
      },
    },
  });
}

/** What the gateway holds, also where a review about it is open. */
function heldPayment({ payments, terms }: Ledger): Payment | undefined {
  if (terms.manualCapture === undefined) return undefined;
  return Object.values(payments).find(({ status }) => status === 'authorized');
}

function voidRow({ payments }: Ledger, payment: Payment | undefined): RowOf<'void.requested'> {
  if (payment !== undefined) return 'void.requested';
  const isVoided = Object.values(payments).some(
    ({ status, authorizedMinor }) => status === 'voided' && authorizedMinor !== undefined,
  );
  return isVoided ? 'void.requested.repeated' : 'void.requested.none';
}

/** The outcome is unknown as long as the call has no answer. */
export function voidsUnanswered(context: Context): void {
  answerVoids(
    context,
    () => true,
    () => UNSETTLED,
  );
}

export function voidsRefused(context: Context, paymentId: string, gatewayCode: string): void {
  answerVoids(
    context,
    (asked) => asked === paymentId,
    () => ({
      outcome: 'rejected',
      reason: `the gateway refused: ${gatewayCode}`,
      answer: { code: 'void_refused', gatewayCode },
    }),
  );
}

/** Answers a waiting void as soon as the gateway holds nothing of its payment any more. */
export function answerVoidsByState(context: Context): void {
  const { ledger } = context;
  const paymentOf = (id: string | null): Payment | undefined => ledger.payments[id ?? ''];
  answerVoids(
    context,
    (paymentId) => paymentOf(paymentId)?.status !== 'authorized',
    (paymentId) => {
      const { status } = paymentOf(paymentId) ?? {};
      if (status !== 'captured')
        return { outcome: 'applied', reason: `the payment is ${status}: ${stateOf(ledger)}` };
      return rejected('authorization_captured');
    },
  );
}

function answerVoids(
  context: Context,
  picks: (paymentId: string | null) => boolean,
  verdict: (paymentId: string | null) => Verdict,
): void {
  answerWaiting(
    context,
    ({ type, paymentId }) => type === 'void' && picks(paymentId),
    ({ paymentId }) => verdict(paymentId),
  );
}
