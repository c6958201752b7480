/**
 * The time to pay is over. The gateway is asked before anything fails, money in flight gets more time, and
 * the failure is soft: a late confirmation lifts it.
 */

import { applyRow } from '../apply-row.ts';
import type { Context } from '../context.ts';
import type { Ledger } from '../ledger.ts';
import { livePayments, stateOf } from '../sums.ts';
import { askGateway } from './gateway-sync.ts';

/** How much longer an order waits at least whose money is in flight at its expiry: one bank redirect's time. */
const SHORTEST_POSTPONEMENT_MS = 10 * 60 * 1_000;
/** And at most: money that takes days is then asked for four times a day. */
const LONGEST_POSTPONEMENT_MS = 6 * 60 * 60 * 1_000;

export function expire(context: Context): void {
  const { ledger } = context;
  const from = stateOf(ledger);
  if (from === 'failed' && (ledger.expired || ledger.terms.voidsWhenFailed !== true)) return;
  if (from !== 'pending') return fail(context);
  applyRow(context, 'expiry.reached', {
    cause: 'expiry',
    evolve: () => {
      ledger.inquiry.purpose.expiry = true;
    },
    effects: { fetch: askGateway },
  });
}

/** The gateway was asked: what it says is in the ledger already. */
export function expireAfterAnswer(context: Context): void {
  const { ledger } = context;
  const state = stateOf(ledger);
  if (state !== 'pending' && state !== 'initiated') return;
  const isInFlight =
    livePayments(ledger).some((payment) => payment.status !== 'created') ||
    ledger.attempts.some(({ status }) => status === 'requested' || status === 'unknown');
  if (isInFlight) postponeExpiry(context);
  else fail(context);
}

/** What has been in flight for long is not done within minutes: each wait is half of the time overdue. */
export function postponeExpiry({ ledger, event }: Context): void {
  const halfOverdueMs = Math.floor((event.at - ledger.terms.expiresAt) / 2);
  const waitMs = Math.max(
    SHORTEST_POSTPONEMENT_MS,
    Math.min(halfOverdueMs, LONGEST_POSTPONEMENT_MS),
  );
  ledger.expiresAt = Math.max(event.at + waitMs, gatewayExpiry(ledger));
}

/** Until when a customer may still pay, as far as gateways say. */
function gatewayExpiry(ledger: Ledger): number {
  return Math.max(0, ...livePayments(ledger).map(({ expiresAt = 0 }) => expiresAt));
}

function fail(context: Context): void {
  const { ledger, event } = context;
  applyRow(context, 'order.expired', {
    cause: 'expiry',
    evolve: () => {
      ledger.expired = true;
    },
    origin: { source: 'timer', type: 'order.expired', eventId: event.id },
  });
}
