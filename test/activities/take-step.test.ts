/** A step of an order, inside its workflow task: what is tried, what becomes of it, and what is written. */
import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { type Activities, createActivities } from '../../src/activities/index.ts';
import type { StepDone, StepRequest } from '../../src/activities/take-step.ts';
import { isQuick } from '../../src/domain/effects/effects.ts';
import { effectEvent } from '../../src/domain/events.ts';
import { openLedger } from '../../src/domain/ledger.ts';
import { type Transition, transition } from '../../src/domain/transition.ts';
import { GatewayOutcomeUnknown, GatewayRefusal } from '../../src/gateways/gateway.ts';
import type { ConfiguredGateway, Gateways } from '../../src/gateways/index.ts';
import { openDatabase } from '../../src/store/database.ts';
import { accessUpdates } from '../../src/store/effects/access-updates.ts';
import { crmUpdates } from '../../src/store/effects/crm-updates.ts';
import { listEntitlements, revokeEntitlement } from '../../src/store/effects/entitlements.ts';
import { readInvoice } from '../../src/store/effects/invoices.ts';
import { listEvents } from '../../src/store/orders/order-events.ts';
import { insertOrder, readOrder } from '../../src/store/orders/orders.ts';
import { loadRecord, writeRecord } from '../../src/store/orders/record.ts';
import { captured, pay, refund, snapshot, TERMS } from '../support/order-events.ts';
import { newOrder } from '../support/order-fixtures.ts';
import { IN } from '../support/order-states.ts';
import { apply, ledgerAfter } from '../support/order-story.ts';
import { freshDatabase, type TestDatabase } from '../support/test-database.ts';

const ID = TERMS.orderId;
const AT = TERMS.createdAt + 90_000;
const OPENED = { payment: snapshot('created'), checkout: { url: 'http://127.0.0.1/pay_1' } };

const CLICKED = apply(openLedger(TERMS), pay());
const PAID = apply(ledgerAfter(...IN.pending), captured());

/** What the order asks of this step after a transition; its record is as it was at first. */
function stepAfter({ ledger, effects, records }: Transition): StepRequest {
  return { ledger, records, known: 0, effects: effects.filter(isQuick), at: AT };
}

/** What the order comes to when it hears of the results. */
function heard(
  { ledger, records }: Transition,
  { results }: StepDone,
): Omit<Transition, 'effects'> {
  return results
    .filter((result) => result !== null)
    .reduce(
      (before, result) => {
        const after = transition(before.ledger, effectEvent(result, AT));
        return { ledger: after.ledger, records: [...before.records, ...after.records] };
      },
      { ledger, records },
    );
}

const EFFECT_TABLES = ['entitlements', 'access_updates', 'crm_updates', 'postings', 'invoices'];
const ALL_TABLES = ['orders', 'order_events', 'order_state_log', ...EFFECT_TABLES];

/** Without times, which differ. */
async function rowsIn({ pool }: TestDatabase): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const table of EFFECT_TABLES) {
    const { rows } = await pool.query<Record<string, unknown>>(`select * from ${table}`);
    found[table] = rows.map((row) => JSON.stringify(row).replaceAll(TIME, 'a time')).sort();
  }
  return found;
}

const TIME = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;

describe('a step of an order', () => {
  let database: TestDatabase;
  let createPayment: () => Promise<unknown>;
  let gateways: Gateways;
  let activities: Activities;

  beforeEach(async () => {
    database = await freshDatabase();
    await insertOrder(database, newOrder(ID, { ledger: openLedger(TERMS) }));
    const { payment, checkout } = OPENED;
    createPayment = async () => ({ payment: { ...payment, installationId: null }, checkout });
    const gateway = { createPayment: () => createPayment() } as unknown as ConfiguredGateway;
    gateways = { sandbox: gateway };
    activities = createActivities({ database, gateways, stepPatienceMs: 60_000 });
  });
  afterEach(() => database.close());

  const take = (request: StepRequest, { takeStep } = activities): Promise<StepDone> =>
    new MockActivityEnvironment({ isLocal: true }, { logger: new DefaultLogger('ERROR') }).run(
      takeStep,
      request,
    );

  /** Effects of which nothing came. */
  const leftBy = ({ results }: StepDone, { effects }: StepRequest) =>
    effects.filter((_, i) => results[i] === null).map(({ effect }) => effect);

  const verdicts = ({ results }: StepDone) => results.map((result) => result?.type ?? null);

  it('does everything that is due, and writes what the order then comes to', async () => {
    const done = await take(stepAfter(PAID));
    assert.deepEqual(new Set(verdicts(done)), new Set(['effect.answered']));
    assert.equal((await readInvoice(database, ID))?.number, 1);
    assert.equal((await listEntitlements(database, TERMS.customerId)).length, 1);
    assert.equal((await crmUpdates.list(database, ID)).length, 1);
    const after = heard(PAID, done);
    assert.equal(done.recorded, after.ledger.revision);
    assert.deepEqual(await loadRecord(database, ID), after.ledger);
    const { items: written } = await listEvents(database, ID, { limit: 200 });
    assert.deepEqual(
      written.map(({ seq, type, at }) => ({ seq, type, at: at.getTime() })),
      after.records.map(({ seq, type, at }) => ({ seq, type, at })),
    );
  });

  it('is one commit where its effects are rows of the same database', async () => {
    await take(stepAfter(PAID));
    const { rows } = await database.pool.query(
      ALL_TABLES.map((table) => `select xmin::text from ${table}`).join(' union '),
    );
    assert.equal(rows.length, 1);
  });

  it('waits once for a database that does not answer, as its task has ten seconds', async () => {
    let asked = 0;
    const { query } = database.pool;
    database.pool.query = (async () => {
      asked += 1;
      throw new Error('Query read timeout');
    }) as unknown as typeof query;
    try {
      const done = await take(stepAfter(PAID));
      assert.deepEqual([done.recorded, done.other], [null, null]);
      assert.ok(done.results.every((result) => result === null));
    } finally {
      database.pool.query = query;
    }
    assert.equal(asked, 1);
  });

  it('leaves the same rows in one commit as effect by effect', async () => {
    await take(stepAfter(PAID));
    const atOnce = await rowsIn(database);
    const other = await freshDatabase();
    await insertOrder(other, newOrder(ID, { ledger: openLedger(TERMS) }));
    // An effect that is posted is none of the rows, so every effect is tried by itself.
    const posting = { crmUrl: 'http://127.0.0.1:1', effectsSecret: `whsec_${'a'.repeat(32)}` };
    const request = stepAfter(PAID);
    await take(request, createActivities({ database: other, gateways, ...posting }));
    const oneByOne = await rowsIn(other);
    for (const table of EFFECT_TABLES) assert.deepEqual(atOnce[table], oneByOne[table], table);
    await other.close();
  });

  it('grants nothing that was revoked before', async () => {
    const { customerId } = TERMS;
    await revokeEntitlement(database, { orderId: ID, epoch: 1, customerId, key: 'revoked' });
    const done = await take(stepAfter(PAID));
    assert.deepEqual(new Set(verdicts(done)), new Set(['effect.answered']));
    assert.deepEqual(await listEntitlements(database, TERMS.customerId), []);
    assert.deepEqual(await accessUpdates.list(database, ID), []);
  });

  it('issues no invoice without a number, and does the rest', async () => {
    await database.pool.query('delete from number_series');
    const request = stepAfter(PAID);
    const done = await take(request);
    assert.deepEqual(leftBy(done, request), ['issue_invoice']);
    assert.equal(await readInvoice(database, ID), null);
    assert.equal((await listEntitlements(database, TERMS.customerId)).length, 1);
  });

  it('does nothing where a lost task was ahead of it, and hands over what that one wrote', async () => {
    await take(stepAfter(PAID));
    const record = await readOrder(database, ID);
    const again = await take(stepAfter(apply(PAID.ledger, refund('succeeded'))));
    assert.deepEqual(new Set(again.results), new Set([null]));
    assert.deepEqual([again.recorded, again.other], [null, await loadRecord(database, ID)]);
    assert.deepEqual(await readOrder(database, ID), record);
  });

  it('finishes what a lost task had only decided', async () => {
    const { ledger, records } = PAID;
    await writeRecord(database, { ledger, records, known: 0 });
    const done = await take(stepAfter(PAID));
    assert.deepEqual(new Set(verdicts(done)), new Set(['effect.answered']));
    assert.equal((await readOrder(database, ID))?.revision, done.recorded);
  });

  it('hands over what the gateway answers, with the record of it written', async () => {
    const done = await take(stepAfter(CLICKED));
    const [result] = done.results;
    assert.deepEqual(result?.type === 'effect.answered' && result.answer, {
      to: 'create_payment',
      ...OPENED,
      payment: { ...OPENED.payment, installation: 'none' },
    });
    const { view } = (await readOrder(database, ID)) ?? {};
    assert.deepEqual(view?.payments[0]?.checkout, OPENED.checkout);
  });

  it('hands over a definite no by its code', async () => {
    createPayment = () => Promise.reject(new GatewayRefusal('card_declined', 'no'));
    const [result] = (await take(stepAfter(CLICKED))).results;
    assert.equal(result?.type === 'effect.refused' && result.code, 'card_declined');
  });

  for (const [why, answer] of [
    ['the gateway gives no clear answer', () => Promise.reject(new GatewayOutcomeUnknown('reset'))],
    ['the gateway takes too long', () => new Promise(() => {})],
  ] as const)
    it(`leaves it to an activity of its own when ${why}, and is recorded all the same`, async () => {
      createPayment = answer;
      const done = await take(stepAfter(CLICKED), createActivities({ database, gateways }));
      assert.deepEqual(done.results, [null]);
      assert.equal(done.recorded, CLICKED.ledger.revision);
      assert.deepEqual(await loadRecord(database, ID), CLICKED.ledger);
    });

  it('does the rest when one effect fails', async () => {
    await database.pool.query('alter table invoices rename to hidden');
    const request = stepAfter(PAID);
    const done = await take(request);
    assert.deepEqual(leftBy(done, request), ['issue_invoice']);
    const statuses = (await readOrder(database, ID))?.view.effects.map((one) => one.status);
    assert.deepEqual(statuses?.toSorted(), ['done', 'done', 'done', 'pending']);
  });

  it('does nothing that it cannot write down before, and throws nothing', async () => {
    const absent = openDatabase('postgres://nobody@127.0.0.1:1/none');
    const gateway = {
      createPayment: () => assert.fail('it was asked'),
    } as unknown as ConfiguredGateway;
    const others = { database: absent, gateways: { sandbox: gateway } };
    const done = await take(stepAfter(CLICKED), createActivities(others));
    assert.deepEqual(done, { results: [null], recorded: null, other: null });
    await absent.close();
  });
});
