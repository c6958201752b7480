/** A paid order asks its gateway: when an operator wants it, and seldom by itself. */
import assert from 'node:assert/strict';
import { type CommandEvent, type DeadlineEvent, effectEvent } from '../../src/domain/events.ts';
import { type Ledger, openLedger } from '../../src/domain/ledger.ts';
import { nextDeadline, SYNC_SCHEDULE_MS } from '../../src/domain/schedule/deadlines.ts';
import { snapshot, TERMS, told } from '../support/order-events.ts';
import { IN } from '../support/order-states.ts';
import { apply, given, type Happening } from '../support/order-story.ts';

const sync = (id = 'sync-1'): CommandEvent => ({
  type: 'sync',
  id,
  source: 'operator',
  at: TERMS.createdAt + 120_000,
});

const refunded = snapshot('captured', 'pay_1', {
  refunds: [
    {
      refundId: 'ref_9',
      paymentId: 'pay_1',
      amountMinor: 100,
      currency: 'INR',
      status: 'succeeded',
    },
  ],
});

function reached({ name, at }: { name: string; at: number }): DeadlineEvent {
  const deadline = name as DeadlineEvent['deadline'];
  return { type: 'deadline.reached', deadline, id: `${name}-${at}`, source: 'timer', at };
}

describe('a sync', () => {
  it('asks the gateway about a paid order, and answers with what was news', () => {
    given(...IN.paid)
      .when(sync())
      .then({ asks: ['fetch_payments:1'], outcomes: [] });
    const { records } = [...IN.paid, sync(), told(refunded)].reduce(
      ({ ledger }: Pick<ReturnType<typeof apply>, 'ledger' | 'records'>, happening: Happening) =>
        apply(ledger, happening),
      { ledger: openLedger(TERMS), records: [] },
    );
    const answered = records.find(({ eventId }) => eventId === 'sync-1');
    assert.equal(answered?.outcome, 'applied');
    assert.deepEqual(answered.answer?.changes, ['refund.succeeded: paid → refunded']);
  });

  it('answers with the fifty latest of more changes', () => {
    const refunds = Array.from({ length: 60 }, (_, i) => ({
      refundId: `ref_${i}`,
      paymentId: 'pay_1',
      amountMinor: 1,
      currency: 'INR',
      status: 'succeeded' as const,
    }));
    const { records } = given(...IN.paid, sync()).when(
      told(snapshot('captured', 'pay_1', { refunds })),
    ).after;
    const answered = records.find(({ eventId }) => eventId === 'sync-1');
    assert.equal(records.length, 61);
    assert.equal(answered?.answer?.changes?.length, 50);
  });

  it('finds, of an order that was put back to before its first click, what was paid since', () => {
    const putBack: CommandEvent = {
      type: 'sync',
      id: 'put-back-1',
      source: 'operator',
      at: TERMS.createdAt + 120_000,
      wasPutBack: true,
    };
    given().when(sync()).thenRejected('no_payment_attempt');
    given()
      .when(putBack)
      .then({ asks: ['fetch_payments:1'], outcomes: [] });
    given(putBack)
      .when(told(snapshot('captured', 'pay_1')))
      .then({ state: 'paid' });
  });

  it('that comes while a question is open is answered by the next one, though there was news', () => {
    given(...IN.paid, sync('sync-1'), sync('sync-2'))
      .when(told(refunded))
      .then({ asks: ['fetch_payments:2'] });
  });
});

describe('a paid order', () => {
  /** All that it had to do is done, and the gateway finds nothing new. */
  function deadlinesOf(terms: Partial<Ledger['terms']>): string[] {
    let ledger = openLedger({ ...TERMS, ...terms });
    for (const happening of IN.paid) ({ ledger } = apply(ledger, happening));
    for (;;) {
      const open = Object.values(ledger.effects).find(({ status }) => status === 'pending');
      if (open === undefined) break;
      const { key } = open.command;
      const done = { key, type: 'effect.answered', attempts: 1, answer: null } as const;
      ({ ledger } = apply(ledger, effectEvent(done, ledger.updatedAt)));
    }
    const names: string[] = [];
    for (let next = nextDeadline(ledger); next !== null; next = nextDeadline(ledger)) {
      const days = (next.at - ledger.updatedAt) / SYNC_SCHEDULE_MS[0];
      names.push(`${next.name} ${days}`);
      ({ ledger } = apply(ledger, reached(next)));
      ({ ledger } = apply(ledger, told(snapshot('captured', 'pay_1'))));
    }
    return names;
  }

  it('asks after a day, three and seven, and closes when its window ends', () => {
    const names = deadlinesOf({ syncsWhenPaid: true });
    assert.deepEqual(names, ['sync 1', 'sync 3', 'sync 7', 'settlement 10']);
  });

  it('of before that was done keeps its one deadline', () => {
    assert.deepEqual(deadlinesOf({}), ['settlement 10']);
  });

  it('asks no later than it closes', () => {
    const settlementWindowMs = 2 * SYNC_SCHEDULE_MS[0];
    const names = deadlinesOf({ syncsWhenPaid: true, settlementWindowMs });
    assert.deepEqual(names, ['sync 1', 'settlement 2']);
  });
});
