/** A decision on a version of the order: it counts where the order is still as it was seen. */
import assert from 'node:assert/strict';
import type { Command, CommandEvent } from '../../src/domain/events.ts';
import { BY_HAND, HELD } from '../support/matrix-captures.ts';
import { captured, command, dispute } from '../support/order-events.ts';
import { IN } from '../support/order-states.ts';
import { apply, given, type Happening, ledgerAfter, ledgerOf } from '../support/order-story.ts';

const day = { method: 'cash', on: '2026-01-26' };

/** Every command that a person decides by how the order stands, where the order would take it. */
const DECISIONS: [Command, Happening[]][] = [
  [{ type: 'access', action: 'revoke', note: 'abuse' }, IN.paid],
  [{ type: 'refund', requestKey: 'ref-1', amountMinor: 40 }, IN.paid],
  [{ type: 'manual_refund', reference: 'cash-9', amountMinor: 40, ...day }, IN.paid],
  [{ type: 'cancel' }, IN.pending],
  [{ type: 'extend', expiresAt: 4_000_000_000_000 }, IN.pending],
  [{ type: 'manual_payment', reference: 'cash-1', amountMinor: 100, ...day }, IN.pending],
  [{ type: 'write_off', amountMinor: 50, limitMinor: 100 }, [...IN.pending, captured(50)]],
];

const OF_HELD: Command[] = [{ type: 'capture', requestKey: 'cap-1' }, { type: 'void' }];

const on = (orderVersion: number, body: Command): CommandEvent => ({
  ...command(body, 'decided'),
  orderVersion,
});

describe('a decision on a version of the order', () => {
  for (const [body, before] of DECISIONS) {
    const seen = ledgerAfter(...before).version;

    it(`counts at that version: ${body.type}`, () => {
      const { after } = given(...before).when(on(seen, body));
      const { after: without } = given(...before).when(command(body, 'decided'));
      assert.notEqual(after.records[0]?.outcome, 'rejected');
      assert.deepEqual(after, without);
    });

    it(`is refused at another, and does nothing: ${body.type}`, () => {
      for (const version of [seen - 1, seen + 1])
        given(...before)
          .when(on(version, body))
          .thenRejected('order_changed');
    });
  }

  for (const body of OF_HELD)
    it(`counts for what is authorized, too: ${body.type}`, () => {
      const held = ledgerOf(BY_HAND, HELD);
      const taken = apply(held, on(held.version, body));
      assert.notEqual(taken.records[0]?.outcome, 'rejected');
      const refused = apply(held, on(held.version + 1, body));
      assert.equal(refused.records[0]?.answer?.code, 'order_changed');
      assert.deepEqual(refused.effects, []);
    });

  it('is refused once a dispute was opened meanwhile, by its version and not by what would be refused later', () => {
    const seen = ledgerAfter(...IN.paid).version;
    given(...IN.paid, dispute('opened'))
      .when(on(seen, { type: 'access', action: 'grant', note: 'goodwill' }))
      .thenRejected('order_changed');
  });

  it('that was asked for before under its own name is answered as it was, whatever the version is by now', () => {
    const seen = ledgerAfter(...IN.paid).version;
    const asked: Command = { type: 'refund', requestKey: 'ref-1', amountMinor: 40 };
    const back: Command = { type: 'manual_refund', reference: 'cash-9', amountMinor: 40, ...day };
    for (const body of [asked, back]) {
      const again = { ...on(seen, body), id: 'again' };
      const { after } = given(...IN.paid, on(seen, body)).when(again);
      assert.notEqual(after.records[0]?.answer?.code, 'order_changed');
      assert.deepEqual(after.effects, []);
    }
    const cash: Command = { type: 'manual_payment', reference: 'cash-1', amountMinor: 100, ...day };
    const before = ledgerAfter(...IN.pending).version;
    given(...IN.pending, on(before, cash))
      .when({ ...on(before, cash), id: 'again' })
      .thenNothing('duplicate');
  });

  it('that comes twice is one, although the first has made another version', () => {
    const seen = ledgerAfter(...IN.paid).version;
    const decision = on(seen, { type: 'refund', requestKey: 'ref-1', amountMinor: 40 });
    given(...IN.paid)
      .when(decision, decision)
      .thenNothing('duplicate');
  });
});
