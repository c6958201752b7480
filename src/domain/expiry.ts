/**
 * Nobody paid in time. The gateway is asked before anything fails, money in flight gets more time, and
 * the failure is soft: a late confirmation lifts it.
 */
import { askGateway } from './inquiry.ts';
import { livePayments, stateOf } from './sums.ts';
import { cellFor, conclude, record, type Turn } from './turn.ts';

/** How much longer an order waits whose money is in flight at its expiry: one bank redirect's time. */
export const POSTPONED_EXPIRY_MS = 10 * 60 * 1_000;

export function expire(turn: Turn): void {
  const { ledger } = turn;
  const from = stateOf(ledger);
  if (cellFor('order.expired', from).verdict !== 'apply') return;
  if (from !== 'pending') return fail(turn);
  ledger.inquiry.purpose.expiry = true;
  askGateway(turn);
}

/** The gateway was asked: what it says is in the ledger already. */
export function expireAfterAnswer(turn: Turn): void {
  const { ledger } = turn;
  const state = stateOf(ledger);
  if (state !== 'pending' && state !== 'initiated') return;
  const isInFlight =
    livePayments(ledger).some((payment) => payment.status !== 'created') ||
    ledger.attempts.some(({ status }) => status === 'requested' || status === 'unknown');
  if (isInFlight) postponeExpiry(turn);
  else fail(turn);
}

export function postponeExpiry({ ledger, event }: Turn): void {
  ledger.expiresAt = event.at + POSTPONED_EXPIRY_MS;
}

function fail(turn: Turn): void {
  const { ledger, event } = turn;
  const from = stateOf(ledger);
  ledger.expired = true;
  const verdict = conclude(turn, cellFor('order.expired', from), 'expiry', from);
  record(turn, verdict, { source: 'timer', type: 'order.expired', eventId: event.id });
}
