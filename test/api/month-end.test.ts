/** The month-end report over HTTP and on the command line, against the real stack. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCli } from '../../src/cli/run.ts';
import { givenPendingOrder, openShop, type Shop, untilSettled } from '../support/shop.ts';
import { type SharedStack, sharedStack } from '../support/stack.ts';

interface MonthEnd {
  isOver: boolean;
  isClosed: boolean;
  accounts: { account: string; currency: string; closing: number }[];
  papers: { kind: string; count: number }[];
}

describe('the end of a month', function () {
  this.timeout(120_000);
  let stack: SharedStack;
  let shop: Shop;
  const month = new Date().toISOString().slice(0, 7);

  before(async () => {
    stack = await sharedStack();
    shop = await openShop();
    const { id, paymentId } = await givenPendingOrder(shop);
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    await untilSettled(shop, id, 'paid');
  });

  async function payonce(...args: string[]) {
    const out: string[] = [];
    const err: string[] = [];
    const env = { PAYONCE_URL: stack.apiUrl, PAYONCE_API_KEY: stack.keys.ops };
    const terminal = {
      env,
      out: (text: string) => out.push(text),
      err: (t: string) => err.push(t),
    };
    const code = await runCli(['books', 'month-end', ...args], terminal);
    return { code, out: out.join('\n'), err: err.join('\n') };
  }

  it('is shown while it goes on, with books that sum to zero in each currency', async () => {
    const { status, body } = await shop.call<MonthEnd>('GET', `/v1/books/month-end?month=${month}`);
    assert.equal(status, 200);
    assert.deepEqual([body.isOver, body.isClosed], [false, false]);
    for (const currency of new Set(body.accounts.map((row) => row.currency))) {
      const own = body.accounts.filter((row) => row.currency === currency);
      assert.equal(
        own.reduce((sum, { closing }) => sum + closing, 0),
        0,
      );
    }
    assert.ok(body.papers.some(({ kind, count }) => kind === 'invoice' && count > 0));
  });

  it('is closed where nothing has happened', async () => {
    const { body } = await shop.call<MonthEnd>('GET', '/v1/books/month-end?month=2019-01');
    assert.deepEqual([body.isOver, body.isClosed], [true, true]);
  });

  it('is printed and saved, and an existing file is kept', async () => {
    const shown = await payonce(month);
    assert.equal(shown.code, 0, shown.err);
    assert.match(shown.out, new RegExp(`^${month} is not over yet`));
    const folder = await mkdtemp(path.join(tmpdir(), 'payonce-test-'));
    const file = path.join(folder, 'month.pdf');
    assert.equal((await payonce(month, '--pdf', file)).code, 0);
    assert.equal((await readFile(file)).subarray(0, 5).toString(), '%PDF-');
    const again = await payonce(month, '--pdf', file);
    assert.match(again.err, /exists: name a new file/);
    await rm(folder, { recursive: true });
  });

  it('is refused for what is no month', async () => {
    for (const wrong of ['2026-13', '2026-01-31', 'january'])
      assert.equal(
        (await shop.call('GET', `/v1/books/month-end?month=${wrong}`)).status,
        422,
        wrong,
      );
    assert.equal((await payonce('2026-13')).code, 1);
  });
});
