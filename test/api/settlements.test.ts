/** Settlement reports over HTTP and on the command line, against the real stack. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pWaitFor from 'p-wait-for';
import { runCli } from '../../src/cli/run.ts';
import { stripeBehind } from '../fakes/stripe/driver.ts';
import type { FakeStripe } from '../fakes/stripe/fake-stripe.ts';
import { givenOwnOrder } from '../support/custom-terms.ts';
import { type StripeRow, stripeReport } from '../support/settlement-files.ts';
import { AMOUNT, openShop, readOrder, type Shop, untilSettled } from '../support/shop.ts';
import { type SharedStack, sharedStack } from '../support/stack.ts';
import { untilClosed } from '../support/temporal.ts';

interface Answer {
  code?: string;
  detail?: string;
  errors?: { pointer: string; message: string }[];
  isNew: boolean;
  import: { lines: number; newLines: number };
  syncedOrders: number;
}

interface Difference {
  id: string;
  kind: string;
  reference: string;
  orderId: string | null;
  expected: number | null;
  found: number | null;
  state: string;
  decision: string | null;
}

/** An order closes so long after its last news. */
const WINDOW_MS = 2_000;
const RUPEES = (AMOUNT / 100).toFixed(2);

describe('settlement reports', function () {
  this.timeout(180_000);
  let stack: SharedStack;
  let shop: Shop;
  let stripe: FakeStripe;
  let folder: string;
  let rows = 0;

  before(async () => {
    stack = await sharedStack();
    shop = await openShop();
    stripe = stripeBehind(stack.gateways.stripe);
    folder = await mkdtemp(path.join(tmpdir(), 'payonce-test-'));
  });
  afterEach(() => stripe.webhooks.subscribe(() => true));
  after(() => rm(folder, { recursive: true }));

  async function paid(): Promise<{ id: string; paymentId: string }> {
    const id = await givenOwnOrder({ gateway: 'stripe', settlementWindowMs: WINDOW_MS });
    const wait = { prefer: 'wait=30' };
    const attempt = await shop.call<{ id: string }>('POST', `/v1/orders/${id}/payments`, {}, wait);
    const paymentId = attempt.body.id;
    stripe.account.confirm(paymentId);
    await untilSettled(shop, id, 'paid');
    return { id, paymentId };
  }

  /** Now, as nothing that an order has posted in the meantime may count as missing. */
  const row = (more: StripeRow): StripeRow => {
    rows += 1;
    return {
      balance_transaction_id: `txn_${process.pid}_${rows}`,
      created_utc: new Date().toISOString().slice(0, 19).replace('T', ' '),
      currency: 'inr',
      ...more,
    };
  };
  const charge = (paymentId: string, more: StripeRow = {}): StripeRow =>
    row({
      gross: RUPEES,
      net: RUPEES,
      reporting_category: 'charge',
      source_id: `ch_${paymentId}`,
      payment_intent_id: paymentId,
      ...more,
    });
  const refund = (paymentId: string, refundId: string, amount: string): StripeRow =>
    row({
      gross: `-${amount}`,
      net: `-${amount}`,
      reporting_category: 'refund',
      source_id: refundId,
      payment_intent_id: paymentId,
    });

  async function send(file: string, query = '', contentType = 'text/csv') {
    const response = await fetch(`${stack.apiUrl}/v1/settlements${query}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${stack.keys.ops}`,
        'content-type': contentType,
        prefer: 'wait=20',
      },
      body: file,
    });
    return { status: response.status, body: (await response.json()) as Answer };
  }

  async function differencesOf(query: string): Promise<Difference[]> {
    const reply = await shop.call<{ differences: Difference[] }>(
      'GET',
      `/v1/settlements/differences?${query}`,
    );
    assert.equal(reply.status, 200);
    return reply.body.differences;
  }

  async function payonce(...args: string[]) {
    const out: string[] = [];
    const err: string[] = [];
    const code = await runCli(args, {
      env: { PAYONCE_URL: stack.apiUrl, PAYONCE_API_KEY: stack.keys.ops },
      out: (text) => out.push(text),
      err: (text) => err.push(text),
    });
    return { code, out: out.join('\n'), err: err.join('\n') };
  }

  async function saved(name: string, text: string): Promise<string> {
    const file = path.join(folder, name);
    await writeFile(file, text);
    return file;
  }

  it('make an order that has closed learn of a refund whose webhook was lost', async () => {
    const { id, paymentId } = await paid();
    await untilClosed(id);
    stripe.webhooks.subscribe(() => false);
    const { id: refundId } = stripe.account.refund(paymentId, 1000, {});
    assert.equal((await readOrder(shop, id)).amountRefunded, 0);
    const file = stripeReport([charge(paymentId), refund(paymentId, refundId, '10.00')]);
    const { status, body } = await send(file);
    assert.equal(status, 201, JSON.stringify(body));
    assert.equal(body.syncedOrders, 1);
    await pWaitFor(async () => (await readOrder(shop, id)).amountRefunded === 1000);
    await pWaitFor(async () => {
      await shop.call('POST', '/v1/settlements/match', {});
      const [difference] = await differencesOf(`orderId=${id}`);
      return difference?.kind === 'refund_missing' && difference.state === 'resolved';
    });
    assert.deepEqual(await differencesOf(`orderId=${id}&state=open`), []);
  });

  it('are one import when they are sent again, also at the same time', async () => {
    const { paymentId } = await paid();
    const file = stripeReport([charge(paymentId)]);
    const answers = await Promise.all([send(file), send(file), send(file)]);
    assert.deepEqual(
      answers.map(({ status }) => status).toSorted((a, b) => a - b),
      [200, 200, 201],
    );
    const again = await send(file);
    assert.deepEqual([again.status, again.body.isNew, again.body.import.lines], [200, false, 1]);
  });

  it('are refused with line and column, and leave nothing behind', async () => {
    const { id, paymentId } = await paid();
    const good = charge(paymentId);
    const { status, body } = await send(
      stripeReport([good, charge(paymentId, { gross: '49,99' })]),
    );
    assert.deepEqual([status, body.code], [422, 'settlement_report_invalid']);
    assert.match(body.detail ?? '', /^line 3, column gross: has a comma.*Nothing of the file/);
    assert.equal(body.errors?.[0]?.pointer, '/3/gross');
    const { body: after } = await send(stripeReport([good]));
    assert.deepEqual([after.isNew, after.import.newLines], [true, 1]);
    assert.deepEqual(await differencesOf(`orderId=${id}`), []);
  });

  it('are refused where a line is there twice', async () => {
    const { paymentId } = await paid();
    const line = charge(paymentId);
    const { body } = await send(stripeReport([line, charge(paymentId), line]));
    assert.match(body.detail ?? '', /^line 4, column balance_transaction_id: is that of line 2/);
  });

  it('are refused where a line has other money than before', async () => {
    const { paymentId } = await paid();
    const line = charge(paymentId);
    await send(stripeReport([line]));
    const { body } = await send(
      stripeReport([charge(paymentId, { ...line, gross: '1.00', net: '1.00' })]),
    );
    assert.match(body.detail ?? '', /^line 2, column balance_transaction_id: was imported before/);
  });

  it('are refused where not one payment is known: of another account or mode', async () => {
    const file = stripeReport([charge('pi_of_another_account')]);
    const { status, body } = await send(file);
    assert.deepEqual([status, body.code], [422, 'settlement_report_invalid']);
    assert.match(body.detail ?? '', /^line 2, .*another account or mode/);
  });

  it('are refused where a line was imported as one of another account', async () => {
    const { paymentId } = await paid();
    const line = charge(paymentId);
    await send(stripeReport([line]), '?account=acct_1');
    const { body } = await send(stripeReport([line, charge(paymentId)]), '?account=acct_2');
    assert.match(body.detail ?? '', /^line 2, .*another account/);
  });

  it('show money that no order knows, which a person keeps as foreign', async () => {
    const { paymentId } = await paid();
    const foreign = `pi_foreign_${process.pid}`;
    await send(stripeReport([charge(paymentId), charge(foreign)]));
    const found = await differencesOf('state=open&kind=foreign_payment');
    const difference = found.find(({ reference }) => reference === foreign);
    assert.deepEqual([difference?.found, difference?.orderId], [AMOUNT, null]);
    const url = `/v1/settlements/differences/${difference?.id}/decision`;
    const decision = { decision: 'accept', note: 'the other shop of this account' };
    for (const _ of [1, 2]) {
      const { status, body } = await shop.call<Difference>('POST', url, decision);
      assert.deepEqual([status, body.state, body.decision], [200, 'decided', 'accept']);
    }
    const other = await shop.call<Answer>('POST', url, { ...decision, decision: 'write_off' });
    assert.deepEqual([other.status, other.body.code], [409, 'difference_decided']);
  });

  it('let a payment that no order knows be attached to its order', async () => {
    const { id, paymentId } = await paid();
    const foreign = await stack.gateways.stripe?.strangePayment(id, {
      maker: 'another installation',
    });
    assert.ok(foreign);
    stripe.account.confirm(foreign);
    await send(
      stripeReport([charge(paymentId), charge(foreign, { 'payment_metadata[orderId]': id })]),
    );
    const [difference] = await differencesOf(`state=open&orderId=${id}&kind=foreign_payment`);
    assert.equal(difference?.reference, foreign);
    const url = `/v1/settlements/differences/${difference.id}/decision`;
    const decided = await shop.call<Difference>(
      'POST',
      url,
      { decision: 'attach', note: 'paid twice' },
      { prefer: 'wait=30' },
    );
    assert.equal(decided.status, 200, JSON.stringify(decided.body));
    await pWaitFor(async () => (await readOrder(shop, id)).amountPaid === 2 * AMOUNT);
  });

  it('may take longer than a request of JSON may', async () => {
    const { paymentId } = await paid();
    const file = stripeReport([charge(paymentId)]);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const call = request(
        `${stack.apiUrl}/v1/settlements`,
        {
          method: 'POST',
          headers: { authorization: `Bearer ${stack.keys.ops}`, 'content-type': 'text/csv' },
        },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      call.once('error', reject);
      call.write(file.slice(0, 20));
      // The limit of other requests is ten seconds, looked for each second.
      sleep(12_000).then(() => call.end(file.slice(20)), reject);
    });
    assert.equal(status, 201);
  });

  it('leave nothing behind where the connection ends too early', async () => {
    const { paymentId } = await paid();
    const lines = Array.from({ length: 500 }, () => charge(paymentId));
    const file = stripeReport(lines);
    await new Promise<void>((resolve) => {
      const call = request(`${stack.apiUrl}/v1/settlements`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${stack.keys.ops}`,
          'content-type': 'text/csv',
          'content-length': Buffer.byteLength(file),
        },
      });
      call.once('error', () => resolve());
      // At the end of a row, where the file itself would not tell.
      call.write(file.slice(0, file.lastIndexOf('\n', file.length / 2) + 1), () => call.destroy());
    });
    const { body } = await send(file);
    assert.deepEqual([body.isNew, body.import.lines, body.import.newLines], [true, 500, 500]);
  });

  it('are sent as what they are', async () => {
    const { status, body } = await send('x', '', 'text/html');
    assert.deepEqual([status, body.code], [415, 'content_type_unsupported']);
  });

  describe('on the command line', () => {
    it('are imported, and their differences listed and decided', async () => {
      const { id, paymentId } = await paid();
      const file = await saved(
        'january.csv',
        stripeReport([charge(paymentId, { gross: '50.99', net: '50.99' })]),
      );
      const imported = await payonce('reconcile', file);
      assert.deepEqual([imported.code, imported.err], [0, '']);
      assert.match(imported.out, /^january.csv: 1 new of 1 lines, .*open differences/);
      const listed = await payonce('differences', '--order', id);
      assert.match(
        listed.out,
        /capture_amount\s+stripe\s+pi_\S+\s+ord_\S+\s+\S+\s+49.99 INR\s+50.99 INR/,
      );
      const [difference] = await differencesOf(`orderId=${id}`);
      const decided = await payonce('decide', difference?.id ?? '', 'write_off', '--note', 'a tip');
      assert.match(decided.out, /decided\s+a tip/);
      assert.match((await payonce('months')).out, /stripe/);
      assert.match((await payonce('reconcile', file)).out, /imported before, nothing has changed/);
    });

    it('are refused with what is wrong, and an exit code for scripts', async () => {
      const file = await saved('broken.csv', 'a,b\n1,2\n');
      const { code, err } = await payonce('reconcile', file);
      assert.equal(code, 1);
      assert.match(err, /^payonce: broken.csv: settlement_report_invalid: line 1: /);
      const missing = await payonce('reconcile', path.join(folder, 'none.csv'));
      assert.equal(missing.code, 2);
    });

    it('leave books that agree with orders and gateways, and a trial balance', async () => {
      const { code, out, err } = await payonce('books', 'check');
      assert.deepEqual(
        [code, err, out],
        [0, '', 'The books agree with the orders and the gateways.'],
      );
      const month = new Date().toISOString().slice(0, 7);
      const balance = await payonce('books', 'balance', month);
      assert.match(balance.out, /Assets:Gateways:Stripe:Clearing/);
      const exported = await payonce('books', 'export', month, '--format', 'beancount');
      assert.match(exported.out, /^1970-01-01 open Assets:/);
      const csv = await payonce('books', 'export', month);
      assert.match(csv.out, /^date,entry,account,debit,credit,currency/);
    });
  });
});
