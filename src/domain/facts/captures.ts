/**
 * Facts about captures. A capture is one entry under its own id, so the same money is never counted
 * twice; its reversal may come first and leaves a tombstone that the capture meets later.
 */

import { type Capture, type Payment, reversedMinor, standingMinor } from '../ledger.ts';
import { putCapture } from '../ledger-index.ts';
import { capturedMinor, dueMinor, stateOf } from '../sums.ts';
import type { Row } from '../table.ts';
import { applyRow, movePayment, type Turn, type Verdict } from '../turn.ts';
import { type CaptureFact, captureIdOf, factKey, type PaymentFact } from './facts.ts';

export function applyCapture(turn: Turn, fact: PaymentFact, payment: Payment): Verdict {
  const { ledger } = turn;
  const captureId = captureIdOf(fact);
  const { paymentId, amountMinor, currency } = fact;
  if (currency !== ledger.terms.currency) {
    return applyRow(turn, 'payment.captured.currency', {
      cause: factKey(fact),
      evolve: () => {
        ledger.foreignCaptures[captureId] = { captureId, paymentId, amountMinor, currency };
        // Whatever the currency, nothing of it is left to void.
        movePayment(turn, payment, 'captured');
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
  return applyRow(turn, captureRow(turn, standingMinor(capture)), {
    cause: factKey(fact),
    evolve: () => {
      putCapture(ledger, capture);
      movePayment(turn, payment, 'captured');
      // A capture that won the race against a cancel keeps the order paid.
      if (standingMinor(capture) > 0) ledger.cancelRequested = false;
      // A late capture clears the expiry; a partial one keeps waiting for the rest.
      if (from === 'failed') ledger.expired = false;
    },
  });
}

function captureRow(turn: Turn, standing: number): Row {
  if (standing === 0) return 'payment.captured.reversed';
  const amountMinor = dueMinor(turn.ledger);
  const totalMinor = capturedMinor(turn.ledger) + standing;
  if (totalMinor < amountMinor) return 'payment.captured.partial';
  return totalMinor === amountMinor ? 'payment.captured.exact' : 'payment.captured.over';
}

export function applyCaptureReversed(turn: Turn, fact: CaptureFact): Verdict {
  const { ledger } = turn;
  const cause = factKey(fact);
  if (fact.currency !== ledger.terms.currency)
    return applyRow(turn, 'capture.reversed.currency', { cause });
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
  return applyRow(turn, row, { cause, evolve: () => putCapture(ledger, reversal) });
}
