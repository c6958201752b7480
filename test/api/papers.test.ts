/** Invoices and credit notes as a bookkeeper gets them, on the real stack. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import pg from 'pg';
import { runCli } from '../../src/cli/run.ts';
import {
  AMOUNT,
  givenPendingOrder,
  openShop,
  type Problem,
  type Shop,
  untilOrder,
  untilSettled,
} from '../support/shop.ts';
import { type SharedStack, sharedStack } from '../support/stack.ts';

interface Paper {
  number: string;
  kind: string;
  orderId: string;
  corrects: string | null;
  amount: number;
  currency: string;
}

describe('the papers of a day', function () {
  this.timeout(120_000);
  let stack: SharedStack;
  let shop: Shop;
  let folder: string;
  let orderId: string;
  let today: string;

  before(async function () {
    this.timeout(300_000);
    stack = await sharedStack();
    shop = await openShop();
    folder = await mkdtemp(path.join(tmpdir(), 'payonce-papers-'));
    orderId = await refundedOrder();
    const { rows } = await stackRows(
      `select to_char(issued_at at time zone 'UTC', 'YYYY-MM-DD') as day from credit_notes where order_id = $1`,
    );
    today = rows[0]?.day ?? '';
  });
  after(() => rm(folder, { recursive: true }));

  async function stackRows(query: string): Promise<{ rows: { day: string }[] }> {
    const client = new pg.Client({ connectionString: stack.databaseUrl });
    await client.connect();
    try {
      return await client.query(query, [orderId]);
    } finally {
      await client.end();
    }
  }

  async function refundedOrder(): Promise<string> {
    const { id, paymentId } = await givenPendingOrder(shop);
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    await untilSettled(shop, id, 'paid');
    const key = { 'idempotency-key': `papers-of-${id}` };
    await shop.call('POST', `/v1/orders/${id}/refunds`, { amount: 1000 }, key);
    await untilOrder(
      shop,
      id,
      ({ effects, amountRefunded }) =>
        amountRefunded === 1000 && effects.every(({ status }) => status === 'done'),
      'refunded in part, with every effect done',
    );
    return id;
  }

  async function ours(): Promise<Paper[]> {
    const found: Paper[] = [];
    let cursor: string | null = null;
    do {
      const next: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { body } = await shop.call<{ papers: Paper[]; nextCursor: string | null }>(
        'GET',
        `/v1/books/papers?period=${today}&limit=200${next}`,
      );
      found.push(...body.papers);
      cursor = body.nextCursor;
    } while (cursor !== null);
    return found.filter((paper) => paper.orderId === orderId);
  }

  async function payonce(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    const [out, err]: string[][] = [[], []];
    const code = await runCli(args, {
      env: { PAYONCE_URL: stack.apiUrl, PAYONCE_API_KEY: stack.keys.ops },
      out: (text) => out?.push(text),
      err: (text) => err?.push(text),
    });
    return { code, out: out?.join('\n') ?? '', err: err?.join('\n') ?? '' };
  }

  it('are listed: the invoice, and the credit note that corrects it', async () => {
    const [invoice, note, ...others] = await ours();
    assert.deepEqual(others, []);
    assert.deepEqual(
      [invoice?.kind, invoice?.amount, invoice?.corrects],
      ['invoice', AMOUNT, null],
    );
    assert.deepEqual(
      [note?.kind, note?.amount, note?.corrects],
      ['credit_note', 1000, invoice?.number],
    );
    assert.match(invoice?.number ?? '', /^INV-\d{6}$/);
    assert.match(note?.number ?? '', /^CN-\d{6}$/);
  });

  it('are each a PDF under their number, the same bytes as under the order', async () => {
    const [invoice] = await ours();
    const headers = { authorization: `Bearer ${stack.keys.ops}` };
    const bytesAt = async (place: string): Promise<Buffer> => {
      const response = await fetch(`${stack.apiUrl}${place}`, { headers });
      assert.equal(response.headers.get('content-type'), 'application/pdf');
      return Buffer.from(await response.arrayBuffer());
    };
    const byNumber = await bytesAt(`/v1/books/papers/${invoice?.number}`);
    assert(byNumber.equals(await bytesAt(`/v1/orders/${orderId}/invoice.pdf`)));
  });

  it('are saved as a ZIP with a list, and never over another file', async () => {
    const file = path.join(folder, 'day.zip');
    assert.deepEqual(await payonce('books', 'papers', today, '--zip', file), {
      code: 0,
      out: `saved as ${file}`,
      err: '',
    });
    const entries = unzipSync(await readFile(file));
    const [invoice, note] = await ours();
    for (const number of [invoice?.number, note?.number])
      assert.match(
        strFromU8(entries[`${number}.pdf`]?.subarray(0, 5) ?? new Uint8Array()),
        /^%PDF-/,
      );
    const lines = strFromU8(entries['index.csv'] ?? new Uint8Array()).split('\n');
    assert.equal(
      lines[0],
      'number,kind,issued,order,refund,corrects,customer,amount,discount,currency,file',
    );
    assert.equal(lines.length - 2, Object.keys(entries).length - 1);
    const line = lines.find((one) => one.startsWith(`${note?.number},`));
    assert.match(
      line ?? '',
      new RegExp(`,${invoice?.number},.*,10\\.00,,INR,${note?.number}\\.pdf$`),
    );
    await writeFile(file, 'sent to the tax office');
    const again = await payonce('books', 'papers', today, '--zip', file);
    assert.deepEqual(
      [again.code, again.err],
      [1, `payonce: ${file} exists: name a new file, or remove it first`],
    );
    assert.equal(await readFile(file, 'utf8'), 'sent to the tax office');
  });

  it('are listed at a terminal', async () => {
    const [invoice] = await ours();
    const { code, out } = await payonce('books', 'papers', today);
    assert.equal(code, 0);
    assert.match(out, new RegExp(`^${invoice?.number} .*${orderId} .*49\\.99 +INR`, 'm'));
    assert.equal((await payonce('books', 'papers', '1999-01')).out, 'Nothing was issued.');
  });

  for (const [place, status, code] of [
    ['/v1/books/papers?period=2026-13', 422, 'query_invalid'],
    ['/v1/books/papers', 422, 'query_invalid'],
    ['/v1/books/papers?period=2026-01&cursor=abc', 422, 'cursor_invalid'],
    ['/v1/books/papers.zip?period=January', 422, 'query_invalid'],
    ['/v1/books/papers/INV-1', 404, 'paper_not_found'],
    ['/v1/books/papers/INV-999999999', 404, 'paper_not_found'],
    ['/v1/books/papers/CN-999999999', 404, 'paper_not_found'],
  ] as const)
    it(`are refused as ${code} at ${place}`, async () => {
      const answered = await shop.call<Problem>('GET', place);
      assert.deepEqual([answered.status, answered.body.code], [status, code]);
    });

  it('leave no file behind where the API refuses', async () => {
    const file = path.join(folder, 'none.zip');
    const { code, err } = await payonce('books', 'papers', '2026-13', '--zip', file);
    assert.equal(code, 1);
    assert.match(err, /query_invalid/);
    await assert.rejects(readFile(file), { code: 'ENOENT' });
  });
});
