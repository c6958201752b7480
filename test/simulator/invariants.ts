/**
 * What must hold after every single step, whatever went wrong before it. The sums are made here anew:
 * a check that asked the code under test for its totals would believe its mistakes.
 */
import { isBusinessEffect } from '../../src/domain/effects/effects.ts';
import type { DomainEvent } from '../../src/domain/events.ts';
import { type Fact, factKey } from '../../src/domain/facts/facts.ts';
import type { Ledger } from '../../src/domain/ledger.ts';
import { stateOf } from '../../src/domain/sums.ts';
import type { Transition } from '../../src/domain/transition.ts';
import { isKept, moneyIn } from './money-told.ts';
import { demand } from './world.ts';

/** What was told and decided in the life that led to the present ledger, and not in a lost task. */
export interface Memory {
  told: ReadonlyMap<string, Fact>;
  keys: ReadonlyMap<string, string>;
}

export interface Watcher {
  /** Looks at every step. */
  watch(before: Ledger, event: DomainEvent, after: Transition): void;
  memory(): Memory;
  /** To the beginning, where nothing is given. */
  goBack(to?: Memory): void;
}

export function createWatcher(): Watcher {
  // Replaced rather than changed, so that what was remembered stays.
  let told: Memory['told'] = new Map();
  let keys: Memory['keys'] = new Map();
  return {
    memory: () => ({ told, keys }),
    goBack(to) {
      told = to?.told ?? new Map();
      keys = to?.keys ?? new Map();
    },
    watch(before, event, after) {
      const money = moneyIn(event, before).map((fact) => [`${factKey(fact)}`, fact] as const);
      if (money.length > 0) told = new Map([...told, ...money]);
      for (const fact of told.values())
        demand(isKept(after.ledger, fact), 'told money is kept', () => JSON.stringify(fact));
      checkSteps(before, after);
      checkState(after.ledger);
      checkTransition(before, after.ledger);
      checkAttempts(before, after.ledger);
      checkRefundRequests(before, after.ledger);
      keys = keysWith(keys, event, after);
      checkSize(after.ledger);
    },
  };
}

function checkSteps(before: Ledger, { ledger, records }: Transition): void {
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
  const isFull = heldMinor >= ledger.terms.amountMinor;
  const isSticky = ledger.cancelled || ledger.refunded;
  demand((state === 'paid') === (isFull && !isSticky), 'paid means paid', () => state);
  const { granted } = ledger.access;
  if (state === 'paid') demand(granted, 'who has paid has access', () => state);
  if (isSticky || ledger.access.epoch === 0)
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

function standing(ledger: Ledger): number {
  return Object.values(ledger.captures)
    .filter(({ captured, reversed }) => captured && !reversed)
    .reduce((total, { amountMinor }) => total + amountMinor, 0);
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
      (payment !== undefined && !['created', 'pending', 'authorized'].includes(payment.status));
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
      .filter(({ reversed }) => !reversed)
      .reduce((total, { amountMinor }) => total + amountMinor, 0);
    demand(
      promised + gone <= held,
      'no more refunds than money',
      () => `${paymentId}: ${promised} promised, ${gone} gone, ${held} held`,
    );
  }
}

function keysWith(
  before: Memory['keys'],
  event: DomainEvent,
  { effects }: Transition,
): Memory['keys'] {
  if (effects.length === 0) return before;
  const keys = new Map(before);
  for (const effect of effects) {
    const content = JSON.stringify(effect);
    const known = keys.get(effect.key) ?? content;
    const isAgain = keys.has(effect.key) && isBusinessEffect(effect) && event.type !== 'retry';
    demand(!isAgain, 'business is decided once', () => effect.key);
    demand(known === content, 'one key, one content', () => `${known} then ${content}`);
    keys.set(effect.key, content);
  }
  return keys;
}

function checkSize({ seen, held, waiting, attempts }: Ledger): void {
  const isSmall =
    seen.length <= 512 && held.length <= 100 && waiting.length <= 100 && attempts.length <= 20;
  demand(isSmall, 'the ledger stays small', () => 'seen, held, waiting or attempts');
}
