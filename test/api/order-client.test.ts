/** Starting and signalling orders, against a real Temporal. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import pWaitFor from 'p-wait-for';
import { createOrderClient, type OrderClient } from '../../src/api/temporal/order-client.ts';
import type { Database } from '../../src/store/database.ts';
import { insertOrder } from '../../src/store/orders/orders.ts';
import { loadRecord } from '../../src/store/orders/record.ts';
import { newOrder } from '../support/order-fixtures.ts';
import { openPatiently } from '../support/patient-database.ts';
import { givenOrder, newOrderId, openShop, type Shop, untilOrder } from '../support/shop.ts';
import { sharedStack } from '../support/stack.ts';
import { signalsOf, temporalClient } from '../support/temporal.ts';

let shop: Shop;
let client: Client;
let database: Database;
let orders: OrderClient;

before(async function () {
  this.timeout(300_000);
  shop = await openShop();
  client = await temporalClient();
  database = openPatiently((await sharedStack()).databaseUrl);
  orders = createOrderClient({ client, ledgerOf: (id) => loadRecord(database, id) });
});
after(() => database.close());

/** The names of the signals in the history, once the last of them has this name. */
async function signalsUntil(orderId: string, last: string): Promise<string[]> {
  let names: string[] = [];
  await pWaitFor(async () => {
    names = await signalsOf(orderId);
    return names.at(-1) === last;
  });
  return names;
}

describe('a signal', () => {
  it('that is repeated leaves one event in the history', async () => {
    const id = await givenOrder(shop);
    const message = { id: randomUUID() };
    for (const _ of [1, 2, 3]) await orders.signal(id, 'cancel', message);
    await orders.signal(id, 'pay', { id: randomUUID() });
    assert.deepEqual(await signalsUntil(id, 'pay'), ['cancel', 'pay']);
  });

  it('is another one under another name or id', async () => {
    const id = await givenOrder(shop);
    const message = { id: randomUUID() };
    await orders.signal(id, 'cancel', message);
    await orders.signal(id, 'verify', message);
    await orders.signal(id, 'verify', { id: randomUUID() });
    await orders.signal(id, 'pay', { id: randomUUID() });
    assert.deepEqual(await signalsUntil(id, 'pay'), ['cancel', 'verify', 'verify', 'pay']);
  });

  it('T48 starts an order whose start never came through', async () => {
    const id = newOrderId();
    await insertOrder(database, newOrder(id));
    await orders.signal(id, 'cancel', { id: randomUUID() });
    await untilOrder(shop, id, ({ state }) => state === 'cancelled', 'cancelled');
  });

  it('T46 to an order that nobody made is refused', async () => {
    await assert.rejects(orders.signal(newOrderId(), 'pay', { id: randomUUID() }), {
      name: 'UnknownOrder',
    });
  });
});

describe('an order that is started again', () => {
  it('goes on as it was', async () => {
    const id = await givenOrder(shop);
    const { runId } = await client.workflow.getHandle(id).describe();
    const ledger = await loadRecord(database, id);
    assert.ok(ledger);
    await orders.start(ledger);
    assert.equal((await client.workflow.getHandle(id).describe()).runId, runId);
  });

  it('has no second run when the first has closed', async () => {
    const id = await givenOrder(shop);
    const handle = client.workflow.getHandle(id);
    const { runId } = await handle.describe();
    await handle.terminate('a run that has closed');
    const ledger = await loadRecord(database, id);
    assert.ok(ledger);
    await orders.start(ledger);
    assert.equal((await handle.describe()).runId, runId);
  });

  it('is found by its terms in the Temporal UI', async () => {
    const id = await givenOrder(shop);
    const { typedSearchAttributes, staticSummary } = await client.workflow
      .getHandle(id)
      .describe()
      .then(async (described) => ({
        typedSearchAttributes: described.typedSearchAttributes,
        staticSummary: await described.staticSummary(),
      }));
    const found = Object.fromEntries(
      typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]),
    );
    assert.deepEqual(
      [found.PaymentGateway, found.Currency, found.AmountMinor, found.CustomerId],
      ['sandbox', 'INR', 4999, `cus_${id}`],
    );
    assert.equal(staticSummary, '49.99 INR through sandbox');
  });
});
