/**
 * Measures what one large order costs, and what a cold start costs: `npm run limits`. It starts stacks of its
 * own on this machine and prints tables; nothing here is a test.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import pWaitFor from 'p-wait-for';
import type { Stack } from '../src/dev/stack/stack.ts';
import type { DomainEvent } from '../src/domain/events.ts';
import { type Ledger, openLedger } from '../src/domain/ledger.ts';
import { transitions } from '../src/domain/transition.ts';
import { many } from '../test/support/many.ts';
import {
  givenOrder,
  givenPendingOrder,
  newOrderId,
  orderBody,
  readOrder,
  type Shop,
  shopOn,
} from '../test/support/shop.ts';
import { startTestStack, stopTestStack } from '../test/support/stack.ts';

const { values } = parseArgs({
  options: {
    signals: { type: 'string', default: '9900' },
    orders: { type: 'string', default: '10000' },
    only: { type: 'string' },
  },
});

const MEASURING = new URL('activation-cpu.mjs', import.meta.url).href;
/** As many as the workflow takes up at a time. */
const BATCH = 500;
const TELL_EVERY = 500;
/** Of Linux's clock ticks. */
const MS_PER_TICK = 10;

if (values.only === undefined || values.only === 'events') measureEvents();
if (values.only === undefined || values.only === 'backlog') await measureBacklog();
if (values.only === undefined || values.only === 'cold') await measureColdStart();
process.exit(0);

function measureEvents(): void {
  console.log('| events of one order | of | CPU ms | µs an event |\n| ---: | --- | ---: | ---: |');
  for (const count of [1_000, 2_500, 5_000, 10_000]) report(count, 'different captures', capture);
  for (const count of [5_000, 10_000, 20_000]) report(count, 'commands that are refused', refused);
}

function report(count: number, what: string, event: (number: number) => DomainEvent): void {
  let ledger = pendingLedger(count * 2);
  const before = process.cpuUsage();
  for (let first = 0; first < count; first += BATCH) {
    const events = Array.from({ length: BATCH }, (_, i) => event(first + i));
    ledger = transitions(ledger, events).ledger;
  }
  const { user, system } = process.cpuUsage(before);
  const cpuMs = (user + system) / 1_000;
  console.log(
    `| ${count} | ${what} | ${cpuMs.toFixed(0)} | ${((cpuMs * 1_000) / count).toFixed(0)} |`,
  );
}

function capture(number: number): DomainEvent {
  const captureId = `cap_${number}`;
  const fact = { paymentId: 'pay_1', captureId, amountMinor: 1, currency: 'INR' };
  const envelope = { id: captureId, source: 'webhook', at: Date.now() } as const;
  return { ...envelope, type: 'fact', fact: { type: 'payment.captured', ...fact } };
}

function refused(number: number): DomainEvent {
  return { id: `retry_${number}`, source: 'operator', at: Date.now(), type: 'retry', key: 'none' };
}

function pendingLedger(amountMinor: number): Ledger {
  const orderId = 'ord_1';
  const at = Date.now();
  const money = { amountMinor, currency: 'INR' };
  const terms = { orderId, ...money, gateway: 'sandbox', customerId: 'cus_1', createdAt: at };
  const ledger = openLedger({
    ...terms,
    expiresAt: at + 86_400_000,
    settlementWindowMs: 86_400_000,
  });
  const nothing = { captures: [], refunds: [], disputes: [] };
  const payment = { paymentId: 'pay_1', orderId, status: 'created' as const, ...money, ...nothing };
  return transitions(ledger, [
    { id: 'click', source: 'client', at, type: 'pay' },
    {
      ...{ id: 'created', source: 'effect', at, type: 'effect.answered', attempts: 1 },
      key: `${orderId}:create_payment:1`,
      answer: { to: 'create_payment', payment, checkout: {} },
    },
  ]).ledger;
}

async function measureBacklog(): Promise<void> {
  const count = Number(values.signals);
  await withStack(async (stack, shop) => {
    const { id, paymentId } = await givenPendingOrder(shop, { amount: count * 2 });
    const connection = await Connection.connect({ address: stack.temporalAddress });
    const client = new Client({ connection, namespace: stack.temporalNamespace });
    const handle = client.workflow.getHandle(id);
    await stack.restart('worker', { NODE_OPTIONS: `--import=${MEASURING}` });
    const quiet = await clicksUntil(shop, () => Promise.resolve(false), 50);
    stack.kill('worker', 'SIGSTOP');
    await many(count, (number) => {
      const fact = { type: 'payment.captured', paymentId, captureId: `cap_${number}` };
      const money = { amountMinor: 1, currency: 'INR' };
      return handle.signal('webhook', { id: `cap_${number}`, fact: { ...fact, ...money } });
    });
    const cpuBefore = cpuMsOf(stack.children.worker);
    const startedAt = Date.now();
    stack.kill('worker', 'SIGCONT');
    const isDone = async () => (await readOrder(shop, id)).amountPaid >= count;
    const busy = await clicksUntil(shop, isDone, Number.POSITIVE_INFINITY);
    const seconds = (Date.now() - startedAt) / 1_000;
    const cpuMs = cpuMsOf(stack.children.worker) - cpuBefore;
    console.log(`\nbacklog of ${count} different captures of one order, waiting for one worker`);
    console.log(
      `  worked off in ${seconds.toFixed(1)} s, ${(count / seconds).toFixed(0)} a second`,
    );
    console.log(`  worker's CPU ${cpuMs} ms, its other work included`);
    console.log(`  longest workflow task ${longestTask(stack)}`);
    console.log(`  other orders' clicks without it: ${inWords(quiet)}`);
    console.log(`  other orders' clicks meanwhile:  ${inWords(busy)}`);
    await connection.close();
  });
}

async function measureColdStart(): Promise<void> {
  const count = Number(values.orders);
  await withStack(async (stack, shop) => {
    const ids = await openOrders(shop, count);
    const open = await openRuns(stack);
    stack.kill('worker', 'SIGKILL');
    await pWaitFor(() => stack.children.worker !== undefined);
    const startedAt = Date.now();
    let peakMb = 0;
    let asked = 0;
    const sampling = setInterval(() => {
      peakMb = Math.max(peakMb, residentMbOf(stack.children.worker));
    }, 250);
    await many(count, async (number) => {
      // A cancel reaches every order's run, which has to be replayed first.
      await insist(shop, `/v1/orders/${ids[number - 1]}/cancel`);
      asked += 1;
      if (asked % TELL_EVERY === 0) console.error(`  ${asked} answered`);
    });
    clearInterval(sampling);
    const seconds = (Date.now() - startedAt) / 1_000;
    console.log(`\n${count} open orders (${open} open runs), the worker killed and started,`);
    console.log('each order sent a cancel, and asked again until it was answered with its outcome');
    console.log(
      `  all answered in ${seconds.toFixed(1)} s, ${(count / seconds).toFixed(0)} a second`,
    );
    console.log(`  worker's resident memory at most ${peakMb.toFixed(0)} MB`);
  });
}

/** Each with its run, whose first task is done. */
async function openOrders(shop: Shop, count: number): Promise<string[]> {
  const ids: string[] = [];
  const startedAt = Date.now();
  await many(count, async () => {
    const id = newOrderId();
    await insist(shop, '/v1/orders', orderBody(id));
    ids.push(id);
    if (ids.length % TELL_EVERY !== 0) return;
    console.error(`  ${ids.length} created in ${Math.round((Date.now() - startedAt) / 1_000)} s`);
  });
  return ids;
}

async function openRuns({ temporalAddress: address, temporalNamespace: namespace }: Stack) {
  const connection = await Connection.connect({ address });
  const query = "WorkflowType = 'order' AND ExecutionStatus = 'Running'";
  const { count } = await connection.workflowService.countWorkflowExecutions({ namespace, query });
  await connection.close();
  return Number(count);
}

/** As a caller does: again with the same body until there is an answer that stands. */
async function insist(shop: Shop, path: string, body: object = {}): Promise<void> {
  for (;;) {
    const answer = await shop.call('POST', path, body, { prefer: 'wait=30' }).catch(() => null);
    const status = answer?.status ?? 503;
    if (status === 200 || status === 201) return;
    if (status !== 202 && status < 500) throw new Error(`${path} was answered ${status}`);
  }
}

/** As the measuring thread of the worker has written it. */
function longestTask({ dataDir }: Stack): string {
  const log = readFileSync(path.join(dataDir, 'logs', 'worker.log'), 'utf8');
  return [...log.matchAll(/longest workflow task: (.+)/g)].at(-1)?.[1] ?? 'not measured';
}

/** How long clicks of new orders took, in milliseconds. */
async function clicksUntil(
  shop: Shop,
  isDone: () => Promise<boolean>,
  most: number,
): Promise<number[]> {
  const tookMs: number[] = [];
  while (tookMs.length < most && !(await isDone())) {
    const id = await givenOrder(shop);
    const startedAt = performance.now();
    const { status } = await shop.call('POST', `/v1/orders/${id}/payments`, {});
    // Where the machine has other work a click may be taken up and answered later: its time says so.
    if (status !== 201 && status !== 202) throw new Error(`a click was answered ${status}`);
    tookMs.push(performance.now() - startedAt);
  }
  return tookMs.sort((a, b) => a - b);
}

function inWords(sorted: readonly number[]): string {
  const at = (part: number): string =>
    (sorted[Math.floor((sorted.length - 1) * part)] ?? 0).toFixed(0);
  return `${sorted.length}, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, slowest ${at(1)} ms`;
}

function cpuMsOf(pid: number | undefined): number {
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const [user, system] = fields.split(' ').slice(11, 13).map(Number);
  return ((user ?? 0) + (system ?? 0)) * MS_PER_TICK;
}

function residentMbOf(pid: number | undefined): number {
  if (pid === undefined) return 0;
  try {
    const [, kb] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kb) / 1_024;
  } catch {
    return 0;
  }
}

async function withStack(use: (stack: Stack, shop: Shop) => Promise<void>): Promise<void> {
  const stack = await startTestStack({ workers: 1, apis: 1 });
  try {
    await use(stack, shopOn(stack));
  } finally {
    await stopTestStack(stack);
  }
}
