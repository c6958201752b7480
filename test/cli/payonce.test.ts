/** The command line against the real stack: what it prints, what it changes, and its exit codes. */
import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import pWaitFor from 'p-wait-for';
import { runCli } from '../../src/cli/run.ts';
import type { OrderView } from '../../src/domain/view.ts';
import { startBeside } from '../support/extra-processes.ts';
import { givenEvents } from '../support/given-events.ts';
import { placeAt } from '../support/place.ts';
import {
  AMOUNT,
  givenOrder,
  givenPendingOrder,
  newOrderId,
  openShop,
  readOrder,
  type Shop,
  untilOrder,
  untilSettled,
} from '../support/shop.ts';
import { type SharedStack, sharedStack } from '../support/stack.ts';
import { deliverTo, signedEvent } from '../support/webhooks.ts';

const BIN = path.resolve('bin/payonce.js');
const KEY = 'a-refund-key-of-a-test';

interface Ended {
  code: number;
  out: string;
  err: string;
}

let shop: Shop;
let stack: SharedStack;

before(async function () {
  this.timeout(300_000);
  stack = await sharedStack();
  shop = await openShop();
});

async function payonce(args: string[], env?: Record<string, string>): Promise<Ended> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCli(args, {
    env: env ?? { PAYONCE_URL: stack.apiUrl, PAYONCE_API_KEY: stack.keys.ops },
    out: (text) => out.push(text),
    err: (text) => err.push(text),
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

async function succeeds(...args: string[]): Promise<string> {
  const { code, out, err } = await payonce(args);
  assert.deepEqual({ code, err }, { code: 0, err: '' });
  return out;
}

async function isRefused(code: string, ...args: string[]): Promise<void> {
  const ended = await payonce(args);
  assert.equal(ended.code, 1, ended.err);
  assert.match(ended.err, new RegExp(`^payonce: ${code}: .+`));
  assert.equal(ended.out, '');
}

async function givenPaidOrder(): Promise<string> {
  const { id, paymentId } = await givenPendingOrder(shop);
  await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
  await untilSettled(shop, id, 'paid');
  return id;
}

async function givenOrderInReview(): Promise<OrderView> {
  const { id, paymentId } = await givenPendingOrder(shop);
  await shop.call('POST', `/v1/orders/${id}/cancel`, {}, { prefer: 'wait=30' });
  await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
  return untilOrder(shop, id, ({ reviews }) => reviews.length === 1, 'in review');
}

describe('payonce, looking', function () {
  this.timeout(120_000);

  it('lists orders in columns, with amounts as people write them', async () => {
    const id = await givenPaidOrder();
    const [head = '', line = '', ...others] = (
      await succeeds('list', '--customer', `cus_${id}`, '--state', 'paid')
    ).split('\n');
    assert.match(head, /^ORDER +STATE +AMOUNT +PAID +REFUNDED +GATEWAY +CUSTOMER +TO DO +UPDATED$/);
    assert.match(
      line,
      new RegExp(`^${id} +paid +49.99 INR +49.99 INR +0.00 INR +sandbox +cus_${id} +- `),
    );
    assert.equal(head.indexOf('STATE'), line.indexOf('paid'));
    assert.deepEqual(others, []);
  });

  it('lists page after page', async () => {
    const customer = `cus_${newOrderId()}`;
    for (const _ of [1, 2]) await givenOrder(shop, { customer: { id: customer } });
    const args = ['list', '--customer', customer, '--limit', '1'];
    const first = await succeeds(...args);
    const [, cursor = ''] = /--cursor (\S+)$/.exec(first) ?? [];
    const second = await succeeds(...args, '--cursor', cursor);
    assert.notEqual(first.split('\n')[1], second.split('\n')[1]);
    assert.doesNotMatch(second, /--cursor/);
  });

  it('finds an order by what support knows of it', async () => {
    const mark = newOrderId();
    const customer = { id: `cus_${mark}`, email: `ada+${mark}@example.com` };
    const { id, paymentId } = await givenPendingOrder(shop, { customer });
    const today = new Date().toISOString().slice(0, 10);
    const searches = [
      ['--payment-id', paymentId],
      ['--email', customer.email],
      ['--customer', customer.id, '--gateway', 'sandbox', '--currency', 'INR', '--amount', '4999'],
      ['--payment-id', paymentId, '--created-from', today, '--created-to', today],
    ];
    for (const search of searches) assert.match(await succeeds('list', ...search), new RegExp(id));
    const none = [
      ['--refund-id', paymentId],
      ['--payment-id', paymentId, '--review-reason', 'overpaid'],
      ['--payment-id', paymentId, '--invoice-number', 'INV-999999999'],
    ];
    for (const search of none) assert.equal(await succeeds('list', ...search), 'No such orders.');
  });

  it('says which part of a search is wrong, and what to do', async () => {
    const days = ['--created-from', '2026-02-01', '--created-to', '2026-01-01'];
    const { code, err } = await payonce(['list', ...days]);
    assert.equal(code, 1);
    assert.match(
      err,
      /^payonce: query_invalid: .+\n {2}\/createdTo must not be before createdFrom$/,
    );
  });

  it('lists what waits for a person, and nothing else', async () => {
    const { id } = await givenOrderInReview();
    assert.match(await succeeds('list', '--customer', `cus_${id}`, '--needs-review'), /ord_/);
    const paid = await givenPaidOrder();
    assert.equal(
      await succeeds('list', '--customer', `cus_${paid}`, '--needs-review'),
      'No such orders.',
    );
  });

  it('shows an order with its payments and effects', async () => {
    const id = await givenPaidOrder();
    const text = await succeeds('show', id);
    assert.match(text, new RegExp(`^${id}  paid  version \\d+\n49.99 INR of 49.99 INR paid`));
    assert.match(text, /captured +49.99 INR/);
    assert.match(text, new RegExp(`${id}:issue_invoice:\\d+ +done +1`));
    assert.doesNotMatch(text, /To do/);
  });

  it('shows what there is to decide, what each answer does, and the command for it', async () => {
    const { id } = await givenOrderInReview();
    const text = await succeeds('show', id);
    assert.match(text, /paid_after_cancel.*Approve: the cancellation is lifted/);
    assert.match(text, new RegExp(`payonce review ${id} rev_1 approve\\|reject --note WHY`));
  });

  it('tells the whole of a long timeline', async () => {
    const id = await givenOrder(shop);
    await givenEvents(stack.databaseUrl, id, 450);
    const lines = (await succeeds('timeline', id)).split('\n').slice(1);
    assert.deepEqual(
      [lines.length, /evt_1$/.test(lines[0] ?? ''), /evt_450$/.test(lines[449] ?? '')],
      [450, true, true],
    );
  });

  it('tells an order’s timeline, oldest first', async () => {
    const id = await givenPaidOrder();
    const lines = (await succeeds('timeline', id)).split('\n').slice(1);
    const [firstAt = '', lastAt = ''] = [lines.at(0), lines.at(-1)].map(
      (line) => line?.split(' ')[0],
    );
    assert.ok(firstAt < lastAt);
    assert.ok(lines.some((line) => / webhook +payment\.captured +applied /.test(line)));
  });

  it('gives scripts what the API answered', async () => {
    const id = await givenPaidOrder();
    assert.deepEqual(JSON.parse(await succeeds('show', id, '--json')), await readOrder(shop, id));
  });

  it('says which order is not there', async () => {
    await isRefused('order_not_found', 'show', newOrderId());
  });
});

describe('payonce, acting', function () {
  this.timeout(120_000);

  it('cancels an order, and refuses to cancel a paid one', async () => {
    const { id } = await givenPendingOrder(shop);
    assert.match(await succeeds('cancel', id, '--reason', 'asked for'), / {2}cancelled {2}/);
    await isRefused('order_already_paid', 'cancel', await givenPaidOrder());
  });

  it('does nothing where the order is no longer as it was seen', async () => {
    const { id } = await givenPendingOrder(shop);
    const { version } = await readOrder(shop, id);
    const cancel = ['cancel', id, '--order-version'];
    await isRefused('order_changed', ...cancel, String(version + 1));
    assert.match(await succeeds(...cancel, String(version)), / {2}cancelled {2}/);
  });

  it('refunds once under one key, and no more than is left', async () => {
    const id = await givenPaidOrder();
    // Of this order alone: a key that was used for another one is refused.
    const key = `refund-of-${id}`;
    const command = ['refund', id, '--amount', '1000', '--key', key];
    assert.match(await succeeds(...command), /^refund \S+: 10\.00 INR, /);
    await succeeds(...command);
    const order = await untilOrder(shop, id, (one) => one.amountRefunded > 0, 'refunded');
    assert.deepEqual([order.amountRefunded, order.refunds.length], [1000, 1]);
    // The largest amount that an order may have is one that can be asked for.
    for (const amount of [String(AMOUNT), '999999999999'])
      await isRefused(
        'refund_exceeds_captured',
        'refund',
        id,
        '--amount',
        amount,
        '--key',
        `${key}-${amount}`,
      );
  });

  it('decides a review, and refuses the other decision afterwards', async () => {
    const { id } = await givenOrderInReview();
    await succeeds('review', id, 'rev_1', 'approve', '--note', 'the customer wants it after all');
    await untilSettled(shop, id, 'paid');
    const reject = ['review', id, 'rev_1', 'reject', '--note', 'no'];
    await isRefused('review_already_decided', ...reject);
    await isRefused('review_not_found', 'review', id, 'rev_9', 'reject', '--note', 'no');
  });

  it('refuses to decide on what has changed since it was seen', async () => {
    const { id, reviews } = await givenOrderInReview();
    const seen = String((reviews[0]?.version ?? 0) + 1);
    await isRefused(
      'review_stale',
      'review',
      id,
      'rev_1',
      'approve',
      '--note',
      'x',
      '--seen',
      seen,
    );
  });

  it('retries an effect that was refused, once its cause is gone', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    stack.crm.answerWith(id, 422);
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    const isFailed = ({ effects }: OrderView) => effects.some(({ status }) => status === 'failed');
    const { effects } = await untilOrder(shop, id, isFailed, 'refused by the CRM');
    const key = effects.find(({ status }) => status === 'failed')?.key ?? '';
    assert.match(
      await succeeds('effects', '--status', 'failed', '--limit', '200'),
      new RegExp(`${key} +${id} +failed +1 +– +http_422`),
    );
    assert.match(await succeeds('show', id), new RegExp(`payonce retry ${id} ${key}`));
    stack.crm.answerWith(id, null);
    await succeeds('retry', id, key, '--note', 'the CRM takes it again');
    assert.match(await succeeds('show', id), /retry +applied .*the CRM takes it again/);
    await untilSettled(shop, id, 'paid');
    await isRefused('effect_not_failed', 'retry', id, key);
  });

  it('delivers a parked event again once its order is there', async () => {
    const orderId = newOrderId();
    const data = { orderId, paymentId: `sbx_pay_${orderId}`, amount: AMOUNT };
    await deliverTo(shop, signedEvent('payment.pending', data));
    const { events } = JSON.parse(await succeeds('parked', '--limit', '200', '--json'));
    const { id } = events.find((event: { orderId: string }) => event.orderId === orderId);
    assert.match(
      await succeeds('parked'),
      new RegExp(
        `${id} +sandbox +event_orphaned +${orderId} +payment.pending +sbx_pay_${orderId} +.*49.99 +parked`,
      ),
    );
    await isRefused('parked_event_not_deliverable', 'redeliver', id);
    await givenOrder(shop, { id: orderId });
    assert.match(await succeeds('redeliver', id, '--note', 'it is there now'), /delivered/);
    await isRefused('parked_event_decided', 'close', id, '--note', 'no use');
    await isRefused('parked_event_decided', 'attach', id);
  });

  it('attaches a payment that another installation made, or closes it with a note', async () => {
    const place = await placeAt('sandbox');
    const foreign = { maker: 'another installation' } as const;
    const parked = async (): Promise<{ orderId: string; id: string; paymentId: string }> => {
      const orderId = await place.order();
      const paymentId = await place.captureStrange(orderId, foreign);
      const found = async () => {
        const { events } = JSON.parse(await succeeds('parked', '--limit', '200', '--json'));
        return events.find((event: { orderId: string }) => event.orderId === orderId);
      };
      await pWaitFor(async () => (await found()) !== undefined);
      return { orderId, paymentId, id: (await found()).id };
    };
    const [attached, closed] = [await parked(), await parked()];
    assert.match(await succeeds('attach', attached.id, '--note', 'the old shop'), /paid/);
    await untilSettled(shop, attached.orderId, 'paid');
    assert.match(await succeeds('close', closed.id, '--note', 'of staging'), /closed/);
    await isRefused('parked_event_decided', 'attach', closed.id);
    const listed = await succeeds('parked', '--all', '--limit', '200');
    assert.match(listed, new RegExp(`${closed.paymentId} .*closed .*of staging`));
    assert.match(listed, new RegExp(`${attached.paymentId} .*attached .*the old shop`));
  });
});

describe('payonce, misused', () => {
  const misuses: [string, string[]][] = [
    ['an unknown command', ['charge', 'ord_1']],
    ['an order left out', ['show']],
    ['a refund without its key', ['refund', 'ord_1']],
    ['an amount beyond all', ['refund', 'ord_1', '--amount', '1000000000000', '--key', KEY]],
    ['an amount with decimals', ['refund', 'ord_1', '--amount', '49.99', '--key', KEY]],
    ['a decision that is none', ['review', 'ord_1', 'rev_1', 'maybe', '--note', 'x']],
    ['a state that is none', ['list', '--state', 'happy']],
  ];
  for (const [what, args] of misuses)
    it(`ends with 2 for ${what}, and points to the help`, async () => {
      const { code, err } = await payonce(args);
      assert.equal(code, 2);
      assert.match(err, /^error: .*--help/s);
    });

  it('ends with 0 when asked for help', async () => {
    const { code, out } = await payonce(['--help']);
    assert.equal(code, 0);
    assert.match(out, /redeliver/);
  });

  it('ends with 2 and what to set where no API is named and none runs here', async () => {
    const { code, err } = await payonce(['list'], { DATA_DIR: path.join(tmpdir(), 'no-payonce') });
    assert.equal(code, 2);
    assert.match(err, /set PAYONCE_URL and PAYONCE_API_KEY, or start one with npm start/);
  });

  it('sends the local stack’s key nowhere else', async () => {
    const env = { DATA_DIR: stack.dataDir, PAYONCE_URL: 'http://127.0.0.1:9' };
    const { code, err } = await payonce(['list'], env);
    assert.equal(code, 2);
    assert.match(err, /PAYONCE_API_KEY is missing/);
  });

  it('ends with 1 and what to check where nothing answers', async () => {
    const env = { PAYONCE_URL: 'http://127.0.0.1:9', PAYONCE_API_KEY: 'x' };
    const { code, err } = await payonce(['list'], env);
    assert.equal(code, 1);
    assert.match(err, /127\.0\.0\.1:9 does not answer \(.+\): check PAYONCE_URL/);
  });

  it('ends with 1 for a key that is not accepted', async () => {
    const env = { PAYONCE_URL: stack.apiUrl, PAYONCE_API_KEY: 'wrong' };
    const { code, err } = await payonce(['list'], env);
    assert.equal(code, 1);
    assert.match(err, /credentials_invalid/);
  });

  it('ends with 1 for a key that has expired, and says which, when, and what to do', async () => {
    const secret = 'e'.repeat(32);
    const keys = `ops:anna:${secret} until 2026-11-30T10:00:00Z`;
    const api = await startBeside('server', { API_KEYS: keys });
    try {
      const env = { PAYONCE_URL: api.apiUrl, PAYONCE_API_KEY: secret };
      const { code, err } = await payonce(['list'], env);
      assert.equal(code, 1);
      assert.match(
        err,
        /^payonce: api_key_expired: The API key anna expired at 2026-11-30T10:00:00\.000Z\. Send the key that replaces it/,
      );
      // One that is left in the list says whose callers have not moved yet.
      const marked = /"key_id":"[0-9a-f]{16}".*"security_event":"auth_failed"/;
      await pWaitFor(() => marked.test(api.log()), { timeout: 20_000 });
    } finally {
      await api.stop();
    }
  });
});

describe('payonce as a program', function () {
  this.timeout(60_000);

  it('finds the stack of this data directory, from any folder', async () => {
    const id = await givenOrder(shop);
    const { stdout, exitCode } = await execa(BIN, ['show', id], {
      cwd: tmpdir(),
      env: { PATH: process.env.PATH ?? '', DATA_DIR: stack.dataDir },
      extendEnv: false,
    });
    assert.equal(exitCode, 0);
    assert.match(stdout, new RegExp(`^${id}  initiated`));
  });
});
