/** The month-end report over HTTP and on the command line, against the real stack. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
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
  missingReports: { gateway: string; reportedTo: string | null; dueTo: string }[];
}

describe('the end of a month', function () {
  this.timeout(120_000);
  let stack: SharedStack;
  let shop: Shop;
  let month: string;

  before(async () => {
    // All files of a run are loaded at its start, and this one may run after midnight.
    month = new Date().toISOString().slice(0, 7);
    stack = await sharedStack();
    shop = await openShop();
    const { id, paymentId } = await givenPendingOrder(shop);
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    await untilSettled(shop, id, 'paid');
  });

  const payonce = (...args: string[]) => payonceAt(stack.apiUrl, ...args);

  async function payonceAt(url: string, ...args: string[]) {
    const out: string[] = [];
    const err: string[] = [];
    const env = { PAYONCE_URL: url, PAYONCE_API_KEY: stack.keys.ops };
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

  it('waits for the reports of each gateway at which orders have moved money', async () => {
    const { body } = await shop.call<MonthEnd>('GET', `/v1/books/month-end?month=${month}`);
    const sandbox = body.missingReports.find(({ gateway }) => gateway === 'sandbox');
    assert.ok(sandbox, JSON.stringify(body.missingReports));
    assert.ok(sandbox.dueTo > `${month}-31`, sandbox.dueTo);
  });

  it('is closed where nothing has happened', async () => {
    const { body } = await shop.call<MonthEnd>('GET', '/v1/books/month-end?month=2019-01');
    assert.deepEqual([body.isOver, body.isClosed, body.missingReports], [true, true, []]);
  });

  it('is printed with what it waits for', async () => {
    const { body } = await shop.call<MonthEnd>('GET', `/v1/books/month-end?month=${month}`);
    // The month of the run is not over, and no other has payments of this stack.
    const missingReports = [
      { gateway: 'stripe', reportedTo: '2026-11-29', dueTo: '2026-12-07', missingDays: [] },
      { gateway: 'sandbox', reportedTo: null, dueTo: '2026-12-07', missingDays: [] },
    ];
    const waiting = { ...body, month: '2026-11', isOver: true, openDifferences: 0, missingReports };
    const server = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(waiting));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const shown = await payonceAt(`http://127.0.0.1:${port}`, '2026-11');
    server.closeAllConnections();
    server.close();
    assert.equal(shown.code, 0, shown.err);
    assert.equal(
      shown.out.split('\n')[0],
      '2026-11 is not closed: stripe is reported up to 2026-11-29, not to 2026-12-07; sandbox is not reported yet.',
    );
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
    for (const wrong of ['2026-13', '2026-01-31', 'january', '0000-01', '1999-12'])
      assert.equal(
        (await shop.call('GET', `/v1/books/month-end?month=${wrong}`)).status,
        422,
        wrong,
      );
    assert.equal((await payonce('2026-13')).code, 1);
  });
});
