/** Orders that nobody has clicked: they sleep in Temporal, and everything that is sent to them wakes them. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import pWaitFor from 'p-wait-for';
import { createOrderClient, type OrderClient } from '../../src/api/temporal/order-client.ts';
import { openLedger } from '../../src/domain/ledger.ts';
import type { Database } from '../../src/store/database.ts';
import { insertOrder } from '../../src/store/orders/orders.ts';
import { loadRecord } from '../../src/store/orders/record.ts';
import { ledgerOf, newOrder } from '../support/order-fixtures.ts';
import { openPatiently } from '../support/patient-database.ts';
import { givenOrder, newOrderId, openShop, type Shop, untilOrder } from '../support/shop.ts';
import { sharedStack } from '../support/stack.ts';
import { signalsOf, temporalClient } from '../support/temporal.ts';

const EXPIRES_IN_MS = 3_000;

let shop: Shop;
let client: Client;
let database: Database;

before(async function () {
  this.timeout(300_000);
  shop = await openShop();
  client = await temporalClient();
  database = openPatiently((await sharedStack()).databaseUrl);
});
after(() => database.close());

/** What an API process that has just begun knows: nothing. */
function anotherApi(options: Partial<Parameters<typeof createOrderClient>[0]> = {}): OrderClient {
  return createOrderClient({ client, ledgerOf: (id) => loadRecord(database, id), ...options });
}

async function eventsOf(orderId: string) {
  return (await client.workflow.getHandle(orderId).fetchHistory()).events ?? [];
}

async function tasksOf(orderId: string): Promise<number> {
  const events = await eventsOf(orderId);
  return events.filter((event) => event.workflowTaskScheduledEventAttributes).length;
}

function cancelled(id: string) {
  return untilOrder(shop, id, ({ state }) => state === 'cancelled', 'cancelled');
}

async function givenExpiringOrder(api: OrderClient): Promise<string> {
  const id = newOrderId();
  const now = Date.now();
  const terms = { ...ledgerOf(id).terms, createdAt: now, expiresAt: now + EXPIRES_IN_MS };
  const ledger = openLedger(terms);
  await insertOrder(database, newOrder(id, { ledger, expiresAt: terms.expiresAt }));
  await api.start(ledger);
  return id;
}

describe('an order that nobody has clicked', () => {
  it('costs its start and nothing else', async () => {
    const id = await givenOrder(shop);
    assert.equal((await eventsOf(id)).length, 1);
  });

  it('is one workflow task when its time is over, and no timer', async function () {
    this.timeout(60_000);
    const id = await givenExpiringOrder(anotherApi());
    await untilOrder(shop, id, ({ state }) => state === 'failed', 'failed');
    // The record is there before the task has ended. What follows of it is the CRM's.
    const untilRecord = await pWaitFor(async () => {
      const events = await eventsOf(id);
      const end = events.findIndex((event) => event.markerRecordedEventAttributes);
      return end > 0 && pWaitFor.resolveWith(events.slice(0, end));
    });
    const timers = untilRecord.filter((event) => event.timerStartedEventAttributes);
    const tasks = untilRecord.filter((event) => event.workflowTaskScheduledEventAttributes);
    assert.deepEqual([tasks.length, timers.length], [1, 0]);
  });

  it('is woken by a process that never heard of it', async () => {
    const id = await givenOrder(shop);
    await anotherApi().signal(id, 'cancel', { id: randomUUID() });
    await cancelled(id);
    assert.deepEqual(await signalsOf(id), ['cancel']);
  });

  it('is woken where the database cannot say what it is', async () => {
    const id = await givenOrder(shop);
    const blind = anotherApi({ ledgerOf: () => Promise.reject(new Error('no connection')) });
    await blind.signal(id, 'cancel', { id: randomUUID() });
    await cancelled(id);
  });

  it('takes up first what was sent by hand, which does not wake it', async () => {
    const id = await givenOrder(shop);
    const handle = client.workflow.getHandle(id);
    await handle.signal('cancel', { id: randomUUID() });
    assert.equal(await tasksOf(id), 0);
    await anotherApi().signal(id, 'verify', { id: randomUUID() });
    await cancelled(id);
    assert.deepEqual(await signalsOf(id), ['cancel', 'verify']);
  });

  it('is woken once by the same signal, however often and by whichever process it is sent', async () => {
    const id = await givenOrder(shop);
    const message = { id: randomUUID() };
    for (const api of [anotherApi(), anotherApi(), anotherApi()])
      await api.signal(id, 'cancel', message);
    await cancelled(id);
    assert.deepEqual(await signalsOf(id), ['cancel']);
  });

  it('is awake from the start where orders do not sleep', async () => {
    const id = await givenExpiringOrder(anotherApi({ ordersSleep: false }));
    await pWaitFor(async () => (await tasksOf(id)) > 0);
  });
});
