/**
 * A workflow keeps one ledger for a run of an order, and with it what its lists add up to, entry by entry. It has to
 * be at all times what the entries themselves add up to, or money would be counted twice or not at all.
 */
import assert from 'node:assert/strict';
import { copyOf } from '../../src/domain/copy.ts';
import type { Effect } from '../../src/domain/effects/effects.ts';
import type { DomainEvent } from '../../src/domain/events.ts';
import { type Ledger, openLedger } from '../../src/domain/ledger.ts';
import {
  indexOf,
  inListOrder,
  type LedgerIndex,
  type List,
} from '../../src/domain/ledger-index.ts';
import { applyTo, transition } from '../../src/domain/transition.ts';
import { TERMS } from '../support/order-events.ts';
import type { Happening } from '../support/order-story.ts';
import { wholeLives } from '../support/timelines.ts';

function eventOf(happening: Happening, ledger: Ledger): DomainEvent {
  return typeof happening === 'function' ? happening(ledger) : happening;
}

/** The keys of a list in its order. */
const LISTS: Record<List, (ledger: Ledger) => object> = {
  capture: ({ captures }) => captures,
  refund: ({ refunds }) => refunds,
  dispute: ({ disputes }) => disputes,
  request: ({ refundRequests }) => refundRequests,
  effect: ({ effects }) => effects,
};

/** What an index says, without what it has yet to hand on and without sets that are empty. */
function saidBy(index: LedgerIndex, ledger: Ledger): unknown {
  const sets = <Key>(named: Map<Key, Set<string>>): unknown =>
    Object.fromEntries([...named].filter(([, ids]) => ids.size > 0));
  const orders = Object.entries(LISTS).map(([list, entriesOf]) => {
    const ids = Object.keys(entriesOf(ledger));
    return inListOrder(index, list as List, ids.toReversed());
  });
  return {
    payments: index.payments,
    totals: index.totals,
    pendingRefunds: index.pendingRefunds,
    openDisputes: index.openDisputes,
    openRequests: index.openRequests,
    requestsByParent: sets(index.requestsByParent),
    requestsByRefund: sets(index.requestsByRefund),
    pendingEffects: new Map<string, Effect>(index.pendingEffects),
    followers: sets(index.followers),
    lastCrmKey: index.lastCrmKey,
    causes: sets(index.causes),
    causesByReason: sets(index.causesByReason),
    orders,
  };
}

describe('what a ledger adds up to, kept event by event', () => {
  for (const [name, { terms, before, now }] of Object.entries(wholeLives()))
    it(`is what its entries add up to: ${name}`, () => {
      const kept = openLedger({ ...TERMS, ...terms });
      let copied = openLedger({ ...TERMS, ...terms });
      for (const happening of [...before, ...now]) {
        const event = eventOf(happening, kept);
        const result = applyTo(kept, event);
        const { ledger, ...expected } = transition(copied, event);
        copied = ledger;
        assert.deepStrictEqual(result, expected, event.id);
      }
      assert.deepStrictEqual(kept, copied);
      assert.deepStrictEqual(saidBy(indexOf(kept), kept), saidBy(indexOf(copyOf(kept)), kept));
    });

  it('has each list in the order in which its entries were added', () => {
    for (const { terms, before, now } of Object.values(wholeLives())) {
      const kept = openLedger({ ...TERMS, ...terms });
      for (const happening of [...before, ...now]) applyTo(kept, eventOf(happening, kept));
      for (const [list, entriesOf] of Object.entries(LISTS)) {
        const ids = Object.keys(entriesOf(kept));
        assert.deepStrictEqual(inListOrder(indexOf(kept), list as List, ids.toReversed()), ids);
      }
    }
  });
});
