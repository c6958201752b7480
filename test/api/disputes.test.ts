/** Disputes with their deadlines, on the running stack: from the gateway's webhook to the list and the order. */
import assert from 'node:assert/strict';
import { runCli } from '../../src/cli/run.ts';
import { clerkOf } from '../support/operator-client.ts';
import { openShop, type Problem, readOrder, type Shop, untilOrder } from '../support/shop.ts';
import { type SharedStack, sharedStack } from '../support/stack.ts';

interface Listed {
  disputes: { id: string; orderId: string; status: string; respondBy: string | null }[];
  nextCursor: string | null;
}

/** Before every other deadline that a test gives. */
const SOON = '2026-02-07T10:00:00.000Z';

let stack: SharedStack;
let shop: Shop;

before(async function () {
  this.timeout(300_000);
  stack = await sharedStack();
  shop = await openShop();
});

describe('a dispute', function () {
  this.timeout(120_000);

  async function givenDispute(respondBy = SOON): Promise<{ id: string; paymentId: string }> {
    const order = await clerkOf(shop).paidOrder();
    await shop.gateway('POST', `/payments/${order.paymentId}/dispute`, { respondBy });
    await untilOrder(shop, order.id, ({ disputes }) => disputes.length === 1, 'disputed');
    return order;
  }

  it('is listed and shown with its deadline, until it has ended', async () => {
    const { id, paymentId } = await givenDispute();
    const { disputes } = await readOrder(shop, id);
    assert.deepEqual(
      disputes.map(({ status, respondBy }) => [status, respondBy]),
      [['opened', SOON]],
    );
    const list = await shop.call<Listed>('GET', '/v1/disputes?status=opened&limit=200');
    const listed = list.body.disputes.find(({ orderId }) => orderId === id);
    assert.equal(listed?.respondBy, SOON);
    const deadlines = list.body.disputes.map(({ respondBy }) => Date.parse(respondBy ?? '9999'));
    assert.deepEqual(
      deadlines,
      deadlines.toSorted((a, b) => a - b),
    );

    await shop.gateway('POST', `/payments/${paymentId}/dispute`, { outcome: 'won' });
    const isWon = ({ disputes: [dispute] }: { disputes: { status: string }[] }) =>
      dispute?.status === 'won';
    await untilOrder(shop, id, isWon, 'won');
    const after = await shop.call<Listed>('GET', '/v1/disputes?status=won&limit=200');
    const ended = after.body.disputes.find(({ orderId }) => orderId === id);
    assert.deepEqual([ended?.status, ended?.respondBy], ['won', null]);
  });

  it('is listed by a status that there is', async () => {
    const { status, body } = await shop.call<Problem>('GET', '/v1/disputes?status=pending');
    assert.deepEqual([status, body.code], [422, 'query_invalid']);
    assert.match(JSON.stringify(body), /inquiry, opened, won, lost/);
  });

  it('is counted among what waits for a person while its deadline is near', async () => {
    await givenDispute(new Date(Date.now() + 86_400_000).toISOString());
    const { body } = await shop.call<{ disputesDueSoon: number }>('GET', '/v1/overview');
    assert.ok(body.disputesDueSoon > 0);
  });

  it('is listed at the command line', async () => {
    const { id } = await givenDispute();
    const said: string[] = [];
    const out = (text: string): void => void said.push(text);
    const env = { PAYONCE_URL: stack.apiUrls[0], PAYONCE_API_KEY: stack.keys.ops };
    const args = ['disputes', '--status', 'opened', '--limit', '200'];
    assert.equal(await runCli(args, { env, out, err: out }), 0, said.join('\n'));
    assert.match(said.join('\n'), new RegExp(`${SOON.replaceAll('.', '\\.')} .*${id}`));
  });
});
