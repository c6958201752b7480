/** A capture of the order's own that the gateway refuses, at once or after it had accepted it. */
import { applyRow } from '../apply-row.ts';
import { type Context, fromGateway } from '../context.ts';
import type { Refusal } from '../events.ts';
import { countRefusal, effectsFor, endGone } from '../facts/payments.ts';
import { followsPresentRules } from '../rules.ts';
import { isPayable } from '../sums.ts';

export function refuseCapture(context: Context, paymentId: string, { isGone }: Refusal): void {
  const { ledger } = context;
  const payment = ledger.payments[paymentId];
  if (payment === undefined) return;
  if (isGone && isPayable(payment)) return endGone(context, payment);
  applyRow(context, 'capture.refused', {
    cause: `capture:${paymentId}`,
    evolve: () => {
      delete payment.captureMinor;
      if (followsPresentRules(ledger)) payment.captureRefused = true;
      countRefusal(payment);
    },
    effects: effectsFor(payment),
    origin: fromGateway(context, 'capture_payment.refused'),
  });
}
