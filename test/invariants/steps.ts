/**
 * What must hold after every single step of an order, whatever went wrong before it: checked in each simulated life
 * and by the properties. The sums are made here anew: a check that asked the code under test for its totals
 * would believe its mistakes.
 */
import type { Capture, Ledger } from '../../src/domain/ledger.ts';
import type { OrderState } from '../../src/domain/order.ts';
import { stateOf } from '../../src/domain/sums.ts';
import type { Transition } from '../../src/domain/transition.ts';
import { demand } from './demand.ts';

/** @throws Violation that names the rule */
export function checkStep(before: Ledger, after: Transition): void {
  checkNumbers(before, after);
  checkState(after.ledger);
  checkTransition(before, after.ledger);
  checkAttempts(before, after.ledger);
  checkRefundRequests(before, after.ledger);
  checkSize(after.ledger);
}

function checkNumbers(before: Ledger, { ledger, records }: Transition): void {
  demand(ledger.version >= before.version, 'versions rise', () => `to ${ledger.version}`);
  demand(ledger.revision === before.revision + 1, 'every step is counted', () => 'revision');
  demand(
    records.every(({ seq }, i) => seq === before.recorded + i + 1) &&
      ledger.recorded === before.recorded + records.length,
    'outcomes are numbered without gaps',
    () => records.map(({ seq }) => seq).join(),
  );
}

function checkState(ledger: Ledger): void {
  const state = stateOf(ledger);
  const heldMinor = standing(ledger);
  const isFull = heldMinor + forgivenMinor(ledger) >= ledger.terms.amountMinor;
  const isSticky = ledger.cancelled || ledger.refunded;
  demand((state === 'paid') === (isFull && !isSticky), 'paid means paid', () => state);
  checkAccess(ledger, state);
}

/** A person's decision comes first, then a dispute that is open, then the money. */
function checkAccess(ledger: Ledger, state: OrderState): void {
  const { granted, byHand } = ledger.access;
  if (byHand !== undefined)
    return demand(granted === (byHand === 'granted'), 'a decision stands', () => byHand);
  const isOver = ledger.cancelled || ledger.refunded;
  const isHeld = ledger.terms.holdsAccessWhileDisputed === true && isDisputed(ledger);
  if (isHeld) demand(!granted, 'nobody has what a bank may take back', () => state);
  else if (state === 'paid') demand(granted, 'who has paid has access', () => state);
  if (isOver || ledger.access.epoch === 0)
    demand(!granted, 'nobody has access for nothing', () => state);
  if (granted && state !== 'paid')
    demand(
      ledger.reviews.some(
        ({ reason, status }) =>
          reason === 'capture_reversed' && (status === 'open' || status === 'rejected'),
      ),
      'access without money is known to a person',
      () => state,
    );
}

function isDisputed({ disputes }: Ledger): boolean {
  return Object.values(disputes).some(({ status }) => status === 'opened');
}

function standing(ledger: Ledger): number {
  return Object.values(ledger.captures)
    .filter(({ captured }) => captured)
    .reduce((total, capture) => total + leftOf(capture), 0);
}

/** What a person did without. What a gateway let the customer off is no part of these lives. */
function forgivenMinor({ writeOffs = [] }: Ledger): number {
  return writeOffs.reduce((sum, { amountMinor, lifted }) => sum + (lifted ? 0 : amountMinor), 0);
}

/** A bank may take back a part. */
function leftOf({ amountMinor, reversed, reversedMinor = amountMinor }: Capture): number {
  return reversed ? amountMinor - reversedMinor : amountMinor;
}

function checkTransition(before: Ledger, after: Ledger): void {
  const from = stateOf(before);
  const to = stateOf(after);
  if (from === to) return;
  const name = (): string => `${from} → ${to}`;
  demand(after.version > before.version, 'a new state is a new version', name);
  if (from === 'cancelled' || from === 'refunded')
    demand(wasApproved(before, after), 'only a person brings back what was over', name);
  if (from === 'paid' && to !== 'refunded')
    demand(standing(after) < standing(before), 'paid stays paid', name);
}

function wasApproved(before: Ledger, after: Ledger): boolean {
  return after.reviews.some(
    ({ status }, i) => status === 'approved' && before.reviews[i]?.status === 'open',
  );
}

function checkAttempts(before: Ledger, after: Ledger): void {
  if (after.attempts.length === before.attempts.length) return;
  for (const { number, status, paymentId } of after.attempts.slice(0, -1)) {
    const payment = paymentId === null ? undefined : after.payments[paymentId];
    const isOver =
      status === 'refused' ||
      (payment !== undefined && !['created', 'pending', 'authorized'].includes(payment.status)) ||
      // Money in another currency pays nothing of the order.
      (payment !== undefined && payment.currency !== after.terms.currency);
    demand(isOver, 'one attempt at a time', () => `attempt ${number} is ${status} still`);
  }
}

/** What we newly promise must be there, beside all that was promised or has gone before. */
function checkRefundRequests(before: Ledger, after: Ledger): void {
  const fresh = Object.values(after.refundRequests).filter(
    ({ requestKey }) => before.refundRequests[requestKey] === undefined,
  );
  for (const { paymentId, currency } of fresh) {
    if (currency !== after.terms.currency) continue;
    const promised = Object.values(after.refundRequests)
      .filter((request) => request.paymentId === paymentId && request.status === 'requested')
      .reduce((total, { amountMinor }) => total + amountMinor, 0);
    const gone = Object.values(after.refunds)
      .filter((refund) => refund.paymentId === paymentId)
      .filter(({ status }) => status === 'pending' || status === 'succeeded')
      .reduce((total, { amountMinor }) => total + amountMinor, 0);
    const held = Object.values(after.captures)
      .filter((capture) => capture.paymentId === paymentId && capture.captured)
      .reduce((total, capture) => total + leftOf(capture), 0);
    demand(
      promised + gone <= held,
      'no more refunds than money',
      () => `${paymentId}: ${promised} promised, ${gone} gone, ${held} held`,
    );
  }
}

function checkSize({ seen, held, waiting, attempts }: Ledger): void {
  const isSmall =
    seen.length <= 512 && held.length <= 100 && waiting.length <= 100 && attempts.length <= 20;
  demand(isSmall, 'the ledger stays small', () => 'seen, held, waiting or attempts');
}
