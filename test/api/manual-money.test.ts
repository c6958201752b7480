/** Money by hand, more time to pay, and orders over 0, on the running stack: what support asks and what comes of it. */
import assert from 'node:assert/strict';
import type { Order } from '../../src/api/orders/order-schemas.ts';
import { runCli } from '../../src/cli/run.ts';
import { trialBalance } from '../../src/store/effects/postings.ts';
import { WAIT } from '../support/operator-client.ts';
import { openPatiently } from '../support/patient-database.ts';
import { textOf } from '../support/pdf.ts';
import {
  AMOUNT,
  clientOf,
  givenOrder,
  givenPendingOrder,
  newOrderId,
  openShop,
  orderBody,
  type Problem,
  type Reply,
  readOrder,
  type Shop,
  untilOrder,
  untilSettled,
} from '../support/shop.ts';
import { type SharedStack, sharedStack } from '../support/stack.ts';

const CASH = { method: 'cash', reference: 'till-1', amount: AMOUNT, receivedOn: '2026-01-26' };
const BACK = {
  method: 'bank_transfer',
  reference: 'trf-1',
  amount: AMOUNT,
  returnedOn: '2026-01-27',
};

let stack: SharedStack;
let shop: Shop;

before(async function () {
  this.timeout(300_000);
  stack = await sharedStack();
  shop = await openShop();
});

type Answer = Reply<Order & Problem>;

function ask(id: string, path: string, body: object): Promise<Answer> {
  return shop.call('POST', `/v1/orders/${id}/${path}`, body, WAIT);
}

async function balancesOf(id: string): Promise<Record<string, number>> {
  const database = await openPatiently(stack.databaseUrl);
  try {
    const balances = await trialBalance(database, id);
    return Object.fromEntries(balances.map(({ account, balanceMinor }) => [account, balanceMinor]));
  } finally {
    await database.close();
  }
}

describe('an order that was paid in cash', function () {
  this.timeout(120_000);

  it('is paid, with access, an invoice and the bank in the books; the same reference again is the same money', async () => {
    const id = await givenOrder(shop);
    const replies = await Promise.all([1, 2, 3].map(() => ask(id, 'manual-payments', CASH)));
    for (const { status, body } of replies) {
      assert.equal(status, 200, JSON.stringify(body));
      assert.deepEqual([body.state, body.amountPaid], ['paid', AMOUNT]);
    }
    const order = await untilSettled(shop, id, 'paid');
    assert.deepEqual(
      order.payments.map(({ id: paymentId, status, manual }) => [paymentId, status, manual]),
      [
        [
          'manual:till-1',
          'captured',
          { reference: 'till-1', method: 'cash', receivedOn: '2026-01-26' },
        ],
      ],
    );
    assert.deepEqual(await balancesOf(id), { bank: AMOUNT, order_receipts: -AMOUNT });
    assert.equal((await shop.call('GET', `/v1/orders/${id}/invoice.pdf`)).status, 200);
    assert.deepEqual(
      order.effects.map(({ effect, status }) => `${effect} ${status}`),
      ['post_ledger done', 'grant_access done', 'issue_invoice done', 'update_crm done'],
    );
  });

  it('refuses another amount under the reference, and says what to do', async () => {
    const id = await givenOrder(shop);
    await ask(id, 'manual-payments', { ...CASH, amount: 1000 });
    const { status, body } = await ask(id, 'manual-payments', CASH);
    assert.deepEqual([status, body.code], [409, 'manual_reference_reused']);
    assert.match(body.detail, /Another amount is recorded/);
    assert.equal((await readOrder(shop, id)).amountPaid, 1000);
  });

  // As in mollie/WooCommerce#668: the customer had wired the money, and a month later the payment expired.
  it('stays paid when the payment at the gateway ends', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    await ask(id, 'manual-payments', CASH);
    await untilOrder(
      shop,
      id,
      ({ payments }) => payments.some((one) => one.id === paymentId && one.status === 'voided'),
      'voided the payment that was open',
    );
    assert.equal((await readOrder(shop, id)).state, 'paid');
  });

  it('is for a person when the gateway takes the money as well', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    await untilSettled(shop, id, 'paid');
    const { body } = await ask(id, 'manual-payments', CASH);
    assert.deepEqual(
      body.reviews.map(({ reason, status }) => [reason, status]),
      [['double_payment', 'open']],
    );
  });

  it('refuses what is no day, no method, no reference or no amount, and changes nothing', async () => {
    const id = await givenOrder(shop);
    for (const [change, pointer] of [
      [{ receivedOn: '26.01.2026' }, '/receivedOn'],
      [{ receivedOn: '2026-02-30' }, '/receivedOn'],
      [{ receivedOn: '2099-01-01' }, '/receivedOn'],
      [{ method: 'barter' }, '/method'],
      [{ reference: '' }, '/reference'],
      [{ reference: 'a b' }, '/reference'],
      [{ reference: 'r'.repeat(65) }, '/reference'],
      [{ amount: 0 }, '/amount'],
      [{ amount: 1.5 }, '/amount'],
    ] as const) {
      const reply = await shop.call<{ errors: { pointer: string }[] }>(
        'POST',
        `/v1/orders/${id}/manual-payments`,
        { ...CASH, ...change },
      );
      assert.equal(reply.status, 422, JSON.stringify(change));
      assert.deepEqual(
        reply.body.errors.map((one) => one.pointer),
        [pointer],
      );
    }
    assert.equal((await readOrder(shop, id)).version, 1);
  });

  it('is found by its reference in each order that one transfer paid', async () => {
    const reference = `trf-${newOrderId()}`;
    const ids = [await givenOrder(shop), await givenOrder(shop)];
    for (const id of ids) await ask(id, 'manual-payments', { ...CASH, reference });
    const path = `/v1/orders?paymentId=manual:${reference}`;
    const { body } = await shop.call<{ orders: Order[] }>('GET', path);
    assert.deepEqual(new Set(body.orders.map(({ id }) => id)), new Set(ids));
  });

  it('is recorded by keys of the scope ops alone', async () => {
    const id = await givenOrder(shop);
    const client = clientOf(stack.apiUrl, stack.keys.client);
    const { status } = await client
      .POST('/v1/orders/{id}/manual-payments', {
        params: { path: { id } },
        body: { ...CASH, method: 'cash' },
      })
      .then(({ response }) => response);
    assert.equal(status, 403);
  });
});

describe('the invoice of an order with money by hand', function () {
  this.timeout(120_000);

  async function invoiceOf(id: string): Promise<string> {
    const headers = { authorization: `Bearer ${stack.keys.ops}` };
    const reply = await fetch(`${stack.apiUrl}/v1/orders/${id}/invoice.pdf`, { headers });
    assert.equal(reply.status, 200);
    return textOf(Buffer.from(await reply.arrayBuffer()));
  }

  it('says that it was paid by bank transfer, and names no gateway', async () => {
    const id = await givenOrder(shop);
    await ask(id, 'manual-payments', { ...CASH, method: 'bank_transfer' });
    await untilSettled(shop, id, 'paid');
    const text = await invoiceOf(id);
    assert.match(text, /PAID BYbank transfer/);
    assert.doesNotMatch(text, /sandbox/);
  });

  it('names both ways where the gateway took a part', async () => {
    const id = await givenOrder(shop);
    await ask(id, 'manual-payments', { ...CASH, amount: 1000 });
    const paying = await shop.call<{ id: string }>('POST', `/v1/orders/${id}/payments`, {}, WAIT);
    await shop.gateway('POST', `/payments/${paying.body.id}/capture`, {});
    await untilSettled(shop, id, 'paid');
    assert.match(await invoiceOf(id), /PAID BYsandbox and cash/);
  });

  it('says of an order over 0 that it costs nothing, and by nobody that it was paid', async () => {
    const { id } = orderBody(newOrderId(), { amount: 0 }) as { id: string };
    await shop.call<Order>('POST', '/v1/orders', orderBody(id, { amount: 0 }), WAIT);
    await untilSettled(shop, id, 'paid');
    const text = await invoiceOf(id);
    assert.match(text, /0\.00 INR/);
    assert.doesNotMatch(text, /PAID BY/);
  });
});

describe('money that goes back by hand', function () {
  this.timeout(120_000);

  it('refunds what was received by hand, which no gateway can', async () => {
    const id = await givenOrder(shop);
    await ask(id, 'manual-payments', CASH);
    const key = { ...WAIT, 'idempotency-key': `refund-of-${id}` };
    const asked = await shop.call<Problem>('POST', `/v1/orders/${id}/refunds`, {}, key);
    assert.deepEqual([asked.status, asked.body.code], [409, 'refund_by_hand']);
    assert.match(asked.body.detail, /manual-refunds/);

    const { status, body } = await ask(id, 'manual-refunds', BACK);
    assert.deepEqual([status, body.state], [200, 'refunded']);
    assert.deepEqual(
      body.refunds.map(({ origin, manual }) => [origin, manual?.returnedOn]),
      [['manual', '2026-01-27']],
    );
    await untilSettled(shop, id, 'refunded');
    assert.deepEqual(await balancesOf(id), {
      bank: 0,
      order_receipts: -AMOUNT,
      refunds_paid: AMOUNT,
    });
    assert.equal((await ask(id, 'manual-refunds', BACK)).body.refunds.length, 1);
    assert.equal(
      (await shop.call('GET', `/v1/orders/${id}/refunds/manual:trf-1/credit-note.pdf`)).status,
      200,
    );
  });

  it('names the payment, where somebody says so, and refuses one that is not there', async () => {
    const id = await givenOrder(shop);
    await ask(id, 'manual-payments', CASH);
    const { status, body } = await ask(id, 'manual-refunds', { ...BACK, paymentId: 'pay_none' });
    assert.deepEqual([status, body.code], [409, 'payment_unknown']);
    const whole = { ...BACK, paymentId: 'manual:till-1' };
    assert.equal((await ask(id, 'manual-refunds', whole)).body.state, 'refunded');
  });
});

describe('more time to pay', function () {
  this.timeout(120_000);

  it('opens an expired order again, and its customer pays', async () => {
    const id = await givenOrder(shop, { expiresIn: 1 });
    await untilOrder(shop, id, ({ state }) => state === 'failed', 'expired');
    const closed = await shop.call<Problem>('POST', `/v1/orders/${id}/payments`, {}, WAIT);
    assert.equal(closed.body.code, 'order_closed');
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const { status, body } = await ask(id, 'expiry', { expiresAt, note: 'the bank was closed' });
    assert.deepEqual([status, body.state, body.expiresAt], [200, 'initiated', expiresAt]);
    assert.equal((await ask(id, 'expiry', { expiresAt })).status, 200);
    assert.equal((await shop.call('POST', `/v1/orders/${id}/payments`, {}, WAIT)).status, 201);
  });

  it('is refused where it is less, and where nothing is waited for', async () => {
    const id = await givenOrder(shop);
    const soon = new Date(Date.now() + 60_000).toISOString();
    const { status, body } = await ask(id, 'expiry', { expiresAt: soon });
    assert.deepEqual([status, body.code], [409, 'expiry_not_later']);
    const far = await ask(id, 'expiry', { expiresAt: '2099-01-01T00:00:00Z' });
    assert.equal(far.body.code, 'validation_failed');
    await ask(id, 'manual-payments', CASH);
    const later = new Date(Date.now() + 300 * 24 * 3_600_000).toISOString();
    assert.equal((await ask(id, 'expiry', { expiresAt: later })).body.code, 'order_already_paid');
  });
});

describe('an order over 0', function () {
  this.timeout(120_000);

  it('is paid at creation, with its effects, and asks no gateway', async () => {
    const body = orderBody(newOrderId(), { amount: 0 });
    const { id } = body as { id: string };
    const made = await shop.call<Order>('POST', '/v1/orders', body, WAIT);
    assert.deepEqual([made.status, made.body.state, made.body.payments], [201, 'paid', []]);
    const again = await shop.call<Order>('POST', '/v1/orders', body, WAIT);
    assert.deepEqual([again.status, again.body.state], [200, 'paid']);
    const order = await untilSettled(shop, id, 'paid');
    assert.deepEqual(
      order.effects.map(({ effect, status }) => `${effect} ${status}`),
      ['grant_access done', 'issue_invoice done', 'update_crm done'],
    );
    assert.equal((await shop.call('GET', `/v1/orders/${id}/invoice.pdf`)).status, 200);
    const pay = await shop.call<Problem>('POST', `/v1/orders/${id}/payments`, {}, WAIT);
    assert.equal(pay.body.code, 'order_already_paid');
    const known = await shop.gateway<{ payments: unknown[] }>('GET', `/payments?orderId=${id}`);
    assert.deepEqual(known.body.payments, []);
  });
});

describe('the command line', function () {
  this.timeout(120_000);

  async function payonce(...args: string[]): Promise<string> {
    const said: string[] = [];
    const env = { PAYONCE_URL: stack.apiUrl, PAYONCE_API_KEY: stack.keys.ops };
    const out = (text: string) => said.push(text);
    assert.equal(await runCli(args, { env, out, err: out }), 0, said.join('\n'));
    return said.join('\n');
  }

  it('records money in and out, and gives more time', async () => {
    const id = await givenOrder(shop);
    const expiresAt = new Date(Date.now() + 72 * 3_600_000).toISOString();
    assert.match(await payonce('extend', id, '--expires-at', expiresAt), new RegExp(expiresAt));
    const paid = ['--method', 'cheque', '--reference', 'no-7', '--amount', String(AMOUNT)];
    const received = await payonce('record-payment', id, ...paid, '--received-on', '2026-01-26');
    assert.match(received, /paid/);
    assert.match(received, /by cheque on 2026-01-26/);
    const back = ['--method', 'cash', '--reference', 'till-9', '--amount', '1000'];
    const returned = await payonce(
      'record-refund',
      id,
      ...back,
      '--returned-on',
      '2026-01-27',
      '--note',
      'a broken cup',
    );
    assert.match(returned, /10\.00/);
    assert.match(returned, /manual:till-9 +- +succeeded/);
    assert.match(await payonce('timeline', id), /a broken cup/);
  });
});
