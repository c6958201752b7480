/** Until when a dispute may be answered: told by webhook, and as the gateway has it when it is asked. */
import assert from 'node:assert/strict';
import type { DisputeStatus } from '../../src/domain/facts/facts.ts';
import { viewOf } from '../../src/domain/view.ts';
import { readSignal } from '../../src/workflows/inbox/read-signal.ts';
import { dispute, reached, snapshot, told, webhook } from '../support/order-events.ts';
import { IN } from '../support/order-states.ts';
import { apply, type Happening, ledgerAfter } from '../support/order-story.ts';

const FEBRUARY = Date.UTC(2026, 1, 7);
const MARCH = Date.UTC(2026, 2, 7);

function opened(respondBy: number) {
  const { fact } = dispute('opened');
  return webhook({ ...fact, respondBy } as typeof fact);
}

/** The gateway is asked, and has the dispute so. */
function asked(status: DisputeStatus, respondBy?: number): Happening[] {
  const known = { disputeId: 'dsp_1', amountMinor: 100, status };
  const disputes = [{ ...known, ...(respondBy === undefined ? {} : { respondBy }) }];
  return [reached('poll'), told(snapshot('captured', 'pay_1', { disputes }))];
}

const deadlineAfter = (...happenings: Happening[]) =>
  viewOf(ledgerAfter(...IN.paid, ...happenings)).disputes[0]?.respondBy;

describe('the deadline of a dispute', () => {
  it('is as the webhook tells it, and none where it tells none', () => {
    assert.equal(deadlineAfter(opened(FEBRUARY)), new Date(FEBRUARY).toISOString());
    assert.equal(deadlineAfter(dispute('opened')), null);
  });

  it('is that of a bank that only inquires, until that becomes a dispute with its own', () => {
    const { fact } = dispute('inquiry');
    const inquiry = webhook({ ...fact, respondBy: FEBRUARY } as typeof fact);
    assert.equal(deadlineAfter(inquiry), new Date(FEBRUARY).toISOString());
    assert.equal(deadlineAfter(inquiry, opened(MARCH)), new Date(MARCH).toISOString());
  });

  it('is as the gateway has it when it is asked, with a new version', () => {
    const before = ledgerAfter(...IN.paid, dispute('opened'), reached('poll'));
    const [, answer] = asked('opened', MARCH);
    assert.ok(answer);
    const { ledger } = apply(before, answer);
    assert.equal(viewOf(ledger).disputes[0]?.respondBy, new Date(MARCH).toISOString());
    assert.ok(ledger.version > before.version);
    assert.equal(
      deadlineAfter(opened(FEBRUARY), ...asked('opened', MARCH)),
      new Date(MARCH).toISOString(),
    );
  });

  it('is over once the gateway awaits no answer any more, and once the dispute has ended', () => {
    assert.equal(deadlineAfter(opened(FEBRUARY), ...asked('opened')), null);
    assert.equal(deadlineAfter(opened(FEBRUARY), dispute('won')), null);
    assert.equal(deadlineAfter(opened(FEBRUARY), ...asked('lost', MARCH)), null);
  });

  it('is what the gateway has where a webhook that comes again tells another: either may be the old one', () => {
    const repeated = { ...opened(MARCH), id: 'evt_late' };
    const { ledger, effects } = apply(ledgerAfter(...IN.paid, opened(FEBRUARY)), repeated);
    assert.deepEqual(
      effects.map(({ effect }) => effect),
      ['fetch_payments'],
    );
    assert.equal(viewOf(ledger).disputes[0]?.respondBy, new Date(FEBRUARY).toISOString());
    assert.equal(
      deadlineAfter(opened(FEBRUARY), repeated, ...asked('opened', MARCH).slice(1)),
      new Date(MARCH).toISOString(),
    );
  });

  it('is asked for by no webhook that tells what is known, tells none, or comes after the end', () => {
    const again = { ...opened(FEBRUARY), id: 'evt_again' };
    const silent = { ...dispute('opened'), id: 'evt_silent' };
    for (const repeated of [again, silent])
      assert.deepEqual(apply(ledgerAfter(...IN.paid, opened(FEBRUARY)), repeated).effects, []);
    const late = { ...opened(MARCH), id: 'evt_late' };
    const won = ledgerAfter(...IN.paid, opened(FEBRUARY), dispute('won'));
    assert.deepEqual(apply(won, late).effects, []);
  });

  it('is read from a signal, and left out where it is no time', () => {
    const read = (respondBy: unknown) => {
      const fact = { ...dispute('opened').fact, respondBy };
      const event = readSignal({ signal: 'webhook', payload: { id: 'evt_1', fact } }, 0);
      assert.ok(event.type === 'fact' && event.fact.type === 'dispute.opened');
      return event.fact.respondBy;
    };
    assert.equal(read(FEBRUARY), FEBRUARY);
    for (const wrong of ['soon', -1, 1.5, null, 9e15]) assert.equal(read(wrong), undefined);
  });
});
