import assert from 'node:assert/strict';
import { viewOf } from '../../src/domain/view.ts';
import { countDuplicates } from '../../src/store/orders/duplicate-deliveries.ts';
import { orderOfPayment } from '../../src/store/orders/gateway-payments.ts';
import { listEvents, readOutcome, type StoredEvent } from '../../src/store/orders/order-events.ts';
import { readOrderWithOutcome } from '../../src/store/orders/order-with-outcome.ts';
import { insertOrder, readOrder } from '../../src/store/orders/orders.ts';
import { loadRecord, UnknownOrderError, writeRecord } from '../../src/store/orders/record.ts';
import { CursorError } from '../../src/store/page.ts';
import {
  freshOrderId,
  ledgerOf,
  newOrder,
  outcome,
  paidLedger,
  recordOf,
} from '../support/order-fixtures.ts';
import { freshDatabase, type TestDatabase } from '../support/test-database.ts';

let database: TestDatabase;
before(async () => {
  database = await freshDatabase();
});
after(() => database.close());

async function givenOrder(): Promise<string> {
  const order = newOrder();
  await insertOrder(database, order);
  return order.id;
}

async function eventsOf(id: string): Promise<StoredEvent[]> {
  return (await listEvents(database, id, { limit: 200 })).items;
}

async function stateLog(orderId: string): Promise<unknown[]> {
  const { rows } = await database.pool.query<{ move: string }>(
    `select from_state || ' → ' || to_state as move from order_state_log
     where order_id = $1 order by revision`,
    [orderId],
  );
  return rows.map(({ move }) => move);
}

describe('a record that is written', () => {
  it('is what readers and a re-opened order get', async () => {
    const id = await givenOrder();
    const ledger = paidLedger(id);
    await writeRecord(database, recordOf(ledger, [outcome(1)]));
    const stored = await readOrder(database, id);
    assert.deepEqual(stored?.view, viewOf(ledger));
    assert.equal(stored?.view.state, 'paid');
    assert.deepEqual(await loadRecord(database, id), ledger);
    assert.deepEqual(await stateLog(id), ['initiated → paid']);
  });

  it('keeps the order of the effects, which says what follows what', async () => {
    const id = await givenOrder();
    const names = ['zebra', 'ant', 'a-much-longer-name', 'b'];
    const effects = Object.fromEntries(
      names.map((name) => [
        name,
        {
          command: { effect: 'grant_access' as const, key: name, epoch: 1 },
          status: 'done' as const,
          attempts: 1,
          error: null,
        },
      ]),
    );
    await writeRecord(database, recordOf(paidLedger(id, { effects })));
    assert.deepEqual(Object.keys((await loadRecord(database, id))?.effects ?? {}), names);
  });

  it('changes nothing when it arrives again', async () => {
    const id = await givenOrder();
    const record = recordOf(paidLedger(id), [outcome(1), outcome(2)]);
    await Promise.all(Array.from({ length: 5 }, () => writeRecord(database, record)));
    assert.equal((await eventsOf(id)).length, 2);
    assert.deepEqual(await stateLog(id), ['initiated → paid']);
  });

  it('leaves one that has come further as it is, and answers it', async () => {
    const id = await givenOrder();
    const further = paidLedger(id, { revision: 9 });
    assert.equal(await writeRecord(database, recordOf(further, [outcome(2)])), null);
    const lost = recordOf(ledgerOf(id, { revision: 8 }), [outcome(1)]);
    assert.deepEqual(await writeRecord(database, lost), further);
    assert.deepEqual(await loadRecord(database, id), further);
    assert.deepEqual(
      (await eventsOf(id)).map(({ seq }) => seq),
      [2],
    );
  });

  it('is that of one of many who go on from the same, and the others hear whose', async () => {
    const id = await givenOrder();
    const paths = [1, 2, 3, 4, 5].map((version) => paidLedger(id, { revision: 1, version }));
    const others = await Promise.all(
      paths.map((ledger, i) => writeRecord(database, recordOf(ledger, [outcome(i + 1)]))),
    );
    const winner = paths[others.indexOf(null)];
    assert.deepEqual(await loadRecord(database, id), winner);
    assert.equal(others.filter((other) => other === null).length, 1);
    for (const other of others) assert.deepEqual(other ?? winner, winner);
    assert.equal((await eventsOf(id)).length, 1);
    assert.deepEqual(await stateLog(id), ['initiated → paid']);
  });

  it('is written to a database that was put back to an older day', async () => {
    const id = await givenOrder();
    await writeRecord(database, recordOf(ledgerOf(id, { revision: 3 })));
    const present = paidLedger(id, { revision: 8 });
    assert.equal(await writeRecord(database, recordOf(present)), null);
    assert.deepEqual(await loadRecord(database, id), present);
  });

  it('names the order of each payment, and a payment stays with the first', async () => {
    const [first, second] = [await givenOrder(), await givenOrder()];
    const { payments } = paidLedger(first);
    await writeRecord(database, recordOf(paidLedger(first)));
    await writeRecord(database, recordOf(paidLedger(second, { payments })));
    assert.equal(await orderOfPayment(database, 'sandbox', `pay_${first}`), first);
    assert.equal(await orderOfPayment(database, 'stripe', `pay_${first}`), null);
  });

  it('takes texts that no text column can hold', async () => {
    const id = await givenOrder();
    const hostile = 'a\0b\uD800c';
    const record = outcome(1, { eventId: hostile, reason: hostile, type: hostile });
    await writeRecord(database, recordOf(paidLedger(id), [record]));
    const [event] = await eventsOf(id);
    assert.equal(event?.reason, 'a\uFFFDb\uFFFDc');
  });

  it('asks for a person while a review is open or an effect has failed', async () => {
    const id = await givenOrder();
    const needsReview = async () =>
      (await database.pool.query('select needs_review from orders where id = $1', [id])).rows[0]
        ?.needs_review;
    const failed = {
      command: { effect: 'grant_access' as const, key: 'k', epoch: 1 },
      status: 'failed' as const,
      attempts: 1,
      error: 'http_422',
    };
    await writeRecord(database, recordOf(paidLedger(id, { revision: 1, effects: { k: failed } })));
    assert.equal(await needsReview(), true);
    await writeRecord(database, recordOf(paidLedger(id, { revision: 2 })));
    assert.equal(await needsReview(), false);
  });

  it('is refused for an order that was never inserted', async () => {
    const record = recordOf(paidLedger(freshOrderId()), [outcome(1)]);
    await assert.rejects(writeRecord(database, record), UnknownOrderError);
  });
});

describe('the outcomes of an order', () => {
  it('are listed oldest first, with what was dropped at the edge as one line an event', async () => {
    const id = await givenOrder();
    const answer = { code: 'order_closed' };
    await writeRecord(
      database,
      recordOf(paidLedger(id), [outcome(1), outcome(2, { outcome: 'rejected', answer })]),
    );
    const delivery = { orderId: id, eventId: 'evt_1', type: 'payment.captured' };
    await countDuplicates(database, [{ ...delivery, count: 2 }]);
    await countDuplicates(database, [
      { ...delivery, eventId: 'evt_2', count: 1 },
      { ...delivery, count: 1 },
    ]);
    const events = await eventsOf(id);
    assert.deepEqual(
      events.map(({ seq, eventId, outcome, reason, answer }) => [
        seq,
        eventId,
        outcome,
        reason,
        answer,
      ]),
      [
        [1, 'evt_1', 'applied', 'initiated → paid', null],
        [2, 'evt_2', 'rejected', 'initiated → paid', answer],
        [null, 'evt_1', 'duplicate', 'already accepted; delivered 3 more times', null],
        [null, 'evt_2', 'duplicate', 'already accepted; delivered once more', null],
      ],
    );
    assert.equal((await readOrder(database, id))?.duplicates, 4);
  });

  it('are listed page by page, each once and in the same order, whatever the size of a page', async () => {
    const id = await givenOrder();
    const at = Date.now() - 60_000;
    // Several in one millisecond: their place in the order decides.
    const records = Array.from({ length: 7 }, (_, index) =>
      outcome(index + 1, { eventId: `evt_${index}`, at: at + Math.floor(index / 3) }),
    );
    await writeRecord(database, recordOf(paidLedger(id), records));
    const repeats = ['evt_0', 'evt_5', 'evt_6'].map((eventId) => ({
      orderId: id,
      eventId,
      count: 1,
    }));
    await countDuplicates(
      database,
      repeats.map((repeat) => ({ ...repeat, type: 'payment.captured' })),
    );
    await database.pool.query(
      "update duplicate_deliveries set last_at = to_timestamp($2 / 1000.0) where order_id = $1 and event_id <> 'evt_0'",
      [id, at + 1],
    );
    const versions = (await eventsOf(id)).map(({ version }) => version);
    assert.deepEqual(versions, [2, 3, 4, 5, 6, 7, 7, 7, 8, 8]);
    const nameOf = ({ seq, eventId }: StoredEvent) => (seq === null ? `again ${eventId}` : seq);
    const whole = [1, 2, 3, 4, 5, 6, 'again evt_5', 'again evt_6', 7, 'again evt_0'];
    for (const limit of [1, 2, 3, 4, 10, 200]) {
      const seen: (string | number)[] = [];
      let cursor: string | undefined;
      do {
        const page = await listEvents(database, id, { limit, cursor });
        assert.ok(page.items.length <= limit);
        seen.push(...page.items.map(nameOf));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      assert.deepEqual(seen, whole, `pages of ${limit}`);
    }
  });

  it('are not listed from a cursor that was never given out', async () => {
    const id = await givenOrder();
    const cursors = ['x', 'seq:x', 'seq:1:2', 'other:1'].map((positionId) =>
      Buffer.from(JSON.stringify([1, positionId])).toString('base64url'),
    );
    for (const cursor of cursors)
      await assert.rejects(listEvents(database, id, { limit: 1, cursor }), CursorError);
  });

  it('give a waiting caller the first record of its command, not that of a repeat', async () => {
    const id = await givenOrder();
    const own = { eventId: 'cmd_1', type: 'pay' };
    await writeRecord(
      database,
      recordOf(paidLedger(id), [
        outcome(1, { ...own, answer: { attempt: 1 } }),
        outcome(2, { ...own, outcome: 'duplicate' }),
      ]),
    );
    const found = await readOutcome(database, id, 'cmd_1');
    assert.deepEqual([found?.seq, found?.answer], [1, { attempt: 1 }]);
    assert.equal(await readOutcome(database, id, 'cmd_2'), null);
  });

  it('is what came of it, and not the repeat that is on record before', async () => {
    const id = await givenOrder();
    const repeat = { outcome: 'duplicate', answer: { redelivered: true } } as const;
    const first = { outcome: 'applied', answer: { attempt: 1 } } as const;
    await writeRecord(
      database,
      recordOf(paidLedger(id), [outcome(1, { eventId: 'cmd_1', ...repeat })]),
    );
    assert.equal(await readOutcome(database, id, 'cmd_1'), null);
    await writeRecord(
      database,
      recordOf(paidLedger(id, { revision: 4 }), [outcome(2, { eventId: 'cmd_1', ...first })]),
    );
    assert.equal((await readOutcome(database, id, 'cmd_1'))?.seq, 2);
  });

  it('are read together with the order that they have led to', async () => {
    const id = await givenOrder();
    const before = await readOrderWithOutcome(database, id, 'cmd_1');
    assert.deepEqual([before?.order, before?.outcome], [await readOrder(database, id), null]);
    const paid = paidLedger(id);
    await writeRecord(database, recordOf(paid, [outcome(1, { eventId: 'cmd_1' })]));
    const after = await readOrderWithOutcome(database, id, 'cmd_1');
    assert.deepEqual([after?.order.revision, after?.outcome?.seq], [paid.revision, 1]);
    assert.equal(await readOrderWithOutcome(database, 'ord_nowhere', 'cmd_1'), null);
  });
});
