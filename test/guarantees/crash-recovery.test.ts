/** Workers die at the worst moment: after the effect, before anybody was told. */
import assert from 'node:assert/strict';
import { gatewayIdempotencyKey } from '../../src/gateways/idempotency-key.ts';
import { assertPaidOnce } from '../support/assert-paid-once.ts';
import { rowsOf } from '../support/books.ts';
import { markOf } from '../support/installation.ts';
import { placeAt } from '../support/place.ts';
import { OUTAGES } from '../support/scenarios/outages.ts';
import {
  AMOUNT,
  CURRENCY,
  givenOrder,
  givenPendingOrder,
  openShop,
  type Shop,
  untilOrder,
  untilSettled,
  withFaults,
} from '../support/shop.ts';
import { placeOf, type SharedStack, sharedStack } from '../support/stack.ts';
import { untilActivityRuns } from '../support/temporal.ts';

describe('a worker killed between an effect and its acknowledgement', function () {
  this.timeout(180_000);
  let shop: Shop;
  let stack: SharedStack;

  before(async () => {
    shop = await openShop();
    stack = await sharedStack();
  });

  it('T29 tells the CRM again under the same key, so that it is one update', async () => {
    const place = await placeAt('sandbox');
    const { id } = await OUTAGES['worker-killed-while-the-crm-is-told'](place);
    const requests = stack.crm.requests.filter(({ orderId }) => orderId === id);
    assert.equal(requests.length, 2);
    assert.equal(new Set(requests.map(({ key }) => key)).size, 1);
    await assertPaidOnce(id);
  });

  it('T26 T29 finds the payment that the gateway made while nobody listened', async () => {
    const id = await givenOrder(shop);
    await withFaults(shop, { api: { timeoutAfter: 1 } }, async () => {
      await shop.call('POST', `/v1/orders/${id}/payments`, {}, { prefer: 'wait=0' });
      await untilActivityRuns(id, 'createPayment');
      killWorkers();
    });
    const order = await untilOrder(shop, id, ({ payments }) => payments[0]?.id != null, 'named');
    const key = gatewayIdempotencyKey(id, 'create', '1');
    const metadata = await markOf(placeOf(stack), 'this installation');
    const body = { orderId: id, amount: AMOUNT, currency: CURRENCY, metadata };
    const made = await shop.gateway<{ id: string }>('POST', '/payments', body, key);
    assert.equal(order.payments[0]?.id, made.body.id);
    await shop.gateway('POST', `/payments/${made.body.id}/capture`, {});
    await untilSettled(shop, id, 'paid');
    await assertPaidOnce(id);
  });

  it('T29 takes back what a lost task had done, when the money has gone back meanwhile', async () => {
    const { id } = await OUTAGES['task-lost-behind-its-effects'](await placeAt('sandbox'));
    const [entitlement, ...others] = await rowsOf('entitlements', id);
    assert.deepEqual(others, []);
    assert.ok(entitlement?.granted_at && entitlement.revoked_at);
    assert.equal((await rowsOf('invoices', id)).length, 1);
    assert.equal((await rowsOf('credit_notes', id)).length, 1);
  });

  it('T32 settles webhooks that were accepted while no worker lived', async () => {
    const orders = await Promise.all(Array.from({ length: 10 }, () => givenPendingOrder(shop)));
    killWorkers();
    await Promise.all(
      orders.map(({ paymentId }) => shop.gateway('POST', `/payments/${paymentId}/capture`, {})),
    );
    for (const { id } of orders) {
      await untilSettled(shop, id, 'paid');
      await assertPaidOnce(id);
    }
  });

  function killWorkers(): void {
    for (const name of Object.keys(stack.children))
      if (name.startsWith('worker')) stack.kill(name, 'SIGKILL');
  }
});
