/** What one task of an order takes up, when its run is continued as new, and what the next run is given. */
import assert from 'node:assert/strict';
import { applyQueued } from '../../src/workflows/apply-events.ts';
import { canCarry, carriedFrom, mustContinue } from '../../src/workflows/continuing.ts';
import type { InboxItem } from '../../src/workflows/inbox/messages.ts';
import { openRun, type Run } from '../../src/workflows/run.ts';
import { freshOrderId, ledgerOf } from '../support/order-fixtures.ts';

const NOW = Date.UTC(2026, 0, 1);
const LIMITS = { signalsPerRun: undefined, isSuggested: false };

function verifies(count: number): InboxItem[] {
  return Array.from({ length: count }, (_, i) => ({
    signal: 'verify',
    payload: { id: `verify-${i}`, source: 'api' },
  }));
}

function runWith(inbox: InboxItem[], changes: Partial<Run> = {}): Run {
  return { ...openRun({ ledger: ledgerOf(freshOrderId()), inbox }), ...changes };
}

const idsOf = (inbox: readonly InboxItem[]) => inbox.map(({ payload }) => (payload as Named).id);

interface Named {
  id: string;
}

describe('a task of an order with a backlog', () => {
  it('takes up as many signals as it may, oldest first, and leaves the rest', () => {
    const run = runWith(verifies(7));
    const [applied] = applyQueued(run, NOW, 5);
    assert.deepEqual(
      applied?.events.map(({ id }) => id),
      ['verify-0', 'verify-1', 'verify-2', 'verify-3', 'verify-4'],
    );
    assert.deepEqual(idsOf(run.inbox), ['verify-5', 'verify-6']);
  });
});

describe('a run that is continued as new', () => {
  it('hands on the rest of its inbox in order, and what its record does not have yet', () => {
    const run = runWith(verifies(3));
    applyQueued(run, NOW, 1);
    const next = openRun(carriedFrom(run));
    assert.deepEqual(idsOf(next.inbox), ['verify-1', 'verify-2']);
    assert.deepEqual(next.ledger, run.ledger);
    assert.equal(next.recorded, 0);
    assert.deepEqual(next.journal, run.journal);
    assert.equal(next.journal.length, 1);
    assert.deepEqual(next.unsent, run.unsent);
    assert.equal(next.signalsTaken, 0);
  });

  it('goes on as it is while its inbox is larger than an input may be', () => {
    const padding = 'x'.repeat(1_000_000);
    const large = { signal: 'verify', payload: { id: 'v', padding } };
    assert.equal(canCarry(runWith([large])), false);
    assert.equal(canCarry(runWith(verifies(500))), true);
  });

  it('is one after 500 signals, or where the server finds its history long', () => {
    assert.equal(mustContinue(runWith([], { signalsTaken: 499 }), LIMITS), false);
    assert.equal(mustContinue(runWith([], { signalsTaken: 500 }), LIMITS), true);
    assert.equal(mustContinue(runWith([]), { ...LIMITS, isSuggested: true }), true);
  });

  it('waits for what is under way, up to twice as many signals', () => {
    for (const busy of [{ inFlight: ['invoice'] }, { isRecording: true }]) {
      const isSuggested = { ...LIMITS, isSuggested: true };
      assert.equal(mustContinue(runWith([], { ...busy, signalsTaken: 999 }), isSuggested), false);
      assert.equal(mustContinue(runWith([], { ...busy, signalsTaken: 1_000 }), LIMITS), true);
    }
  });
});
