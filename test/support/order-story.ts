/** given / when / then for the pure state machine. Every input is frozen: a transition that writes into it fails. */
import assert from 'node:assert/strict';
import { isBusinessEffect } from '../../src/domain/effects/effects.ts';
import type { DomainEvent, OutcomeRecord } from '../../src/domain/events.ts';
import { type Ledger, openLedger } from '../../src/domain/ledger.ts';
import type { OrderTerms } from '../../src/domain/order.ts';
import { openReviews, stateOf } from '../../src/domain/sums.ts';
import { type Transition, transition } from '../../src/domain/transition.ts';
import { TERMS } from './order-events.ts';

/** An event, or one that answers whatever the order has asked by then. */
export type Happening = DomainEvent | ((ledger: Ledger) => DomainEvent);

export interface Told {
  state: string;
  outcomes: string[];
  codes: (string | undefined)[];
  reasons: string[];
  reviews: string[];
  /** What the gateway is asked now, as "void pay_1". */
  asks: string[];
  /** Business effects decided now, as "grant_access:1". */
  works: string[];
  granted: boolean;
  late: boolean;
}

export function apply(ledger: Ledger, happening: Happening): Transition {
  const event = typeof happening === 'function' ? happening(ledger) : happening;
  return transition(freeze(ledger), freeze(event));
}

export function ledgerAfter(...happenings: Happening[]): Ledger {
  return ledgerOf({}, happenings);
}

/** Of an order with other terms than usual. */
export function ledgerOf(terms: Partial<OrderTerms>, happenings: Happening[]): Ledger {
  const opened = openLedger({ ...TERMS, ...terms });
  return happenings.reduce((ledger, event) => apply(ledger, event).ledger, opened);
}

export function given(...before: Happening[]) {
  return givenWith({}, ...before);
}

/** An order with other terms than usual. */
export function givenWith(terms: Partial<OrderTerms>, ...before: Happening[]) {
  return { when: (...happenings: Happening[]) => endings(ledgerOf(terms, before), happenings) };
}

function endings(before: Ledger, happenings: Happening[]) {
  const [last, ...earlier] = [...happenings].reverse();
  assert.ok(last, 'a story needs something to happen');
  const middle = earlier.reverse().reduce((ledger, event) => apply(ledger, event).ledger, before);
  const after = apply(middle, last);
  return {
    after,
    // biome-ignore lint/suspicious/noThenProperty: it ends a story, and nobody awaits stories.
    then(expected: Partial<Told>): void {
      const told = tell(middle, after);
      const asked = Object.keys(expected).map((key) => [key, told[key as keyof Told]]);
      assert.deepStrictEqual(Object.fromEntries(asked), expected);
    },
    /** Recorded and counted, and nothing else. */
    thenNothing(outcome: 'duplicate' | 'stale' = 'duplicate'): void {
      assert.deepStrictEqual(outcomesOf(after.records), [outcome]);
      assertUntouched(middle, after);
    },
    thenRejected(code: string): void {
      assert.deepStrictEqual(outcomesOf(after.records), ['rejected']);
      assert.equal(after.records[0]?.answer?.code, code);
      assertUntouched(middle, after);
    },
  };
}

export function tell(before: Ledger, { ledger, records, effects }: Transition): Told {
  return {
    state: stateOf(ledger),
    outcomes: outcomesOf(records),
    codes: records.map((record) => record.answer?.code),
    reasons: records.map(({ reason }) => reason),
    reviews: openReviews(ledger).map(({ reason }) => reason),
    asks: effects.filter((effect) => !isBusinessEffect(effect)).map(({ key }) => nameOf(key)),
    works: Object.values(ledger.effects)
      .filter(({ command }) => isBusinessEffect(command) && !(command.key in before.effects))
      .map(({ command }) => nameOf(command.key)),
    granted: ledger.access.granted,
    late: ledger.late,
  };
}

function nameOf(key: string): string {
  return key.slice(`${TERMS.orderId}:`.length);
}

function outcomesOf(records: OutcomeRecord[]): string[] {
  return records.map(({ outcome }) => outcome);
}

/** What a repeat may move: the counters, and what remembers that it was there. */
export function withoutCounters(ledger: Ledger): Partial<Ledger> {
  const { counters: _1, revision: _2, recorded: _3, seen: _4, ...rest } = ledger;
  return rest;
}

function withoutMemory(ledger: Ledger): Partial<Ledger> {
  return { ...withoutCounters(ledger), facts: {} };
}

function assertUntouched(before: Ledger, after: Transition): void {
  assert.deepStrictEqual(after.effects, []);
  assert.deepStrictEqual(withoutMemory(after.ledger), withoutMemory(before));
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null)
    for (const part of Object.values(value)) freeze(part);
  return Object.freeze(value);
}
