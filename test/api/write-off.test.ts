/** An order that was paid short, on the running stack: the rest is written off, up to the limit of the shop. */
import assert from 'node:assert/strict';
import type { Order } from '../../src/api/orders/order-schemas.ts';
import { runCli } from '../../src/cli/run.ts';
import { trialBalance } from '../../src/store/effects/postings.ts';
import { WAIT } from '../support/operator-client.ts';
import { openPatiently } from '../support/patient-database.ts';
import { textOf } from '../support/pdf.ts';
import {
  AMOUNT,
  givenPendingOrder,
  openShop,
  type Problem,
  type Reply,
  type Shop,
  untilSettled,
} from '../support/shop.ts';
import { type SharedStack, sharedStack } from '../support/stack.ts';

let stack: SharedStack;
let shop: Shop;

before(async function () {
  this.timeout(300_000);
  stack = await sharedStack();
  shop = await openShop();
});

describe('an order that was paid short', function () {
  this.timeout(120_000);

  async function shortBy(minor: number): Promise<string> {
    const { id, paymentId } = await givenPendingOrder(shop);
    await shop.gateway('POST', `/payments/${paymentId}/capture`, { amount: AMOUNT - minor });
    await untilSettled(shop, id, 'partially_paid');
    return id;
  }

  const writeOff = (id: string, amount: number): Promise<Reply<Order & Problem>> =>
    shop.call('POST', `/v1/orders/${id}/write-off`, { amount, note: 'fee of a bank' }, WAIT);

  it('is paid once the rest is written off, with books and an invoice that say so', async () => {
    const id = await shortBy(250);
    const { status, body } = await writeOff(id, 250);
    assert.deepEqual([status, body.state, body.amountWrittenOff], [200, 'paid', 250]);
    await untilSettled(shop, id, 'paid');
    const database = openPatiently(stack.databaseUrl);
    try {
      const balances = await trialBalance(database, id);
      assert.deepEqual(
        Object.fromEntries(balances.map(({ account, balanceMinor }) => [account, balanceMinor])),
        {
          'gateway_clearing:sandbox': AMOUNT - 250,
          order_receipts: -AMOUNT,
          write_offs: 250,
        },
      );
    } finally {
      await database.close();
    }
    const invoice = await fetch(`${stack.apiUrls[0]}/v1/orders/${id}/invoice.pdf`, {
      headers: { authorization: `Bearer ${stack.keys.ops}` },
    });
    const text = await textOf(Buffer.from(await invoice.arrayBuffer()));
    assert.match(text, /sandbox and write off/);
    assert.equal((await writeOff(id, 250)).body.code, 'order_already_paid');
  });

  it('stays so where more is missing than the limit, or another amount than was named', async () => {
    const much = await writeOff(await shortBy(501), 501);
    assert.deepEqual([much.status, much.body.code], [422, 'write_off_over_limit']);
    assert.match(much.body.detail, /WRITE_OFF_LIMITS/);
    const other = await writeOff(await shortBy(250), 200);
    assert.deepEqual([other.status, other.body.code], [409, 'write_off_differs']);
    const { id } = await givenPendingOrder(shop);
    assert.equal((await writeOff(id, AMOUNT)).body.code, 'nothing_to_write_off');
  });

  it('is settled at the command line', async () => {
    const id = await shortBy(100);
    const said: string[] = [];
    const out = (text: string): void => void said.push(text);
    const env = { PAYONCE_URL: stack.apiUrls[0], PAYONCE_API_KEY: stack.keys.ops };
    const args = ['write-off', id, '--amount', '100', '--note', 'fee of a bank'];
    assert.equal(await runCli(args, { env, out, err: out }), 0, said.join('\n'));
    assert.match(said.join('\n'), /1\.00 INR written off/);
  });
});
