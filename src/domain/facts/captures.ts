/**
 * Facts about captures. A capture is one entry under its own id, so the same money is never counted
 * twice; its reversal may come first and leaves a tombstone that the capture meets later.
 */

import { applyRow } from '../apply-row.ts';
import { type Context, movePayment, type Verdict } from '../context.ts';
import {
  type Capture,
  type Ledger,
  type Payment,
  reversedMinor,
  standingMinor,
} from '../ledger.ts';
import { putCapture } from '../ledger-index.ts';
import { authorizedMinor, capturedMinor, dueMinor, stateOf } from '../sums.ts';
import type { RowOf } from '../table.ts';
import { type CaptureFact, captureIdOf, factKey, type PaymentFact } from './facts.ts';

export function applyCapture(context: Context, fact: PaymentFact, payment: Payment): Verdict {
  const { ledger } = context;
  const captureId = captureIdOf(fact);
  const { paymentId, amountMinor, currency } = fact;
  if (currency !== ledger.terms.currency) {
    return applyRow(context, 'payment.captured.currency', {
      cause: factKey(fact),
      evolve: () => {
        ledger.foreignCaptures[captureId] = { captureId, paymentId, amountMinor, currency };
        // Whatever the currency, nothing of it is left to void.
        movePayment(context, payment, 'captured');
      },
    });
  }
  const tombstone = ledger.captures[captureId];
  const takenBackMinor = Math.min(amountMinor, reversedMinor(tombstone));
  const capture: Capture = {
    captureId,
    paymentId,
    amountMinor,
    captured: true,
    reversed: takenBackMinor > 0,
    ...(takenBackMinor > 0 ? { reversedMinor: takenBackMinor } : {}),
  };
  const from = stateOf(ledger);
  return applyRow(context, captureRow(context, standingMinor(capture)), {
    cause: factKey(fact),
    evolve: () => {
      // Money received by hand is known with its first fact.
      ledger.payments[paymentId] = payment;
      putCapture(ledger, capture);
      if (isRestHeld(context, payment)) delete payment.captureMinor;
      else movePayment(context, payment, 'captured');
      // A capture that won the race against a cancel keeps the order paid.
      if (standingMinor(capture) > 0) ledger.cancelRequested = false;
      // A late capture clears the expiry; a partial one keeps waiting for the rest.
      if (from === 'failed') ledger.expired = false;
    },
  });
}

/** Where a gateway captures part by part, it holds the rest until that is captured or voided. */
function isRestHeld({ ledger }: Context, payment: Payment): boolean {
  const isByParts = ledger.terms.manualCapture?.takes === 'parts';
  return isByParts && authorizedMinor(ledger, payment) > 0;
}

function captureRow(context: Context, standing: number): RowOf<'payment.captured'> {
  if (standing === 0) return 'payment.captured.reversed';
  const amountMinor = dueMinor(context.ledger);
  const totalMinor = capturedMinor(context.ledger) + standing;
  if (totalMinor < amountMinor) return 'payment.captured.partial';
  return totalMinor === amountMinor ? 'payment.captured.exact' : 'payment.captured.over';
}

export function applyCaptureReversed(context: Context, fact: CaptureFact): Verdict {
  const { ledger } = context;
  const cause = factKey(fact);
  if (fact.currency !== ledger.terms.currency)
    return applyRow(context, 'capture.reversed.currency', { cause });
  const captureId = captureIdOf(fact);
  const { paymentId, amountMinor } = fact;
  const known = ledger.captures[captureId];
  const reversal: Capture =
    known === undefined
      ? {
          captureId,
          paymentId,
          amountMinor,
          captured: false,
          reversed: true,
          reversedMinor: amountMinor,
        }
      : { ...known, reversed: true, reversedMinor: Math.min(amountMinor, known.amountMinor) };
  const row = known === undefined ? 'capture.reversed.early' : 'capture.reversed';
  return applyRow(context, row, {
    cause,
    evolve: () => {
      putCapture(ledger, reversal);
      if (capturedMinor(ledger) === 0) liftWriteOffs(ledger);
    },
  });
}

/** The rest was done without because the other part was paid. */
function liftWriteOffs({ writeOffs = [] }: Ledger): void {
  for (const writeOff of writeOffs) writeOff.lifted = true;
}
