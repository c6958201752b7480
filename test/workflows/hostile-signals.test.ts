/** Whoever reaches the Temporal server can send signals. None of them may wedge an order. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { isGrpcServiceError } from '@temporalio/client';
import fc from 'fast-check';
import type { OrderView } from '../../src/domain/view.ts';
import {
  encoded,
  type HostileSignal,
  hostileSignal,
  json,
  type RawPayload,
} from '../fuzz/hostile-signal.ts';
import { assertPaidOnce } from '../support/assert-paid-once.ts';
import { type Clerk, clerkOf } from '../support/operator-client.ts';
import {
  AMOUNT,
  CURRENCY,
  givenOrder,
  givenPendingOrder,
  openShop,
  readOrder,
  type Shop,
  untilOrder,
  untilSettled,
} from '../support/shop.ts';
import { runsOf, temporalClient } from '../support/temporal.ts';

const HOSTILE: [string, string, RawPayload[]][] = [
  ['bytes that are not JSON', 'webhook', [json('{"id":')]],
  ['an unknown encoding', 'webhook', [encoded('x/y', '?')]],
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
    'a refund with no limit to read',
    'refund',
    [json('{"id":"r2","requestKey":"k","limitMinor":"1"}')],
  ],
  [
    'a decision that is none',
    'review',
    [json('{"id":"d1","reviewId":"rev_1","decision":"maybe"}')],
  ],
  [
    'a version of the order that is none',
    'access',
    [json('{"id":"a1","action":"revoke","note":"x","orderVersion":"7"}')],
  ],
  ['a signal that nobody knows', 'launch', [json('{"id":"x1"}')]],
  ["a signal under a name of Temporal's own", '__temporal_x', [json('{"id":"x1"}')]],
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
      assert.match(last?.reason ?? '', new RegExp(`^signal (reserved )?${signalName}: `));
    });

  it('is paid afterwards as if nothing had been sent', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    for (const [, signalName, payloads] of HOSTILE) await send(id, signalName, payloads);
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    const order = await untilSettled(shop, id, 'paid');
    assert.equal(order.counters.rejected, HOSTILE.length);
    await assertPaidOnce(id);
  });
});

interface LiveOrder {
  id: string;
  paymentId: string;
}

/** How an order comes into a state, and how it goes on from there when all is well. */
interface Life {
  state: string;
  open(): Promise<LiveOrder>;
  goOn(order: LiveOrder): Promise<unknown>;
}

const SIGNALS = 200;
const SEED = Number(process.env.FUZZ_SEED ?? 20_261);

describe(`orders in every state that get ${SIGNALS} hostile signals, seed ${SEED}`, function () {
  this.timeout(180_000);
  let shop: Shop;
  let clerk: Clerk;

  before(async () => {
    shop = await openShop();
    clerk = clerkOf(shop);
  });

  const act = ({ paymentId }: LiveOrder, deed: string, body: object = {}) =>
    shop.gateway('POST', `/payments/${paymentId}/${deed}`, body);
  const pending = () => givenPendingOrder(shop);

  async function brought(deed: (order: LiveOrder) => Promise<unknown>, state: string) {
    const order = await pending();
    await deed(order);
    await untilSettled(shop, order.id, state);
    return order;
  }

  async function isPaidByCapture(order: LiveOrder): Promise<void> {
    await act(order, 'capture');
    await untilSettled(shop, order.id, 'paid');
    await assertPaidOnce(order.id);
  }

  async function isCancelledAndCaptured(order: LiveOrder): Promise<void> {
    await act(order, 'capture');
    await untilOrder(shop, order.id, ({ reviews }) => reviews.length === 1, 'in review');
    await untilSettled(shop, order.id, 'cancelled');
  }

  const lives: Life[] = [
    {
      state: 'initiated',
      open: async () => ({ id: await givenOrder(shop), paymentId: '' }),
      goOn: async ({ id }) => {
        const { body } = await clerk.pay(id);
        await isPaidByCapture({ id, paymentId: body.id ?? '' });
      },
    },
    { state: 'pending', open: pending, goOn: isPaidByCapture },
    {
      state: 'failed',
      open: () => brought((order) => act(order, 'fail'), 'failed'),
      goOn: async (order) => {
        await act(order, 'capture');
        await untilSettled(shop, order.id, 'paid');
      },
    },
    {
      state: 'partially_paid',
      open: () => brought((order) => act(order, 'capture', { amount: 1_000 }), 'partially_paid'),
      goOn: async (order) => {
        await act(order, 'capture', { amount: AMOUNT - 1_000 });
        await untilSettled(shop, order.id, 'paid');
      },
    },
    {
      state: 'paid',
      open: () => clerk.paidOrder(),
      goOn: async ({ id }) => {
        assert.equal((await clerk.refund(id)).status, 201);
        await untilSettled(shop, id, 'refunded');
      },
    },
    {
      state: 'cancelled',
      open: () => brought(({ id }) => clerk.cancel(id), 'cancelled'),
      goOn: isCancelledAndCaptured,
    },
    {
      state: 'cancelled, in review',
      open: async () => {
        const order = await brought(({ id }) => clerk.cancel(id), 'cancelled');
        await isCancelledAndCaptured(order);
        return order;
      },
      goOn: async ({ id }) => {
        assert.equal((await clerk.decide(id, 'paid_after_cancel', 'approve')).status, 200);
        await untilSettled(shop, id, 'paid');
      },
    },
    {
      state: 'refunded',
      open: async () => {
        const order = await clerk.paidOrder();
        await clerk.refund(order.id);
        await untilSettled(shop, order.id, 'refunded');
        return order;
      },
      goOn: async ({ id }) => assert.equal((await clerk.pay(id)).body.code, 'order_already_paid'),
    },
  ];

  for (const [index, { state, open, goOn }] of lives.entries())
    it(`that is ${state} rejects each of them, stays as it was, and goes on`, async () => {
      const order = await open();
      const before = await readOrder(shop, order.id);
      const signals = fc
        .sample(hostileSignal, { seed: SEED, numRuns: SIGNALS })
        .filter((_, i) => i % lives.length === index);
      const taken = await sendAll(order.id, signals);
      const whole = before.counters.rejected + taken;
      const told = () => `of ${taken}: ${signals.map(({ what }) => what).join('; ')}`;
      const now = await untilOrder(
        shop,
        order.id,
        ({ counters }) => counters.rejected === whole,
        told(),
      );
      assert.deepEqual(lasting(now), lasting(before), told());
      await assertNothingStuck(order.id);
      await goOn(order);
    });
});

/** What no rejected input may touch. */
function lasting({ counters, version, updatedAt, ...order }: OrderView): object {
  return { ...order, duplicates: counters.duplicates, stale: counters.stale };
}

/** How many of them Temporal took; the others it refused itself. */
async function sendAll(orderId: string, signals: HostileSignal[]): Promise<number> {
  const sent = signals.map(async ({ name, payloads }) => {
    try {
      await send(orderId, name, payloads);
      return 1;
    } catch (error) {
      assert.equal(isGrpcServiceError(error) && error.code, GRPC_INVALID_ARGUMENT, String(error));
      return 0;
    }
  });
  return (await Promise.all(sent)).reduce<number>((sum, one) => sum + one, 0);
}

const GRPC_INVALID_ARGUMENT = 3;

async function assertNothingStuck(orderId: string): Promise<void> {
  const handle = (await temporalClient()).workflow.getHandle(orderId);
  const { raw } = await handle.describe();
  assert.ok((raw.pendingWorkflowTask?.attempt ?? 1) <= 1, 'a workflow task is being tried again');
  const runs = await runsOf(orderId);
  assert.deepEqual(
    runs.map(({ failedTasks }) => failedTasks),
    runs.map(() => 0),
  );
}

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
