/** Whoever reaches the Temporal server can send signals. None of them may wedge an order. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { assertPaidOnce } from '../support/proof.ts';
import {
  AMOUNT,
  CURRENCY,
  givenPendingOrder,
  openShop,
  type Shop,
  untilOrder,
  untilSettled,
} from '../support/shop.ts';
import { temporalClient } from '../support/temporal.ts';

interface RawPayload {
  metadata: Record<string, Uint8Array>;
  data: Uint8Array;
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const json = (value: string): RawPayload => ({
  metadata: { encoding: text('json/plain') },
  data: text(value),
});

const HOSTILE: [string, string, RawPayload[]][] = [
  ['bytes that are not JSON', 'webhook', [json('{"id":')]],
  ['an unknown encoding', 'webhook', [{ metadata: { encoding: text('x/y') }, data: text('?') }]],
  ['no payload at all', 'verify', []],
  ['null', 'pay', [json('null')]],
  ['an array', 'cancel', [json('[1,2]')]],
  ['a number', 'review', [json('7')]],
  ['no id', 'webhook', [json('{"fact":{}}')]],
  ['an id that is no text', 'pay', [json('{"id":{"$ne":1}}')]],
  ['a fact of an unknown type', 'webhook', [fact({ type: 'payment.teleported' })]],
  ['a negative amount', 'webhook', [fact({ amountMinor: -1 })]],
  ['a fraction', 'webhook', [fact({ amountMinor: 0.5 })]],
  ['an amount as text', 'webhook', [fact({ amountMinor: '4999' })]],
  ['an amount beyond safe integers', 'webhook', [fact({ amountMinor: 2 ** 60 })]],
  ['a currency that is none', 'webhook', [fact({ currency: 'rupees' })]],
  ['__proto__ as a key', 'webhook', [json('{"id":"p1","__proto__":{"fact":1}}')]],
  ['a refund of nothing', 'refund', [json('{"id":"r1","requestKey":"k","amountMinor":0}')]],
  [
    'a decision that is none',
    'review',
    [json('{"id":"d1","reviewId":"rev_1","decision":"maybe"}')],
  ],
  ['a signal that nobody knows', 'launch', [json('{"id":"x1"}')]],
];

function fact(change: object): RawPayload {
  const good = {
    type: 'payment.captured',
    paymentId: 'p',
    amountMinor: AMOUNT,
    currency: CURRENCY,
  };
  return json(JSON.stringify({ id: `evt_${randomUUID()}`, fact: { ...good, ...change } }));
}

describe('an order that gets hostile signals', function () {
  this.timeout(120_000);
  let shop: Shop;

  before(async () => {
    shop = await openShop();
  });

  for (const [what, signalName, payloads] of HOSTILE)
    it(`records ${what} as rejected and changes nothing`, async () => {
      const { id } = await givenPendingOrder(shop);
      await send(id, signalName, payloads);
      const order = await untilOrder(shop, id, ({ counters }) => counters.rejected === 1, 'asked');
      assert.equal(order.state, 'pending');
      const { body } = await shop.call<{ events: { outcome: string; reason: string }[] }>(
        'GET',
        `/v1/orders/${id}/events`,
      );
      const last = body.events.at(-1);
      assert.equal(last?.outcome, 'rejected');
      assert.match(last?.reason ?? '', new RegExp(`^signal ${signalName}: `));
    });

  it('is paid afterwards as if nothing had been sent', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    for (const [, signalName, payloads] of HOSTILE) await send(id, signalName, payloads);
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    const order = await untilSettled(shop, id, 'paid');
    assert.equal(order.counters.rejected, HOSTILE.length);
    await assertPaidOnce(shop, id);
  });
});

async function send(orderId: string, signalName: string, payloads: RawPayload[]): Promise<void> {
  const client = await temporalClient();
  await client.workflowService.signalWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId: orderId },
    signalName,
    requestId: randomUUID(),
    input: { payloads },
  });
}
