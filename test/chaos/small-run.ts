/**
 * A few orders on a real stack of their own, with everybody's calls on record: what a chaos run leaves,
 * without the chaos.
 */
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { type Caller, createCaller } from '../../chaos/caller.ts';
import { openCrm } from '../../chaos/crm.ts';
import type { CanaryPlace, Delivery, Evidence, Operation } from '../../chaos/evidence.ts';
import { exportHistories } from '../../chaos/histories.ts';
import { createJsonLines, type JsonLines } from '../../chaos/json-lines.ts';
import { createRandom } from '../../chaos/random.ts';
import { createTrafficGate } from '../../chaos/traffic-gate.ts';
import type { Stack } from '../../src/dev/stack/stack.ts';
import { AMOUNT, CURRENCY, type Shop, shopOn, untilOrder, untilSettled } from '../support/shop.ts';
import { EFFECTS_SECRET, startTestStack, stopTestStack, WEBHOOK_SECRET } from '../support/stack.ts';
import { deliverTo, signedEvent } from '../support/webhooks.ts';

export interface SmallRun {
  evidence: Evidence;
  /** Has one connection, so that what is begun on it can be taken back. */
  scratch: pg.Pool;
  orders: { paid: string; refunded: string; cancelled: string; overpaid: string };
  close(): Promise<void>;
}

const EMAIL = 'canary.customer@example.org';
const DRAIN_LIMIT_MS = 60_000;
/** Nobody asks again after this long: something is broken. */
const PATIENCE_MS = 90_000;

interface Scene {
  shop: Shop;
  caller: Caller;
  deliveries: JsonLines<Delivery>;
}

export async function tellSmallRun(): Promise<SmallRun> {
  const startedAt = Date.now();
  const folder = await mkdtemp(path.join(tmpdir(), 'payonce-small-run-'));
  const historiesFolder = path.join(folder, 'histories');
  await mkdir(historiesFolder);
  const file = (name: string) => path.join(folder, `${name}.jsonl`);
  const crm = await openCrm(file('crm'), createRandom(1));
  const env = { CRM_URL: crm.url, EFFECTS_SECRET, SANDBOX_WEBHOOK_SECRETS: WEBHOOK_SECRET };
  const stack = await startTestStack({ workers: 1, apis: 1, env });
  const operations = createJsonLines<Operation>(file('operations'));
  const deliveries = createJsonLines<Delivery>(file('deliveries'));
  const caller = createCaller({
    apiUrls: () => stack.apiUrls,
    closingApiUrl: stack.apiUrl,
    apiKey: stack.keys.ops,
    log: operations,
    signal: AbortSignal.timeout(PATIENCE_MS),
    traffic: createTrafficGate(),
  });
  const scene = { shop: shopOn(stack), caller, deliveries };
  const orders = await liveAll(scene).catch(async (error: unknown) => {
    await stopTestStack(stack);
    crm.close();
    throw error;
  });
  const connection = await Connection.connect({ address: stack.temporalAddress });
  const client = new Client({ connection, namespace: stack.temporalNamespace });
  await exportHistories(client, historiesFolder);
  const scratch = new pg.Pool({ connectionString: stack.databaseUrl, max: 1 });
  const logs = path.join(stack.dataDir, 'logs');
  const evidence: Evidence = {
    settings: {
      seed: 1,
      profile: 'small',
      orderIds: Object.values(orders),
      startedAt,
      clockSkews: [],
      hasLostNamespace: false,
      faultsEndedAt: Date.now(),
      drainLimitMs: DRAIN_LIMIT_MS,
    },
    operationsFile: operations.file,
    deliveriesFile: deliveries.file,
    crmFile: file('crm'),
    database: scratch,
    sandboxUrl: stack.sandboxUrl,
    temporal: { client, namespace: stack.temporalNamespace },
    logFiles: (await readdir(logs)).map((name) => path.join(logs, name)),
    historiesFolder,
    memory: [],
    canaries: canariesOf(stack),
  };
  return {
    evidence,
    scratch,
    orders,
    close: async () => {
      await scratch.end();
      await connection.close();
      await stopTestStack(stack);
      crm.close();
      await rm(folder, { recursive: true });
    },
  };
}

function canariesOf({ keys }: Stack) {
  const secret = (name: string, text: string, mayBeIn: CanaryPlace[] = []) => ({
    name,
    text,
    mayBeIn,
  });
  return [
    secret('the webhook secret', WEBHOOK_SECRET),
    secret('the effects secret', EFFECTS_SECRET),
    secret('the ops key', keys.ops),
    secret('an e-mail address', EMAIL, ['database', 'answers']),
  ];
}

async function liveAll(scene: Scene): Promise<SmallRun['orders']> {
  const [paid, refunded, cancelled, overpaid] = await Promise.all([
    livePaid(scene, 'ord_small_paid'),
    liveRefunded(scene, 'ord_small_refunded'),
    liveCancelled(scene, 'ord_small_cancelled'),
    liveOverpaid(scene, 'ord_small_overpaid'),
  ]);
  return { paid, refunded, cancelled, overpaid };
}

/** Created twice, clicked twice. @returns the payment that is open at the gateway */
async function open({ caller }: Scene, id: string): Promise<string> {
  const customer = { id: `cus_${id}`, email: EMAIL };
  const body = { id, amount: AMOUNT, currency: CURRENCY, gateway: 'sandbox', customer };
  const create = { kind: 'create', orderId: id, method: 'POST', path: '/v1/orders', body } as const;
  await Promise.all([caller.insist(create), caller.insist(create)]);
  const pay = { kind: 'pay', orderId: id, method: 'POST', body: {} } as const;
  const click = {
    ...pay,
    path: `/v1/orders/${id}/payments`,
    idempotencyKey: `pay-of-${id}-0001`,
    headers: { prefer: 'wait=30' },
  };
  const [answer] = await Promise.all([caller.insist(click), caller.insist(click)]);
  return (answer.body as { id: string }).id;
}

async function livePaid(scene: Scene, id: string): Promise<string> {
  const paymentId = await open(scene, id);
  const { shop, deliveries } = scene;
  const about = { orderId: id, paymentId, amount: AMOUNT };
  const event = signedEvent('payment.authorized', about, `evt_own_${id}`);
  for (let copy = 0; copy < 3; copy += 1) {
    const startedAt = Date.now();
    const { status, body } = await deliverTo(shop, event);
    const told = { eventId: event.id, orderId: id, type: 'payment.authorized', body: event.body };
    const answer = { status, outcome: body.status ?? null, code: null };
    deliveries.write({ ...told, ...answer, startedAt, endedAt: Date.now() });
  }
  await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
  await untilSettled(shop, id, 'paid');
  return id;
}

async function liveRefunded(scene: Scene, id: string): Promise<string> {
  const { shop, caller } = scene;
  const paymentId = await open(scene, id);
  await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
  await untilSettled(shop, id, 'paid');
  const path = `/v1/orders/${id}/refunds`;
  const refund = { kind: 'refund', orderId: id, method: 'POST', path } as const;
  for (const amount of [1000, AMOUNT - 1000, 1]) {
    const idempotencyKey = `refund-of-${id}-${amount}`;
    const asked = { ...refund, idempotencyKey, body: { amount }, headers: { prefer: 'wait=30' } };
    await Promise.all([caller.insist(asked), caller.insist(asked)]);
    await caller.insist(asked);
  }
  await untilSettled(shop, id, 'refunded');
  return id;
}

async function liveCancelled(scene: Scene, id: string): Promise<string> {
  const { shop, caller } = scene;
  const paymentId = await open(scene, id);
  const path = `/v1/orders/${id}`;
  const about = { orderId: id, path, headers: { prefer: 'wait=30' } } as const;
  const cancel = { ...about, kind: 'cancel', method: 'POST', path: `${path}/cancel` } as const;
  await caller.insist({ ...cancel, body: {} });
  await caller.ask({ ...about, kind: 'read', method: 'GET' });
  await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
  await untilOrder(shop, id, ({ reviews }) => reviews.length === 1, 'in review');
  await untilSettled(shop, id, 'cancelled');
  return id;
}

async function liveOverpaid(scene: Scene, id: string): Promise<string> {
  const { shop, caller } = scene;
  const paymentId = await open(scene, id);
  await shop.gateway('POST', `/payments/${paymentId}/capture`, { amount: AMOUNT + 1000 });
  await untilSettled(shop, id, 'paid');
  await caller.ask({ kind: 'read', orderId: id, method: 'GET', path: `/v1/orders/${id}` });
  return id;
}
