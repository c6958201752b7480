/**
 * What becomes of a signed webhook, with the real gateway, its signatures and PostgreSQL; of Temporal only what it
 * was handed is looked at. The same against the running stack is in webhooks.test.ts.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler } from 'express';
import pino from 'pino';
import type { ApiDependencies } from '../../src/api/api-dependencies.ts';
import { problemOf } from '../../src/api/problems/errors.ts';
import {
  OrchestratorUnavailable,
  UnknownOrder,
} from '../../src/api/problems/orchestrator-errors.ts';
import { createDuplicateCounter } from '../../src/api/temporal/duplicate-counter.ts';
import { createInFlightDeliveries } from '../../src/api/temporal/in-flight-deliveries.ts';
import { createWebhookReceiver } from '../../src/api/webhooks/webhooks.ts';
import { BUILT_IN } from '../../src/gateways/built-in.ts';
import { type EventMessage, WebhookRejection } from '../../src/gateways/gateway.ts';
import { type ConfiguredGateway, createGateways } from '../../src/gateways/index.ts';
import { listDuplicates } from '../../src/store/orders/duplicate-deliveries.ts';
import { insertOrder } from '../../src/store/orders/orders.ts';
import { writeRecord } from '../../src/store/orders/record.ts';
import { listParked, readParked } from '../../src/store/parked-events.ts';
import { installationOf, markOf } from '../support/installation.ts';
import { ledgerOf, newOrder, outcome, paidLedger, recordOf } from '../support/order-fixtures.ts';
import { WEBHOOK_SECRET } from '../support/stack.ts';
import { freshDatabase, type TestDatabase } from '../support/test-database.ts';
import { type EventData, type SignedEvent, signedBody, signedEvent } from '../support/webhooks.ts';

const DATA: EventData = {
  orderId: 'ord_1',
  paymentId: 'sbx_pay_1',
  amount: 4999,
  captureId: 'sbx_cap_1',
};

type Handed = [orderId: string, name: string, payload: unknown];

describe('a signed webhook', () => {
  let database: TestDatabase;
  let server: Server;
  let handed: Handed[];
  let told: { outcome?: string; reason?: string; gateway: string }[];
  let logged: Record<string, unknown>[];
  let lags: number[];
  let takeSignal: () => Promise<void>;
  let inFlightDeliveries: ReturnType<typeof createInFlightDeliveries>;
  let gateways: Record<string, ConfiguredGateway>;

  beforeEach(async () => {
    database = await freshDatabase();
    [handed, told, logged, lags] = [[], [], [], []];
    takeSignal = async () => {};
    inFlightDeliveries = createInFlightDeliveries();
    const webhookSecrets = [WEBHOOK_SECRET];
    gateways = { ...createGateways(BUILT_IN, { sandbox: { port: 1, webhookSecrets } }) };
    server = await listen();
  });
  afterEach(async () => {
    server.close();
    await database.close();
  });

  /** Another process of the same API: it remembers nothing of what the first one took. */
  async function listen(): Promise<Server> {
    const write = (line: string): void => void logged.push(JSON.parse(line));
    const dependencies = {
      database,
      gateways,
      inFlightDeliveries,
      duplicates: createDuplicateCounter(database),
      log: pino({ level: 'debug' }, { write }),
      metrics: {
        webhookAnswered: (webhook: { gateway: string; outcome: string }) => told.push(webhook),
        webhookTaken: ({ seconds }: { seconds: number }) => lags.push(seconds),
        webhookIgnored: (webhook: { gateway: string; reason: string }) => told.push(webhook),
      },
      orders: {
        async signal(...signal: Handed) {
          await takeSignal();
          handed.push(signal);
        },
      },
    } as unknown as ApiDependencies;
    const app = express();
    app.post('/webhooks/:gateway', createWebhookReceiver(dependencies));
    const answerProblem: ErrorRequestHandler = (error, _request, response, _next) => {
      const { status, code } = problemOf(error);
      response.status(status).json({ code });
    };
    app.use(answerProblem);
    const listening = app.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    return listening;
  }

  async function deliver(
    { headers, body }: Pick<SignedEvent, 'headers' | 'body'>,
    { name = 'sandbox', at = server } = {},
  ): Promise<[number, unknown]> {
    const { port } = at.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/webhooks/${name}`;
    const response = await fetch(url, { method: 'POST', headers, body });
    return [response.status, await response.json()];
  }

  const event = (data: Partial<EventData> = {}, id = 'evt_1'): SignedEvent =>
    signedEvent('payment.captured', { ...DATA, ...data }, id);
  const statusOf = async (...given: Parameters<typeof deliver>): Promise<unknown> => {
    const [status, body] = await deliver(...given);
    return status === 200 ? (body as { status: string }).status : body;
  };
  const parked = async () => (await listParked(database, { limit: 10 })).events;
  const outcomes = (): unknown[] => told.flatMap(({ outcome: of }) => of ?? []);

  it('is handed to its order under an id of gateway and event, and expected by who verifies', async () => {
    assert.deepEqual(await deliver(event()), [200, { status: 'accepted' }]);
    const { paymentId, captureId } = DATA;
    const fact = {
      type: 'payment.captured',
      paymentId,
      captureId,
      currency: 'INR',
      amountMinor: 4999,
    };
    assert.deepEqual(handed, [['ord_1', 'webhook', { id: 'sandbox:evt_1', fact }]]);
    assert.equal(inFlightDeliveries.isExpected('ord_1'), true);
    assert.deepEqual(outcomes(), ['accepted']);
  });

  it('is handed over once, and each repeat is counted for its order', async () => {
    const first = event();
    const answers = [await statusOf(first), await statusOf(first), await statusOf(first)];
    assert.deepEqual(answers, ['accepted', 'duplicate', 'duplicate']);
    assert.equal(handed.length, 1);
    const [counted] = await listDuplicates(database, 'ord_1', { limit: 10 });
    assert.deepEqual(
      [counted?.eventId, counted?.type, counted?.count],
      ['sandbox:evt_1', 'payment.captured', 2],
    );
  });

  it('is a repeat to a process that has just begun, when the order has it on record', async () => {
    const ledger = ledgerOf('ord_1');
    await insertOrder(database, newOrder('ord_1', { ledger }));
    const record = outcome(1, { eventId: 'sandbox:evt_1' });
    await writeRecord(database, recordOf({ ...ledger, revision: 1, version: 2 }, [record]));
    assert.equal(await statusOf(event()), 'duplicate');
    assert.deepEqual(handed, []);
    assert.equal(inFlightDeliveries.isExpected('ord_1'), false);
  });

  it('finds its order by the payment where it names none', async () => {
    const ledger = paidLedger('ord_2');
    await insertOrder(database, newOrder('ord_2', { ledger: ledgerOf('ord_2') }));
    await writeRecord(database, recordOf(ledger));
    const { orderId: _, ...data } = DATA;
    const unnamed = signedEvent('payment.failed', { ...data, paymentId: 'pay_ord_2' } as EventData);
    assert.equal(await statusOf(unnamed), 'accepted');
    assert.equal(handed[0]?.[0], 'ord_2');
  });

  it('that only says look makes the order verify its payment', async () => {
    const sandbox = gateways.sandbox as ConfiguredGateway;
    gateways.other = {
      ...sandbox,
      readWebhook: () => ({ kind: 'ask', eventId: 'evt_9', orderId: 'ord_1', paymentId: 'pay_9' }),
    };
    assert.equal(await statusOf(event(), { name: 'other' }), 'accepted');
    const payload = { id: 'other:evt_9', source: 'webhook', paymentId: 'pay_9' };
    assert.deepEqual(handed, [['ord_1', 'verify', payload]]);
  });

  describe('that carries several events', () => {
    const item = (eventId: string): EventMessage => ({
      kind: 'ask',
      eventId,
      orderId: 'ord_1',
      paymentId: `pay_${eventId}`,
    });
    const forged = new WebhookRejection('signature_invalid', 'The signature of evt_2 is wrong.');

    function carry(...items: (EventMessage | WebhookRejection)[]): void {
      const sandbox = gateways.sandbox as ConfiguredGateway;
      gateways.other = { ...sandbox, readWebhook: () => ({ kind: 'batch', items }) };
    }

    it('hands each to its order', async () => {
      carry(item('evt_1'), item('evt_2'));
      assert.equal(await statusOf(event(), { name: 'other' }), 'accepted');
      assert.equal(handed.length, 2);
    });

    it('hands the good ones over where one is forged, and is answered with what was wrong', async () => {
      carry(item('evt_1'), forged, item('evt_3'));
      const [status] = await deliver(event(), { name: 'other' });
      assert.equal(status, 401);
      assert.equal(handed.length, 2);
    });

    it('parks one that cannot be read, and hands the others over', async () => {
      const unreadable: EventMessage = {
        kind: 'unprocessable',
        eventId: 'evt_2',
        code: 'event_unprocessable',
        reason: 'amount is missing or wrong',
      };
      carry(item('evt_1'), unreadable, item('evt_3'));
      assert.equal(await statusOf(event(), { name: 'other' }), 'parked');
      assert.equal(handed.length, 2);
      assert.deepEqual(
        (await parked()).map(({ reason, eventId }) => [reason, eventId]),
        [['event_unprocessable', 'evt_2']],
      );
    });

    it('counts an event once that comes again in another batch, of another time', async () => {
      const at = (occurredAt: number, one: EventMessage) =>
        Object.assign({}, one, { occurredAt }) as EventMessage;
      carry(at(1_000, item('evt_1')), at(1_000, item('evt_2')));
      await deliver(event(), { name: 'other' });
      carry(at(2_000, item('evt_2')), at(2_000, item('evt_3')));
      assert.equal(await statusOf(event({ amount: 5000 }), { name: 'other' }), 'accepted');
      assert.deepEqual(handed.map(([, , payload]) => (payload as { id: string }).id).sort(byText), [
        'other:evt_1',
        'other:evt_2',
        'other:evt_3',
      ]);
      assert.deepEqual(await parked(), []);
    });
  });

  it('is taken whatever time a package says that it happened at', async () => {
    const sandbox = gateways.sandbox as ConfiguredGateway;
    for (const [number, occurredAt] of [Number.NaN, 1.5, -1, 2 ** 60].entries()) {
      const message = { kind: 'ask', orderId: 'ord_1', paymentId: 'pay_9', occurredAt } as const;
      gateways.other = {
        ...sandbox,
        readWebhook: () => ({ ...message, eventId: `evt_${number}` }),
      };
      assert.equal(await statusOf(event(), { name: 'other' }), 'accepted');
    }
    assert.equal(lags.length, 1);
    assert.ok(lags.every(Number.isFinite));
  });

  it('in another form than its gateway sends is refused', async () => {
    const sandbox = gateways.sandbox as ConfiguredGateway;
    const { capabilities } = sandbox;
    const contentType = 'application/x-www-form-urlencoded' as const;
    const webhooks = { ...capabilities.webhooks, contentType };
    gateways.other = { ...sandbox, capabilities: { ...capabilities, webhooks } };
    const [status] = await deliver(event(), { name: 'other' });
    assert.equal(status, 415);
  });

  for (const id of ['evt 1', 'ä', 'x'.repeat(201)])
    it(`is handed over under a hash where its id is ${id.slice(0, 10)}`, async () => {
      const sandbox = gateways.sandbox as ConfiguredGateway;
      gateways.other = {
        ...sandbox,
        readWebhook: () => ({ kind: 'ask', eventId: id, orderId: 'ord_1', paymentId: 'pay_9' }),
      };
      await deliver(event(), { name: 'other' });
      const [, , payload] = handed[0] ?? [];
      const { id: given } = payload as { id: string };
      assert.match(given, /^other:[A-Za-z0-9_-]{43}$/);
    });

  it('is parked when its id comes with other bytes, as both may be money', async () => {
    await deliver(event());
    assert.equal(await statusOf(event({ amount: 5000 })), 'parked');
    assert.equal(handed.length, 1);
    const [row] = await parked();
    assert.equal(row?.reason, 'event_id_conflict');
    assert.match(row?.eventId ?? '', /^evt_1#[A-Za-z0-9_-]{43}$/);
    assert.match(JSON.stringify(logged), /event_id_conflict: this event id came with other bytes/);
  });

  it('is parked as it came when it cannot be read', async () => {
    const unreadable = event({ amount: -1 });
    assert.equal(await statusOf(unreadable), 'parked');
    const [row] = await parked();
    assert.deepEqual(
      [row?.reason, row?.orderId, row?.gateway],
      ['event_unprocessable', null, 'sandbox'],
    );
    const kept = await readParked(database, row?.id ?? '');
    assert.equal(kept?.body.toString(), unreadable.body);
    assert.deepEqual(outcomes(), ['parked']);
    const warned = logged.find(({ security_event: name }) => name === 'event_parked');
    assert.equal(warned?.reason, 'event_unprocessable: data.amount is missing or wrong');
    assert.deepEqual([warned?.gateway, warned?.event_id], ['sandbox', 'evt_1']);
  });

  it('of an order that is not there yet is parked, with what it says of the money', async () => {
    takeSignal = () => Promise.reject(new UnknownOrder('ord_1'));
    const mark = await markOf(
      { installationId: () => installationOf(database.url) },
      'this installation',
    );
    assert.equal(await statusOf(event({ metadata: mark })), 'parked');
    const [row] = await parked();
    const { reason, orderId, eventId, type, paymentId, amountMinor, currency } = row ?? {};
    assert.deepEqual(
      { reason, orderId, eventId, type, paymentId, amountMinor, currency },
      {
        reason: 'event_orphaned',
        orderId: 'ord_1',
        eventId: 'evt_1',
        type: 'payment.captured',
        paymentId: 'sbx_pay_1',
        amountMinor: 4999,
        currency: 'INR',
      },
    );
    const kept = await readParked(database, row?.id ?? '');
    assert.equal(JSON.parse(kept?.body.toString() ?? '').kind, 'fact');
    const warned = logged.find(({ security_event: name }) => name === 'event_parked');
    assert.deepEqual([warned?.reason, warned?.event_id], ['event_orphaned', 'evt_1']);
  });

  it('that only says look, of an order that is not there yet, is parked without an amount', async () => {
    takeSignal = () => Promise.reject(new UnknownOrder('ord_1'));
    const sandbox = gateways.sandbox as ConfiguredGateway;
    gateways.other = {
      ...sandbox,
      readWebhook: () => ({ kind: 'ask', eventId: 'evt_9', orderId: 'ord_1', paymentId: 'pay_9' }),
    };
    assert.equal(await statusOf(event(), { name: 'other' }), 'parked');
    const [row] = await parked();
    const { type, paymentId, amountMinor, currency } = row ?? {};
    assert.deepEqual([type, paymentId, amountMinor, currency], ['verify', 'pay_9', null, null]);
  });

  for (const [name, data] of Object.entries({
    'another installation made the payment': {
      metadata: { installation: `ins_${'0'.repeat(32)}` },
    },
    'the order it names is none of ours': { orderId: 'no order id' },
  }))
    it(`is not ours where ${name}, and no order has it`, async () => {
      takeSignal = () => Promise.reject(new UnknownOrder('ord_1'));
      assert.equal(await statusOf(event(data)), 'ignored');
      assert.deepEqual(await parked(), []);
      assert.deepEqual(told[0], { gateway: 'sandbox', reason: 'not_ours' });
    });

  it('of a type that no order needs is ignored, counted and logged', async () => {
    assert.equal(await statusOf(signedEvent('customer.created', DATA, 'evt_5')), 'ignored');
    assert.deepEqual(told[0], { gateway: 'sandbox', reason: 'unknown_type' });
    const line = logged.find(({ msg }) => msg === 'ignored');
    assert.deepEqual([line?.event_id, line?.reason], ['evt_5', 'unknown_type']);
  });

  it('is the gateway’s to repeat when Temporal does not take it, and is taken then', async () => {
    takeSignal = () => Promise.reject(new OrchestratorUnavailable('no connection'));
    assert.deepEqual(await deliver(event()), [503, { code: 'orchestrator_unavailable' }]);
    assert.deepEqual(outcomes(), ['unavailable']);
    takeSignal = async () => {};
    assert.equal(await statusOf(event()), 'accepted');
  });

  it('is answered within the gateway’s patience when Temporal hangs', async () => {
    takeSignal = () => new Promise(() => {});
    const before = performance.now();
    assert.deepEqual(await deliver(event()), [503, { code: 'orchestrator_unavailable' }]);
    assert.ok(performance.now() - before < 5_000);
  });

  it('is refused with a wrong signature, for a gateway that is not there, and as other content', async () => {
    const { headers, body } = event();
    const wrong = { headers: { ...headers, 'webhook-id': 'evt_2' }, body };
    assert.equal((await deliver(wrong))[0], 401);
    for (const name of ['nobody', 'constructor'])
      assert.deepEqual(await deliver(event(), { name }), [404, { code: 'gateway_unknown' }]);
    const text = { headers: { ...headers, 'content-type': 'text/plain' }, body };
    assert.equal((await deliver(text))[0], 415);
    assert.deepEqual(handed, []);
    assert.deepEqual(outcomes(), Array(4).fill('refused'));
  });

  it('may be as large as a megabyte, and no larger', async () => {
    const filled = (bytes: number): SignedEvent => {
      const empty = JSON.stringify({ type: 'customer.created', text: '' });
      return signedBody(empty.replace('""', `"${'x'.repeat(bytes - empty.length)}"`));
    };
    assert.equal(await statusOf(filled(1024 * 1024)), 'ignored');
    const [status, body] = await deliver(filled(1024 * 1024 + 1));
    assert.deepEqual([status, body], [413, { code: 'body_too_large' }]);
  });

  it('is a repeat also to another process, by the order’s record alone', async () => {
    const other = await listen();
    await deliver(event());
    assert.equal(await statusOf(event(), { at: other }), 'accepted', 'the order drops it itself');
    const ids = handed.map(([, , payload]) => (payload as { id: string }).id);
    assert.deepEqual(ids, ['sandbox:evt_1', 'sandbox:evt_1']);
    other.close();
  });
});

function byText(a: string, b: string): number {
  return a < b ? -1 : 1;
}
