/** The story of the demo: what is done to the order, and what each side answers. */
import { randomUUID } from 'node:crypto';
import pWaitFor from 'p-wait-for';
import type { RunningStack } from '../dev/processes/process-file.ts';
import type { OrderView } from '../domain/view.ts';
import { moneyText } from '../money/text.ts';
import { countEffects } from './counts.ts';
import { talkTo } from './talk.ts';

const AMOUNT_MINOR = 4_999;
const CURRENCY = 'INR';
const STARTS = 2;
const CLICKS = 3;
const DELIVERIES = 5;

/** A worker that was killed is back within seconds; a minute means that something is wrong. */
const PATIENCE_MS = 60_000;

interface Webhook {
  id: string;
  type: string;
  attempts: { status: number | null }[];
}

/** @returns the order of the story, and whether everything about it happened exactly once */
export async function runStory(
  stack: RunningStack,
  print: (line: string) => void,
): Promise<{ orderId: string; isOnce: boolean }> {
  const { api, gateway } = talkTo(stack);
  const id = `ord_demo_${randomUUID().slice(0, 8)}`;
  const path = `/v1/orders/${id}`;

  print(
    `\n1. The shop starts order ${id} over ${moneyText(AMOUNT_MINOR, CURRENCY)}, ${STARTS} times.`,
  );
  const terms = {
    id,
    amount: AMOUNT_MINOR,
    currency: CURRENCY,
    gateway: 'sandbox',
    customer: { id: 'cus_demo' },
  };
  for (let i = 0; i < STARTS; i += 1) print(`   ${said(await api('POST', '/v1/orders', terms))}`);

  print(`\n2. The customer clicks "pay" ${CLICKS} times at once.`);
  const clicks = await Promise.all(
    Array.from({ length: CLICKS }, () => api<{ id: string }>('POST', `${path}/payments`, {})),
  );
  for (const click of clicks) print(`   ${said(click)} payment ${click.body.id}`);
  const paymentId = clicks[0]?.body.id ?? '';

  const worker = stack.processes.worker;
  print(`\n3. The worker (process ${worker}) is killed, kill -9, and the customer pays meanwhile.`);
  if (worker !== undefined) process.kill(worker, 'SIGKILL');
  const paid = await gateway<{ status: string }>('POST', `/payments/${paymentId}/capture`, {});
  print(`   the gateway: ${paid.body.status}`);

  print(
    `\n4. The webhook is delivered ${DELIVERIES} times, shuffled; "verify" arrives in between.`,
  );
  await gateway('PUT', '/faults', { webhooks: { shuffle: 1 } });
  const webhooks = await sent(gateway, id);
  const captured = webhooks.find((webhook) => webhook.type === 'payment.captured');
  const again = Array.from({ length: DELIVERIES - 1 }, () =>
    gateway('POST', `/webhooks/${captured?.id}/redeliver`, {}),
  );
  const verify = api('POST', `${path}/verify`, { paymentId }, { prefer: 'wait=30' });
  await Promise.all(again);
  print(`   verify: ${said(await verify)}`);
  await gateway('PUT', '/faults', {});

  print('\n5. The supervisor has started the worker again; what was under way goes on.');
  const order = await until(
    () => api<OrderView>('GET', path),
    ({ body }) => body.state === 'paid' && body.effects.every(({ status }) => status === 'done'),
  );
  const delivered = await until(
    () => sent(gateway, id),
    (all) => answersOf(all).length >= DELIVERIES,
  );
  print(
    `   the order is ${order.body.state}; the webhook was answered ${answersOf(delivered).join(', ')}`,
  );

  const counts = await countEffects(stack, id);
  print('\nAsked for, and what came of it:\n');
  for (const [asked, what, happened] of [
    [`${STARTS} starts, ${CLICKS} clicks`, 'payments', counts.payments],
    [`${DELIVERIES} webhooks, 1 verify`, 'entitlements', counts.entitlements],
    ['1 worker killed in between', 'invoices', counts.invoices],
    ['all of it', 'CRM updates', counts.crmUpdates],
  ])
    print(`   ${String(asked).padEnd(30)}${String(what).padEnd(14)}${happened}`);
  return { orderId: id, isOnce: Object.values(counts).every((count) => count === 1) };
}

type Talk = ReturnType<typeof talkTo>['gateway'];

async function sent(gateway: Talk, orderId: string): Promise<Webhook[]> {
  const { body } = await gateway<{ webhooks: Webhook[] }>('GET', `/webhooks?orderId=${orderId}`);
  return body.webhooks;
}

function answersOf(webhooks: Webhook[]): (number | null)[] {
  const captured = webhooks.filter((webhook) => webhook.type === 'payment.captured');
  return captured.flatMap((webhook) => webhook.attempts.map((attempt) => attempt.status));
}

function said({ status, headers }: { status: number; headers: Headers }): string {
  const replayed = headers.get('idempotent-replayed') === 'true' ? ', a replay' : '';
  return `answered ${status}${replayed}`;
}

async function until<T>(read: () => Promise<T>, isSo: (value: T) => boolean): Promise<T> {
  return pWaitFor(
    async () => {
      const value = await read();
      return isSo(value) && pWaitFor.resolveWith(value);
    },
    { timeout: PATIENCE_MS },
  );
}
