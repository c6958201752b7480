/**
 * An authorization that waits for the shop ends by itself, and the money with it. Before that a person is called, once,
 * with time to capture or to void it; at the end itself the order's expiry asks the gateway.
 */

import { applyRow } from '../apply-row.ts';
import { type Context, wasReviewed } from '../context.ts';
import type { Ledger, Payment } from '../ledger.ts';
import { capturablePayment } from '../sums.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;

/** A working day, and less where the gateway holds the money for a few days or hours alone. */
function warnAt({ authorizedAt, expiresAt }: Payment): number | null {
  if (authorizedAt === undefined || expiresAt === undefined) return null;
  const noticeMs = Math.min(DAY_MS, Math.floor((expiresAt - authorizedAt) / 4));
  return expiresAt - noticeMs;
}

interface Warning {
  name: 'authorization';
  /** Epoch milliseconds. */
  at: number;
}

export function authorizationWarning(ledger: Ledger): Warning | null {
  const payment = capturablePayment(ledger);
  if (payment === undefined || isWarnedOf(ledger, payment)) return null;
  const at = warnAt(payment);
  return at === null ? null : { name: 'authorization', at };
}

function isWarnedOf(ledger: Ledger, { paymentId }: Payment): boolean {
  return wasReviewed(ledger, 'authorization_expiring', causeFor(paymentId));
}

function causeFor(paymentId: string): string {
  return `authorization:${paymentId}`;
}

export function warnOfEnd(context: Context): void {
  const { ledger, event } = context;
  const deadline = authorizationWarning(ledger);
  const payment = capturablePayment(ledger);
  if (deadline === null || payment === undefined || event.at < deadline.at) return;
  const { paymentId, expiresAt = 0 } = payment;
  applyRow(context, 'authorization.expiring', {
    cause: causeFor(paymentId),
    reason: `authorization_expiring: ${paymentId} is held until ${new Date(expiresAt).toISOString()}`,
    origin: { source: 'timer', type: 'authorization.expiring', eventId: event.id },
  });
}
