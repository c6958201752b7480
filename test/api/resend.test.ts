/** A message that the CRM has got already goes out once more, on the running stack. */
import assert from 'node:assert/strict';
import pWaitFor from 'p-wait-for';
import type { Order } from '../../src/api/orders/order-schemas.ts';
import { runCli } from '../../src/cli/run.ts';
import { clerkOf, WAIT } from '../support/operator-client.ts';
import { openShop, type Problem, type Shop, untilSettled } from '../support/shop.ts';
import { type SharedStack, sharedStack } from '../support/stack.ts';

let stack: SharedStack;
let shop: Shop;

before(async function () {
  this.timeout(300_000);
  stack = await sharedStack();
  shop = await openShop();
});

describe('a message to the CRM', function () {
  this.timeout(120_000);

  const sent = (key: string) => stack.crm.requests.filter((request) => request.key === key);
  const untilSent = (key: string, times: number) =>
    pWaitFor(() => sent(key).length >= times, { interval: 50, timeout: 30_000 });

  it('is sent again as it was, under the same key, once for one request', async () => {
    const { id } = await clerkOf(shop).paidOrder();
    const key = `${id}:update_crm:paid-1`;
    await untilSent(key, 1);
    const path = `/v1/orders/${id}/effects/${key}/resend`;
    const headers = { ...WAIT, 'idempotency-key': `resend-once-${id}` };
    for (const _ of [1, 2]) {
      const { status } = await shop.call<Order>('POST', path, { note: 'lost' }, headers);
      assert.equal(status, 202);
    }
    await untilSent(key, 2);
    await untilSettled(shop, id, 'paid');
    const [first, second, ...more] = sent(key);
    assert.equal(second?.body, first?.body);
    assert.deepEqual(more, []);
  });

  it('is sent again from the command line, and refused where there is none', async () => {
    const { id } = await clerkOf(shop).paidOrder();
    const key = `${id}:update_crm:paid-1`;
    await untilSent(key, 1);
    const said: string[] = [];
    const out = (text: string): void => void said.push(text);
    const env = { PAYONCE_URL: stack.apiUrls[0], PAYONCE_API_KEY: stack.keys.ops };
    const args = ['resend', id, key, '--note', 'lost'];
    assert.equal(await runCli(args, { env, out, err: out }), 0, said.join('\n'));
    await untilSent(key, 2);
    const path = `/v1/orders/${id}/effects/${id}:issue_invoice:1/resend`;
    const { status, body } = await shop.call<Problem>('POST', path, {}, WAIT);
    assert.deepEqual([status, body.code], [409, 'effect_not_resendable']);
  });
});
