/** Orders with very many signals: continue-as-new forgets nothing, and a flood hardly reaches them. */
import assert from 'node:assert/strict';
import pWaitFor from 'p-wait-for';
import { assertPaidOnce, PAID_ONCE, proofOf } from '../support/assert-paid-once.ts';
import { givenOwnOrder } from '../support/custom-terms.ts';
import {
  AMOUNT,
  givenPendingOrder,
  openShop,
  readOrder,
  type Shop,
  untilOrder,
  untilSettled,
  untilTaken,
} from '../support/shop.ts';
import { runsOf } from '../support/temporal.ts';
import { deliverTo, signedEvent } from '../support/webhooks.ts';

const SIGNALS_PER_RUN = 5;
const FLOOD = 12_000;
const AT_ONCE = 64;
const MAX_SIGNALS = 50;

describe('an order with a very long history', function () {
  this.timeout(300_000);
  let shop: Shop;

  before(async () => {
    shop = await openShop();
  });

  it(`T49 is continued as new every ${SIGNALS_PER_RUN} signals and forgets nothing`, async () => {
    const id = await givenOwnOrder({ signalsPerRun: SIGNALS_PER_RUN });
    const { body } = await shop.call<{ id: string }>(
      'POST',
      `/v1/orders/${id}/payments`,
      {},
      {
        prefer: 'wait=30',
      },
    );
    const paymentId = body.id;
    const data = { orderId: id, paymentId, amount: AMOUNT };
    const repeat = async (type: string, times: number): Promise<void> => {
      for (let i = 0; i < times; i += 1) {
        const event = signedEvent(type, data);
        assert.equal((await untilTaken(() => deliverTo(shop, event, i))).status, 200);
      }
    };
    await repeat('payment.pending', 7);
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    await repeat('payment.captured', 7);
    await untilSettled(shop, id, 'paid');
    const clicks = await Promise.all(
      Array.from({ length: 7 }, () =>
        untilTaken(() => shop.call('POST', `/v1/orders/${id}/payments`, {})),
      ),
    );
    assert.deepEqual(new Set(clicks.map(({ status }) => status)), new Set([409]));
    await untilTaken(() =>
      shop.call(
        'POST',
        `/v1/orders/${id}/refunds`,
        { amount: 1000 },
        {
          prefer: 'wait=30',
          'idempotency-key': `refund-one-of-${id}`,
        },
      ),
    );
    await repeat('payment.captured', 7);
    const order = await untilOrder(
      shop,
      id,
      ({ counters, amountRefunded, effects }) =>
        counters.duplicates >= 19 &&
        amountRefunded === 1000 &&
        effects.every(({ status }) => status === 'done'),
      'through with everything',
    );
    assert.equal(order.state, 'paid');
    assert.equal(order.amountPaid, AMOUNT);
    // The last record is written before its run is continued.
    const runs = await pWaitFor(
      async () => {
        const found = await runsOf(id);
        return found.length >= 4 && pWaitFor.resolveWith(found);
      },
      { interval: 500 },
    );
    assert.equal(
      runs.reduce((sum, run) => sum + run.failedTasks, 0),
      0,
    );
    const proof = await proofOf(id);
    // The CRM is told of the refund as well.
    assert.deepEqual(proof, { ...PAID_ONCE, crmUpdates: 2 });
  });

  it(`takes ${FLOOD} deliveries of one event and hears of fewer than ${MAX_SIGNALS}`, async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    const event = signedEvent('payment.captured', { orderId: id, paymentId, amount: AMOUNT });
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    let sent = 0;
    const deliverSome = async (): Promise<void> => {
      while (sent < FLOOD) {
        sent += 1;
        assert.equal((await deliverTo(shop, event, sent)).status, 200);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, deliverSome));
    await untilSettled(shop, id, 'paid');
    const [run] = await runsOf(id);
    assert.ok((run?.signals ?? MAX_SIGNALS) < MAX_SIGNALS, `${run?.signals} signals`);
    const { counters } = await readOrder(shop, id);
    assert.ok(counters.duplicates >= FLOOD - MAX_SIGNALS, `${counters.duplicates} duplicates`);
    await assertPaidOnce(id);
  });
});
