/**
 * A shop that sells through both APIs and a customer who pays: every call is made until somebody answers
 * it, as a client does that is promised that it may.
 */
import { randomUUID } from 'node:crypto';
import pWaitFor from 'p-wait-for';
import { call, type PayonceClient } from '../../src/client/index.ts';
import type { OrderView } from '../../src/domain/view.ts';
import { clientOf } from '../support/shop.ts';
import type { Cluster } from './cluster.ts';

export const AMOUNT = 4999;

export interface Shopper {
  /** Buys one thing and pays for it; resolves with the order's id when every effect is done. */
  buy(): Promise<string>;
  /** Calls that nobody answered, and that were made again. */
  readonly repeated: number;
}

/** A process that was killed is back in seconds; what takes longer than this is lost. */
const PATIENCE_MS = 120_000;
const GLANCE_MS = 100;

/** p-wait-for's own time-out leaves a listener behind for every try. */
async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  const giveUpAt = Date.now() + PATIENCE_MS;
  await pWaitFor(async () => (await condition()) || Date.now() > giveUpAt, {
    interval: GLANCE_MS,
  });
  if (Date.now() > giveUpAt) throw new Error(`waited in vain until ${what}`);
}

interface Answer {
  status: number;
  body: unknown;
}

export function createShopper({ apiUrls, opsKey, sandboxUrl }: Cluster): Shopper {
  let repeated = 0;
  const clients = apiUrls.map((url) => clientOf(url, opsKey));

  /** Asks one API and, when it does not answer, the other one, and so on. */
  async function ask(first: 0 | 1, method: string, path: string, body?: object): Promise<unknown> {
    let turn: number = first;
    let answer: Answer | undefined;
    await until(async () => {
      const client = clients[turn % 2] as PayonceClient;
      answer = await answered(call(client, method, path, { body, headers: { prefer: 'wait=10' } }));
      turn += 1;
      if (answer === undefined) repeated += 1;
      return answer !== undefined;
    }, `somebody answered ${method} ${path}`);
    if (answer === undefined || answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer?.status} ${JSON.stringify(answer?.body)}`);
    return answer.body;
  }

  /** The checkout page has been opened, which may take an API that is gone some time to say. */
  async function untilPayable(id: string): Promise<string> {
    let paymentId: string | undefined;
    await until(async () => {
      await ask(0, 'POST', `/v1/orders/${id}/payments`, {});
      const order = (await ask(1, 'GET', `/v1/orders/${id}`)) as OrderView;
      paymentId = order.payments.find(({ checkout }) => checkout !== null)?.id ?? undefined;
      return paymentId !== undefined;
    }, `order ${id} could be paid`);
    if (paymentId === undefined) throw new Error(`order ${id} has no payment`);
    return paymentId;
  }

  async function buy(): Promise<string> {
    const id = `ord_${randomUUID().replaceAll('-', '').slice(0, 20)}`;
    const order = { id, amount: AMOUNT, currency: 'INR', gateway: 'sandbox' };
    const body = { ...order, customer: { id: `cus_${id}` } };
    // Impatient: the same order at both APIs in the same moment.
    await Promise.all([0, 1].map((api) => ask(api as 0 | 1, 'POST', '/v1/orders', body)));
    const paymentId = await untilPayable(id);
    const capture = `${sandboxUrl}/payments/${paymentId}/capture`;
    const paid = await fetch(capture, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    if (paid.status !== 200) throw new Error(`the gateway refused: ${await paid.text()}`);
    await until(
      async () => isDone((await ask(0, 'GET', `/v1/orders/${id}`)) as OrderView),
      `order ${id} was paid with every effect done`,
    );
    return id;
  }

  return {
    buy,
    get repeated() {
      return repeated;
    },
  };
}

function isDone({ state, effects }: OrderView): boolean {
  return state === 'paid' && effects.every(({ status }) => status === 'done');
}

/** Nothing where no answer came, or only that there is none at present. */
async function answered(reply: Promise<Answer>): Promise<Answer | undefined> {
  const answer = await reply.catch(() => undefined);
  return answer === undefined || answer.status >= 500 ? undefined : answer;
}
