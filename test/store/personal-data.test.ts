/** What the shop sent of a customer: corrected, erased once nothing needs it, and never taken from the papers. */
import assert from 'node:assert/strict';
import { createIssueCreditNote } from '../../src/activities/issue-credit-note.ts';
import { briefOf } from '../../src/domain/view.ts';
import { priceLines } from '../../src/money/line-items.ts';
import { findCreditNote } from '../../src/store/effects/credit-notes.ts';
import { issueInvoice, readInvoice } from '../../src/store/effects/invoices.ts';
import { DEFAULT_NUMBERS } from '../../src/store/effects/number-series.ts';
import { countDuplicates } from '../../src/store/orders/duplicate-deliveries.ts';
import { noteLostRun } from '../../src/store/orders/lost-runs.ts';
import { listEvents, type StoredEvent } from '../../src/store/orders/order-events.ts';
import { insertOrder, readDetails, readOrder } from '../../src/store/orders/orders.ts';
import {
  changesOfCustomer,
  continueErasures,
  correctEmail,
  eraseCustomer,
} from '../../src/store/orders/personal-data.ts';
import { writeRecord } from '../../src/store/orders/record.ts';
import {
  freshOrderId,
  ledgerOf,
  newOrder,
  paidLedger,
  recordOf,
} from '../support/order-fixtures.ts';
import { PEOPLE } from '../support/people.ts';
import { freshDatabase, type TestDatabase } from '../support/test-database.ts';

const OLGA = { actor: 'olga', note: 'ticket 17' };
const ERASE = { customerId: 'cus_7', ...OLGA };
const SELLER = { name: 'The Shop', lines: [] };
const LINES = priceLines({
  taxBehavior: 'inclusive',
  lineItems: [{ description: 'Pregnancy test', quantity: 1, unitAmount: 4_999, taxRate: '19' }],
  discount: 0,
});

const NOTHING = { description: null, email: null, name: null, address: null, shipping: null };

describe('personal data', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await freshDatabase();
  });
  afterEach(() => database.close());

  async function timelineOf(id: string, limit = 10, decisions = false): Promise<StoredEvent[]> {
    const items: StoredEvent[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await listEvents(database, id, { limit, cursor, decisions });
      items.push(...page.items);
      if (page.nextCursor === null) return items;
      cursor = page.nextCursor;
    }
  }

  it('is changed by somebody, which the order’s timeline and its decisions say', async () => {
    const id = await given();
    const other = await given({ customer: { id: 'cus_8' } });
    await correctEmail(database, { orderId: id, email: 'ada@example.de', ...OLGA });
    await eraseCustomer(database, ERASE);
    const later = await given();
    await database.pool.query(
      `update orders set created_at = now() + interval '1 minute' where id = $1`,
      [later],
    );
    for (const decisions of [false, true])
      assert.deepEqual(
        (await timelineOf(id, 10, decisions)).map(({ source, type, actor, note, version }) => [
          ...[source, type, actor, note, version],
        ]),
        [
          ['operator', 'customer.corrected', 'olga', 'ticket 17', 1],
          ['operator', 'customer.erased', 'olga', 'ticket 17', 1],
        ],
      );
    assert.ok(!JSON.stringify(await timelineOf(id)).includes('example.de'));
    // Of another customer, and of an order that came after the erasure.
    assert.deepEqual(await timelineOf(other), []);
    assert.deepEqual(await timelineOf(later), []);
  });

  it('is in the timeline once, behind what happened in the same millisecond, whatever the size of a page', async () => {
    const id = await given();
    const repeat = { orderId: id, eventId: 'evt_1', type: 'payment.captured', count: 1 };
    await countDuplicates(database, [repeat]);
    await noteLostRun(database, id, { runId: 'run-1', how: 'failed', endedBy: null, reason: null });
    for (const email of ['ada@example.de', 'ada@example.org', 'ada@example.net'])
      await correctEmail(database, { orderId: id, email, ...OLGA });
    const { pool } = database;
    const at = '2026-01-26T10:00:00Z';
    await pool.query(`update duplicate_deliveries set last_at = '${at}'`);
    await pool.query(`update lost_runs set noticed_at = '${at}'`);
    await pool.query(`update personal_data_changes set at = '${at}'`);
    const whole = (await timelineOf(id)).map(({ type, eventId }) => `${type} ${eventId}`);
    assert.equal(new Set(whole).size, 5);
    assert.deepEqual(
      whole.map((name) => name.split(' ')[0]),
      ['payment.captured', 'run.failed', ...[1, 2, 3].map(() => 'customer.corrected')],
    );
    for (const limit of [1, 2, 3, 4])
      assert.deepEqual(
        (await timelineOf(id, limit)).map(({ type, eventId }) => `${type} ${eventId}`),
        whole,
        `pages of ${limit}`,
      );
  });

  /** Everything that a shop can send of a customer. */
  async function given(changes: object = {}): Promise<string> {
    const id = freshOrderId();
    await insertOrder(
      database,
      newOrder(id, {
        customer: { id: 'cus_7', ...PEOPLE.customer },
        shipping: PEOPLE.shipping,
        description: PEOPLE.description,
        metadata: { allergies: 'nuts' },
        lines: LINES,
        ...changes,
      }),
    );
    return id;
  }

  async function givenAtRest(): Promise<string> {
    const id = await given();
    await writeRecord(database, recordOf(paidLedger(id, { closed: true })));
    return id;
  }

  function correct(orderId: string, email = 'ada@example.org') {
    return correctEmail(database, { orderId, email, ...OLGA });
  }

  async function changes() {
    const made = await changesOfCustomer(database, 'cus_7');
    return made.map(({ kind, orderId, actor, note, finishedAt }) => ({
      kind,
      orderId,
      actor,
      note,
      isFinished: finishedAt !== null,
    }));
  }

  describe('an e-mail address that is corrected', () => {
    it('is the order’s from then on; who corrected it and why is kept, the address is not', async () => {
      const id = await given();
      assert.equal(await correct(id), 'corrected');
      assert.equal((await readDetails(database, id))?.email, 'ada@example.org');
      const made = await changes();
      assert.deepEqual(made, [{ kind: 'correction', orderId: id, ...OLGA, isFinished: true }]);
      assert.doesNotMatch(JSON.stringify(await allRows('personal_data_changes')), /ada@/);
    });

    it('changes nothing when it is sent again, also at the same time', async () => {
      const id = await given();
      const outcomes = await Promise.all([1, 2, 3].map(() => correct(id)));
      assert.deepEqual(new Set(outcomes), new Set(['corrected', 'unchanged']));
      assert.equal((await changes()).length, 1);
    });

    it('waits while the gateway has not answered the call that has the old one', async () => {
      for (const status of ['requested', 'unknown'] as const) {
        const asked = {
          number: 1,
          amountMinor: 4999,
          paymentId: null,
          checkout: null,
          createdAt: 0,
        };
        const ledger = ledgerOf(freshOrderId(), { attempts: [{ ...asked, status }] });
        const id = await given({ ledger, id: ledger.terms.orderId });
        const { orderId } = ledger.terms;
        assert.equal(await correct(orderId), 'unanswered', id);
        assert.equal((await readDetails(database, orderId))?.email, PEOPLE.customer.email);
      }
      assert.deepEqual(await changes(), []);
    });

    it('is not taken for an order whose data were erased, or that is not there', async () => {
      const id = await givenAtRest();
      await eraseCustomer(database, ERASE);
      assert.equal(await correct(id), 'erased');
      assert.equal(await correct('ord_nowhere'), 'unknown');
      assert.equal((await readDetails(database, id))?.email, null);
    });

    it('outlives the order’s next record', async () => {
      const id = await given();
      await correct(id);
      await writeRecord(database, recordOf(paidLedger(id)));
      assert.equal((await readOrder(database, id))?.email, 'ada@example.org');
    });
  });

  describe('a customer who is erased', () => {
    it('leaves orders with money and without a trace of who it was', async () => {
      const id = await givenAtRest();
      const other = await given({ customer: { id: 'cus_8', email: 'bob@example.com' } });
      assert.deepEqual(await eraseCustomer(database, ERASE), {
        erasedOrders: 1,
        kept: [],
        isFinished: true,
      });
      assert.deepEqual(await readDetails(database, id), NOTHING);
      const kept = JSON.stringify(await allRows('orders', id));
      for (const text of [
        'ada@example.com',
        'आदा',
        'Townsend',
        'Anna',
        '+91',
        'tickets',
        'nuts',
        'Pregnancy',
      ])
        assert.doesNotMatch(kept, new RegExp(text.replace('+', '\\+')), text);
      assert.equal((await readOrder(database, id))?.view.amountPaid, 4999);
      assert.equal((await readDetails(database, other))?.email, 'bob@example.com');
    });

    it('is erased once, however often it is asked for', async () => {
      await givenAtRest();
      const first = await eraseCustomer(database, ERASE);
      assert.deepEqual(await eraseCustomer(database, ERASE), first);
      assert.deepEqual(await changes(), [
        { kind: 'erasure', orderId: null, ...OLGA, isFinished: true },
      ]);
    });

    it('keeps what an open order still needs, says so, and is finished by itself at its rest', async () => {
      const open = await given();
      const reviewed = await givenAtRest();
      await database.pool.query('update orders set needs_review = true where id = $1', [reviewed]);
      await givenAtRest();
      const erasure = await eraseCustomer(database, ERASE);
      assert.equal(erasure?.erasedOrders, 1);
      assert.equal(erasure.isFinished, false);
      assert.deepEqual(
        new Set(erasure.kept.map(({ orderId, reason }) => `${orderId} ${reason}`)),
        new Set([`${open} order_open`, `${reviewed} needs_review`]),
      );
      assert.equal((await changes())[0]?.isFinished, false);
      assert.equal((await readDetails(database, open))?.email, PEOPLE.customer.email);
      await database.pool.query('update orders set closed = true, needs_review = false');
      await continueErasures(database);
      assert.deepEqual(await readDetails(database, open), NOTHING);
      assert.deepEqual(await changes(), [
        { kind: 'erasure', orderId: null, ...OLGA, isFinished: true },
      ]);
    });

    it('may order again: what is ordered later is another matter', async () => {
      await given();
      await eraseCustomer(database, ERASE);
      const later = await given();
      await database.pool.query(
        "update orders set closed = true, created_at = now() + interval '1 hour' where id = $1",
        [later],
      );
      await database.pool.query('update orders set closed = true');
      await continueErasures(database);
      assert.equal((await readDetails(database, later))?.email, PEOPLE.customer.email);
    });

    it('is no customer where no order names one', async () => {
      assert.equal(await eraseCustomer(database, { ...ERASE, customerId: 'cus_9' }), null);
      assert.deepEqual(await changesOfCustomer(database, 'cus_9'), []);
    });

    it('is still named by the invoice, and by a credit note that corrects it later', async () => {
      const id = await givenAtRest();
      const { email, name, address } = PEOPLE.customer;
      const { description } = PEOPLE;
      await issueInvoice(database, {
        orderId: id,
        epoch: 1,
        key: `${id}:issue_invoice:1`,
        customerId: 'cus_7',
        email,
        description,
        customerName: name,
        customerAddress: address,
        seller: SELLER,
        lines: null,
        layout: 2,
        amountMinor: 4999,
        discountMinor: null,
        currency: 'INR',
        gateway: 'sandbox',
      });
      await eraseCustomer(database, ERASE);
      assert.equal((await readInvoice(database, id))?.customerName, name);
      const issue = createIssueCreditNote({
        database,
        numbers: DEFAULT_NUMBERS.credit_note,
        seller: SELLER,
      });
      const refund = { refundId: 're_1', amountMinor: 4999, after: 'paid' };
      const key = `${id}:issue_credit_note:re_1`;
      const command = { effect: 'issue_credit_note', key, ...refund } as const;
      await issue({ order: briefOf(ledgerOf(id)), command });
      const issued = await findCreditNote(database, { orderId: id, refundId: 're_1' });
      assert.deepEqual(
        [issued?.email, issued?.customerName, issued?.customerAddress],
        [email, name, address],
      );
    });
  });

  async function allRows(table: string, id?: string): Promise<unknown[]> {
    const where = id === undefined ? '' : 'where id = $1';
    const values = id === undefined ? [] : [id];
    return (await database.pool.query(`select * from ${table} ${where}`, values)).rows;
  }
});
