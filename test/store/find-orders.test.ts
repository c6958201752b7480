import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Query } from 'drizzle-orm';
import type { Ledger, Review } from '../../src/domain/ledger.ts';
import { issueInvoice } from '../../src/store/effects/invoices.ts';
import {
  countOrders,
  countQuery,
  findOrders,
  listOrders,
  type OrderFilter,
} from '../../src/store/orders/find-orders.ts';
import { insertOrder } from '../../src/store/orders/orders.ts';
import { writeRecord } from '../../src/store/orders/record.ts';
import { CursorError } from '../../src/store/page.ts';
import { ledgerOf, newOrder, paidLedger, recordOf } from '../support/order-fixtures.ts';
import { INVOICE } from '../support/papers.ts';
import { freshDatabase, type TestDatabase } from '../support/test-database.ts';

const REVIEW: Review = {
  id: 'rev_1',
  reason: 'paid_after_cancel',
  status: 'open',
  version: 2,
  openedAt: 0,
  causes: [],
  note: null,
};

/** In part, by us and at the gateway; with texts that PostgreSQL can keep and not unescape. */
function refundedLedger(orderId: string): Ledger {
  return paidLedger(orderId, {
    reviews: [REVIEW, { ...REVIEW, id: 'rev_2', reason: 'overpaid', status: 'rejected' }],
    refundRequests: {
      req_1: {
        requestKey: 'req_1',
        parentKey: 'req_1',
        paymentId: `pay_${orderId}`,
        amountMinor: 100,
        currency: 'INR',
        status: 'accepted',
        refundId: 're_1',
        reason: 'a NUL \0, half a pair \ud800 and "refunds":[{',
        createdAt: 0,
      },
    },
    refunds: {
      re_1: {
        refundId: 're_1',
        paymentId: `pay_${orderId}`,
        amountMinor: 100,
        currency: 'INR',
        status: 'pending',
      },
      re_2: {
        refundId: 're_2',
        paymentId: `pay_${orderId}`,
        amountMinor: 100,
        currency: 'INR',
        status: 'succeeded',
      },
    },
  });
}

async function idsOf(database: TestDatabase, filter: OrderFilter): Promise<string[]> {
  const { orders } = await listOrders(database, filter, { limit: 10 });
  return orders.map(({ id }) => id);
}

const UNDO_MIGRATION = `
  drop table order_refunds;
  alter table orders drop column review_reasons;
  drop index gateway_payments_by_payment, orders_by_email, orders_by_gateway, orders_by_currency,
    orders_by_amount`;

describe('the list of orders', () => {
  let database: TestDatabase;
  const ids = ['a', 'b', 'c', 'd', 'e'];
  before(async () => {
    database = await freshDatabase();
    for (const [index, id] of ids.entries()) {
      // Two of them in the same millisecond: the id decides.
      const createdAt = Date.UTC(2026, 0, 1) + Math.floor(index / 2);
      const { terms } = ledgerOf(id);
      const ledger = ledgerOf(id, { terms: { ...terms, createdAt } });
      await insertOrder(database, newOrder(id, { ledger, customer: { id: `cus_${index % 2}` } }));
    }
    const cancelled = ledgerOf('c', { revision: 1, cancelled: true });
    await writeRecord(database, recordOf({ ...cancelled, reviews: [REVIEW] }));
  });
  after(() => database.close());

  it('has the newest first', async () => {
    assert.deepEqual(await idsOf(database, {}), ['e', 'd', 'c', 'b', 'a']);
  });

  it('is read page by page, every order once, also those of one millisecond', async () => {
    const pages: string[][] = [];
    let cursor: string | undefined;
    do {
      const page = await listOrders(database, {}, { limit: 1, cursor });
      pages.push(page.orders.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    assert.deepEqual(pages, [['e'], ['d'], ['c'], ['b'], ['a']]);
  });

  it('goes on where it was while orders are added', async () => {
    const first = await listOrders(database, { customer: 'cus_0' }, { limit: 1 });
    await insertOrder(database, newOrder('new', { customer: { id: 'cus_0' } }));
    const second = await listOrders(
      database,
      { customer: 'cus_0' },
      { limit: 10, cursor: first.nextCursor ?? '' },
    );
    assert.deepEqual(
      [...first.orders, ...second.orders].map(({ id }) => id),
      ['e', 'c', 'a'],
    );
  });

  it('is narrowed by state, customer and need of review', async () => {
    assert.deepEqual(await idsOf(database, { state: 'cancelled' }), ['c']);
    assert.deepEqual(await idsOf(database, { customer: 'cus_1' }), ['d', 'b']);
    assert.deepEqual(await idsOf(database, { needsReview: true }), ['c']);
    assert.deepEqual(await idsOf(database, { needsReview: false, state: 'initiated' }), [
      'new',
      'e',
      'd',
      'b',
      'a',
    ]);
  });

  it('has a cursor for one query alone, whatever the order of its parameters', async () => {
    const filter: OrderFilter = { gateway: 'sandbox', currency: 'INR' };
    const { nextCursor } = await listOrders(database, filter, { limit: 1 });
    const cursor = nextCursor ?? '';
    const turned: OrderFilter = { currency: 'INR', state: undefined, gateway: 'sandbox' };
    assert.equal((await listOrders(database, turned, { limit: 2, cursor })).orders.length, 2);
    for (const other of [{}, { gateway: 'sandbox' }, { ...filter, currency: 'EUR' }])
      await assert.rejects(listOrders(database, other, { limit: 1, cursor }), {
        name: 'CursorError',
        message: /of another query: send the parameters of the page before/,
      });
  });

  it('goes on from a cursor that the release before gave out', async () => {
    const cursor = Buffer.from(JSON.stringify([Date.UTC(2026, 0, 1), 'b'])).toString('base64url');
    const { orders } = await listOrders(database, {}, { limit: 10, cursor });
    assert.deepEqual(
      orders.map(({ id }) => id),
      ['a'],
    );
  });

  it('refuses a cursor of a year that PostgreSQL cannot read, and takes the last that it can', async () => {
    const cursorAt = (ms: number) => Buffer.from(JSON.stringify([ms, 'a'])).toString('base64url');
    const last = Date.UTC(10_000, 0) - 1;
    const { orders } = await listOrders(database, {}, { limit: 10, cursor: cursorAt(last) });
    assert.equal(orders.length, 6);
    const late = { limit: 10, cursor: cursorAt(last + 1) };
    await assert.rejects(listOrders(database, {}, late), CursorError);
  });

  for (const cursor of [
    '',
    'x',
    'e30',
    'WzEsMl0',
    'WyJhIiwiYiJd',
    'W251bGwsImEiXQ',
    'WzEsImEiLDIsM10',
  ])
    it(`refuses the cursor "${cursor}"`, async () => {
      await assert.rejects(listOrders(database, {}, { limit: 1, cursor }), CursorError);
    });
});

describe('an order', () => {
  let database: TestDatabase;
  before(async () => {
    database = await freshDatabase();
    await insertOrder(database, newOrder('other', { customer: { id: 'cus_other' } }));
    const ledger = refundedLedger('wanted');
    const customer = { id: 'cus_7', email: 'Ada+Shop@Example.com' };
    await insertOrder(database, newOrder('wanted', { customer }));
    await writeRecord(database, recordOf(ledger));
    for (const [epoch, orderId] of ['other', 'wanted', 'wanted'].entries())
      await issueInvoice(database, {
        ...INVOICE,
        orderId,
        epoch,
        key: `${orderId}:issue_invoice:${epoch}`,
      });
    const own = { ...INVOICE, orderId: 'wanted', epoch: 3, key: 'wanted:issue_invoice:3' };
    await issueInvoice(database, own, { prefix: 'nb/2627-', digits: 1 });
  });
  after(() => database.close());

  const found: [string, OrderFilter][] = [
    ['the id of its payment', { paymentId: 'pay_wanted' }],
    ["the gateway's id of a refund that we asked for", { refundId: 're_1' }],
    ['our id of that refund', { refundId: 'req_1' }],
    ['the id of a refund that was made at the gateway', { refundId: 're_2' }],
    ['its e-mail address in another case', { email: 'ada+shop@EXAMPLE.com' }],
    ['its customer', { customer: 'cus_7' }],
    ['the reason of its open review', { reviewReason: 'paid_after_cancel' }],
    ['its invoice', { invoiceNumber: 2 }],
    ['a further invoice', { invoiceNumber: 3 }],
    ['its invoice’s number as it is printed', { invoiceNumber: 'INV-000002' }],
    ['that number in small letters', { invoiceNumber: 'inv-000002' }],
    ['a number of a series in small letters', { invoiceNumber: 'nb/2627-4' }],
    ['its state', { state: 'paid' }],
    [
      'all of it together',
      {
        paymentId: 'pay_wanted',
        invoiceNumber: 3,
        state: 'paid',
        amountMinor: 4999,
        currency: 'INR',
        gateway: 'sandbox',
      },
    ],
  ];
  for (const [by, filter] of found)
    it(`is found by ${by}`, async () => {
      assert.deepEqual(await idsOf(database, filter), ['wanted']);
    });

  const none: [string, OrderFilter][] = [
    ['a part of its e-mail address', { email: 'shop@example.com' }],
    ['the reason of a review that was decided', { reviewReason: 'overpaid' }],
    ['a payment of nobody', { paymentId: 'pay_' }],
    ['a number that no invoice has', { invoiceNumber: 999_999_999_999_999 }],
    ['one thing that is true and one that is not', { paymentId: 'pay_wanted', currency: 'EUR' }],
  ];
  for (const [by, filter] of none)
    it(`is not found by ${by}`, async () => {
      assert.deepEqual(await idsOf(database, filter), []);
    });

  it('is found by the time of its creation, both ends included', async () => {
    const at = new Date('2026-01-26T10:00:00Z');
    const [before, behind] = [new Date(at.getTime() - 1), new Date(at.getTime() + 1)];
    const both = ['wanted', 'other'];
    assert.deepEqual(await idsOf(database, { createdFrom: at, createdTo: at }), both);
    assert.deepEqual(await idsOf(database, { createdFrom: behind }), []);
    assert.deepEqual(await idsOf(database, { createdTo: before }), []);
  });

  it('is no longer found by an e-mail address that was erased, and by all else', async () => {
    const email = 'erased@example.com';
    await insertOrder(database, newOrder('erased', { customer: { id: 'cus_erased', email } }));
    assert.deepEqual(await idsOf(database, { email }), ['erased']);
    await database.pool.query("update orders set email = null where id = 'erased'");
    assert.deepEqual(await idsOf(database, { email }), []);
    assert.deepEqual(await idsOf(database, { customer: 'cus_erased' }), ['erased']);
  });

  it('has an e-mail address of any length, and is found by it', async () => {
    // Random, as PostgreSQL would press any other text into an index.
    const email = `${randomBytes(6000).toString('base64url')}@example.com`;
    await insertOrder(database, newOrder('long', { customer: { id: 'cus_long', email } }));
    assert.deepEqual(await idsOf(database, { email }), ['long']);
  });

  it('is no longer found by a review once that is decided', async () => {
    const ledger = paidLedger('other', { revision: 4, reviews: [REVIEW] });
    await writeRecord(database, recordOf(ledger));
    assert.deepEqual(await idsOf(database, { reviewReason: 'paid_after_cancel' }), [
      'wanted',
      'other',
    ]);
    const reviews = [{ ...REVIEW, status: 'approved' as const }];
    await writeRecord(database, recordOf({ ...ledger, revision: 5, reviews }));
    assert.deepEqual(await idsOf(database, { reviewReason: 'paid_after_cancel' }), ['wanted']);
  });
});

describe('an order from before it could be found by refund and review', () => {
  let database: TestDatabase;
  before(async () => {
    database = await freshDatabase();
  });
  after(() => database.close());

  it('is found by them once the database is migrated', async () => {
    await insertOrder(database, newOrder('wanted'));
    await writeRecord(database, recordOf(refundedLedger('wanted')));
    await insertOrder(database, newOrder('other'));
    const { rows } = await database.pool.query<{ view: string }>('select view from orders');
    assert.ok(rows.some(({ view }) => JSON.stringify(view).includes('half a pair')));
    await database.pool.query(UNDO_MIGRATION);
    const migration = path.resolve('src/store/migrations/0010_find_orders.sql');
    await database.pool.query(readFileSync(migration, 'utf8'));
    for (const refundId of ['re_1', 're_2', 'req_1'])
      assert.deepEqual(await idsOf(database, { refundId }), ['wanted']);
    assert.deepEqual(await idsOf(database, { reviewReason: 'paid_after_cancel' }), ['wanted']);
    assert.deepEqual(await idsOf(database, { reviewReason: 'overpaid' }), []);
  });
});

/** Orders of every kind, as many as a shop has after years; a few are of a kind that is rare. */
const MANY = 100_000;

const FILL = `
  insert into orders (
    id, fingerprint, amount_minor, currency, gateway, customer_id, email, metadata, state, needs_review,
    review_reasons, version, revision, ledger, view, created_at, expires_at, updated_at, closed
  )
  select
    'ord_' || n, '', 100 + n % 5000, case when n % 25000 = 0 then 'JPY' else 'INR' end,
    case when n % 30000 = 0 then 'stripe' else 'sandbox' end, 'cus_' || n / 4, 'user' || n || '@example.com', '{}',
    case when n % 20000 = 0 then 'cancelled' when n % 10 = 0 then 'refunded' else 'paid' end,
    n % 500 = 0,
    case when n % 50000 = 0 then '{double_loss}'::text[] when n % 500 = 0 then '{overpaid}'::text[] else '{}' end,
    1, 1, '{}', '{}', timestamptz '2020-01-01' + n * interval '1 minute', now(), now(), true
  from generate_series(1, ${MANY}) as n`;

const FILL_OTHERS = [
  `insert into gateway_payments select 'sandbox', 'pay_' || n, 'ord_' || n from generate_series(1, ${MANY}) as n`,
  `insert into order_refunds select 're_' || n, 'ord_' || n from generate_series(10, ${MANY}, 10) as n`,
  // Every other one is of a release that knew one way of printing a number.
  `insert into invoices (number, printed, order_id, epoch, key, customer_id, amount_minor, currency, gateway)
   select n, case when n % 2 = 1 then 'NB/' || n end, 'ord_' || n, 1, 'ord_' || n, 'cus', 100, 'INR', 'sandbox' from generate_series(1, ${MANY}) as n`,
  `insert into lost_runs select 'ord_' || n, 'run_' || n, 'terminated' from generate_series(10, ${MANY}, 10) as n`,
  `insert into duplicate_deliveries select 'ord_' || n, 'evt', 'pay' from generate_series(10, ${MANY}, 10) as n`,
  `insert into failing_effects (key, order_id, effect, attempts, error)
   select 'ord_' || n || ':x', 'ord_' || n, 'x', 1, '' from generate_series(10, ${MANY}, 10) as n`,
  'analyze',
];

interface Plan {
  'Node Type': string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  Plans?: Plan[];
}

describe('a search among 100,000 orders', function () {
  this.timeout(180_000);
  const LIMIT = 50;
  let database: TestDatabase;
  before(async () => {
    database = await freshDatabase();
    for (const statement of [FILL, ...FILL_OTHERS]) await database.pool.query(statement);
  });
  after(() => database.close());

  /** Rows and blocks that the scans of a search come by, of whatever table and index. */
  async function costOf({
    sql,
    params,
  }: Query): Promise<{ scans: string[]; rows: number; blocks: number }> {
    const { rows } = await database.pool.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(
      `explain (analyze, buffers, format json) ${sql}`,
      params,
    );
    const plans = rows.flatMap((row) => row['QUERY PLAN']).flatMap((plan) => nodesOf(plan.Plan));
    const scans = plans.filter((node) => node['Node Type'].endsWith('Scan'));
    const total = scans.reduce(
      (sum, node) =>
        sum +
        node['Actual Loops'] *
          (node['Actual Rows'] +
            (node['Rows Removed by Filter'] ?? 0) +
            (node['Rows Removed by Index Recheck'] ?? 0)),
      0,
    );
    const [root] = plans;
    const blocks = (root?.['Shared Hit Blocks'] ?? 0) + (root?.['Shared Read Blocks'] ?? 0);
    return { scans: scans.map((node) => node['Node Type']), rows: total, blocks };
  }

  function nodesOf(plan: Plan): Plan[] {
    return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
  }

  const day = (text: string) => new Date(`${text}T00:00:00Z`);
  const searches: [string, OrderFilter][] = [
    ['nothing', {}],
    ['a payment', { paymentId: 'pay_500' }],
    ['a payment of nobody', { paymentId: 'pay_x' }],
    ['a refund', { refundId: 're_500' }],
    ['a refund of nobody', { refundId: 're_x' }],
    ['a customer', { customer: 'cus_9' }],
    ['an e-mail address', { email: 'User77@Example.com' }],
    ['an e-mail address of nobody', { email: 'nobody@example.com' }],
    ['a month', { createdFrom: day('2020-02-01'), createdTo: day('2020-02-28') }],
    ['days without an order', { createdFrom: day('2030-01-01') }],
    ['the usual gateway', { gateway: 'sandbox' }],
    ['a gateway that few used', { gateway: 'stripe' }],
    ['a gateway that nobody used', { gateway: 'razorpay' }],
    ['the usual currency', { currency: 'INR' }],
    ['a rare currency', { currency: 'JPY' }],
    ['a currency of nobody', { currency: 'EUR' }],
    ['an amount', { amountMinor: 4999 }],
    ['an amount of nobody', { amountMinor: 999_999 }],
    ['a common state', { state: 'paid' }],
    ['a rare state', { state: 'cancelled' }],
    ['a state of nobody', { state: 'failed' }],
    ['open reviews', { needsReview: true }],
    ['no open review', { needsReview: false }],
    ['a common reason', { reviewReason: 'overpaid' }],
    ['a rare reason', { reviewReason: 'double_loss' }],
    ['a reason of nobody', { reviewReason: 'key_expired' }],
    ['an invoice', { invoiceNumber: 4711 }],
    ['an invoice as it is printed', { invoiceNumber: 'nb/4711' }],
    ['an old invoice as it is printed', { invoiceNumber: 'inv-004712' }],
    ['an invoice of nobody', { invoiceNumber: 999_999_999 }],
    ['a rare gateway and a common state', { gateway: 'stripe', state: 'refunded' }],
    ['an amount in a rare currency', { amountMinor: 100, currency: 'JPY' }],
    ['a customer with an open review', { customer: 'cus_125', needsReview: true }],
    [
      'an e-mail address in a month',
      { email: 'user5@example.com', createdFrom: day('2020-01-01') },
    ],
  ];
  for (const [what, filter] of searches)
    it(`for ${what} reads few rows, and no table from end to end`, async () => {
      const search = findOrders(database, filter, { limit: LIMIT + 1 });
      const { scans, rows, blocks } = await costOf(search.toSQL());
      assert.ok(!scans.includes('Seq Scan'), scans.join(', '));
      // The orders of a page, each found in an index and then read, and its duplicates, its lost runs and failing effects.
      assert.ok(rows <= 12 * LIMIT, `${rows} rows by ${scans.join(', ')}`);
      // Each of them some blocks deep in its index. An index that is read from end to end gives few rows, and is not few.
      assert.ok(blocks <= 20 * LIMIT, `${blocks} blocks by ${scans.join(', ')}`);
    });

  it('is counted as it is found: by reading few rows, and no table from end to end', async () => {
    for (const [what, filter] of searches) {
      const { scans, rows, blocks } = await costOf(countQuery(database, filter, LIMIT).toSQL());
      assert.ok(!scans.includes('Seq Scan'), `${what}: ${scans.join(', ')}`);
      assert.ok(rows <= 12 * LIMIT, `${what}: ${rows} rows by ${scans.join(', ')}`);
      assert.ok(blocks <= 20 * LIMIT, `${what}: ${blocks} blocks by ${scans.join(', ')}`);
    }
  });

  it('is counted up to a bound, and says that there are more', async () => {
    const refunded = { state: 'refunded' } as const;
    assert.deepEqual(await countOrders(database, refunded, 50), { count: 50, hasMore: true });
    assert.deepEqual(await countOrders(database, { gateway: 'stripe' }, 50), {
      count: 3,
      hasMore: false,
    });
    assert.deepEqual(await countOrders(database, { gateway: 'stripe' }, 3), {
      count: 3,
      hasMore: false,
    });
    assert.deepEqual(await countOrders(database, { gateway: 'stripe' }, 2), {
      count: 2,
      hasMore: true,
    });
  });
});
