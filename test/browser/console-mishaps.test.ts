/** The console when something is in the way: a lost answer, an API that is gone, a key that ended, odd amounts. */
import assert from 'node:assert/strict';
import type { Page, Request } from 'playwright-core';
import { consoleInBrowser, SKIPPED } from '../support/console-browser.ts';
import { type Beside, startBeside } from '../support/extra-processes.ts';
import { placeAt } from '../support/place.ts';
import {
  AMOUNT,
  givenOrder,
  givenPendingOrder,
  readOrder,
  type Shop,
  untilOrder,
  untilSettled,
  withFaults,
} from '../support/shop.ts';
import type { SharedStack } from '../support/stack.ts';

const WAIT = { prefer: 'wait=30' };

describe(`the console when something is in the way${SKIPPED}`, function () {
  this.timeout(180_000);
  let page: Page;
  let stack: SharedStack;
  let shop: Shop;

  const browser = consoleInBrowser();
  const { openOrder } = browser;
  beforeEach(() => {
    ({ page, stack, shop } = browser);
  });

  const dialog = () => page.getByRole('dialog');
  const deed = (name: string) => page.getByRole('button', { name, exact: true });
  const send = (name: string) => dialog().getByRole('button', { name, exact: true }).click();
  const refusal = (text: string | RegExp) => dialog().getByRole('alert').getByText(text);

  async function paidOrder(): Promise<string> {
    return (await (await placeAt('sandbox')).paidOrder()).id;
  }

  /** Nothing is in the way any more: what is sent again is answered, and there is one refund. */
  async function assertSentAgainIsOne(id: string): Promise<void> {
    await send('Refund');
    await dialog().waitFor({ state: 'hidden' });
    assert.deepEqual(
      (await readOrder(shop, id)).refunds.map(({ amount }) => amount),
      [1000],
    );
  }

  // As in openfoodnetwork#6330, with an answer that is lost in place of a double click.
  it('refunds once where the answer was lost and the same is sent again', async () => {
    const id = await paidOrder();
    await openOrder(id);
    await deed('Refund').click();
    await dialog().getByLabel('Amount in minor units').fill('1000');
    let lost = 0;
    // It reaches the API, and its answer does not come back.
    await page.route('**/refunds', async (route) => {
      await route.fetch();
      lost += 1;
      await route.abort();
    });
    await send('Refund');
    await refusal('does nothing twice').waitFor();
    assert.ok(lost > 0);
    await page.unroute('**/refunds');
    await assertSentAgainIsOne(id);
  });

  // Neither answer says what became of what was lost: another key would be another refund.
  it('refunds once where what is sent again still runs, or finds nobody signed in any more', async () => {
    const id = await paidOrder();
    await openOrder(id);
    await deed('Refund').click();
    await dialog().getByLabel('Amount in minor units').fill('1000');
    await page.route('**/refunds', async (route) => {
      await route.fetch();
      await route.abort();
    });
    await send('Refund');
    await refusal('does nothing twice').waitFor();
    await page.unroute('**/refunds');
    for (const [status, code] of [
      [409, 'idempotency_in_progress'],
      [401, 'credentials_expired'],
    ] as const) {
      const json = { code, detail: `It is ${code}.` };
      await page.route('**/refunds', (route) => route.fulfill({ status, json }));
      await send('Refund');
      await refusal(json.detail).waitFor();
      await page.unroute('**/refunds');
    }
    await assertSentAgainIsOne(id);
  });

  it('makes a second refund of the same amount once the first is answered', async () => {
    const id = await paidOrder();
    await openOrder(id);
    for (let count = 1; count <= 2; count += 1) {
      await deed('Refund').click();
      await dialog().getByLabel('Amount in minor units').fill('1000');
      await send('Refund');
      await dialog().waitFor({ state: 'hidden' });
    }
    assert.equal((await readOrder(shop, id)).refunds.length, 2);
  });

  // vendurehq/vendure#3611: a page over plain HTTP from another machine has no crypto.randomUUID.
  it('changes an order also where the page came over plain HTTP', async () => {
    await page.addInitScript('delete Crypto.prototype.randomUUID');
    const id = await givenOrder(shop);
    await openOrder(id);
    await deed('Cancel').click();
    await send('Cancel');
    await dialog().waitFor({ state: 'hidden' });
    await untilOrder(shop, id, ({ state }) => state === 'cancelled', 'cancelled');
  });

  describe('at an API that stops, and comes back with other keys', () => {
    const SUPPORT = 's'.repeat(32);
    let api: Beside;
    let port = '';

    async function startWith(keys: string): Promise<void> {
      const env = { API_KEYS: keys, SUPPORT_REFUND_LIMITS: 'INR:1000' };
      api = await startBeside('server', port === '' ? env : { ...env, PORT: port });
      port = new URL(port === '' ? api.apiUrl : `http://127.0.0.1:${port}`).port;
    }

    afterEach(() => api.stop());

    // As in wilbowes/EchoMuse#359: a tab that asks for ever, and shows what was true when the session ended.
    it('says that what it shows may be old, catches up, and asks no more with a key that ended', async () => {
      await startWith(`support:anna:${SUPPORT}`);
      const { id, paymentId } = await givenPendingOrder(shop);
      await openOrder(id, SUPPORT, `http://127.0.0.1:${port}`);
      for (const name of ['Sync', 'Cancel', 'Record a payment by hand', 'Export what is known'])
        assert.equal(await deed(name).count(), 0, `support is shown ${name}`);

      await api.stop();
      await page.getByRole('alert').getByText('cannot be reached').waitFor();
      await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
      await untilSettled(shop, id, 'paid');
      await startWith(`support:anna:${SUPPORT}`);
      await page.getByRole('main').getByText('paid', { exact: true }).first().waitFor();
      await page.getByText('cannot be reached').waitFor({ state: 'hidden' });

      await api.stop();
      await startWith(`support:anna:${'t'.repeat(32)}`);
      await page.getByRole('alert').getByText('no longer takes your key').waitFor();
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByLabel('API key').fill(SUPPORT);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('alert').getByText('Send one of the configured API keys').waitFor();
      assert.deepEqual(
        asked.filter((url) => url.endsWith('/v1/changes')),
        [],
      );
    });

    // ecommerce#191 and richie#2158: a button that the server always refuses.
    it('offers a key with a limit to refund as much as the limit leaves, and then nothing', async () => {
      await startWith(`support:anna:${SUPPORT}`);
      const id = await paidOrder();
      await openOrder(id, SUPPORT, `http://127.0.0.1:${port}`);
      await deed('Refund').click();
      await dialog().getByText('10.00 INR, the most that you may still give back').waitFor();
      await send('Refund');
      await dialog().waitFor({ state: 'hidden' });
      await deed('Refund').waitFor({ state: 'hidden' });
      assert.deepEqual(
        (await readOrder(shop, id)).refunds.map(({ amount }) => amount),
        [1000],
      );
    });

    it('says when a key ends, that it has ended, and why nobody is signed in any more', async () => {
      const soon = new Date(Date.now() + 10 * 24 * 3_600_000).toISOString();
      await startWith(`support:anna:${SUPPORT} until ${soon}`);
      await openOrder(await givenOrder(shop), SUPPORT, `http://127.0.0.1:${port}`);
      await page.getByText('Your key ends').waitFor();
      await api.stop();
      await startWith(`support:anna:${SUPPORT} revoked 2026-11-30T10:00:00Z`);
      // The frame says it, and so does whatever was just being read.
      const alert = page
        .getByRole('alert')
        .getByText('API key anna was revoked at 2026-11-30T10')
        .first();
      await alert.waitFor();
      await page.reload();
      await page.getByLabel('API key').waitFor();
      await alert.waitFor();
    });
  });

  it('does not say that there is no such order where it could not ask', async () => {
    const id = await givenOrder(shop);
    await openOrder(id);
    await page.getByRole('link', { name: 'Orders', exact: true }).click();
    // A proxy in front of an API that is gone.
    await page.route('**/v1/orders**', (route) =>
      route.fulfill({ status: 502, body: 'Bad gateway' }),
    );
    await page.getByLabel('Find').fill(id);
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByRole('alert').getByText('could not be read').waitFor();
    assert.equal(await page.getByText('No such orders').count(), 0);
  });

  it('keeps the filters of a list that goes on', async () => {
    const description = { description: 'one of two' };
    const ids = [await givenOrder(shop, description), await givenOrder(shop, description)];
    await openOrder(String(ids[0]));
    await page.route('**/v1/orders?limit=50&*', (route) =>
      route.continue({ url: route.request().url().replace('limit=50', 'limit=1') }),
    );
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`${stack.apiUrl}/console/orders?state=initiated`);
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('link', { name: /^ord_/ }).nth(1).waitFor();
    const lists = asked.filter((url) => url.includes('/v1/orders?limit='));
    assert.ok(lists.some((url) => url.includes('cursor=')));
    assert.ok(lists.every((url) => url.includes('state=initiated')));
  });

  it('shows the next page also where an order changes while it is read', async () => {
    const description = { description: 'one of two' };
    const ids = [await givenOrder(shop, description), await givenOrder(shop, description)];
    await openOrder(String(ids[0]));
    await page.route('**/v1/orders?limit=50*', async (route) => {
      const url = route.request().url().replace('limit=50', 'limit=1');
      if (url.includes('cursor=')) {
        await shop.call('POST', `/v1/orders/${ids[1]}/verify`, {}, WAIT);
        // A list that is read again meanwhile would be asked for within a moment.
        const again = (request: Request) => request.url().endsWith('/v1/orders?limit=50');
        await page.waitForRequest(again, { timeout: 3_000 }).catch(() => {});
      }
      await route.continue({ url });
    });
    await page.goto(`${stack.apiUrl}/console/orders`);
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('link', { name: /^ord_/ }).nth(1).waitFor();
  });

  it('finds one thing whatever its state, and shows no filters that would do nothing', async () => {
    const id = await givenOrder(shop);
    await openOrder(id);
    await page.goto(`${stack.apiUrl}/console/orders?state=paid&q=${id}`);
    await page.getByRole('link', { name: id }).waitFor();
    assert.equal(await page.getByLabel('State').count(), 0);
  });

  it('decides on the version that was read, also when the review changes meanwhile', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    await shop.call('POST', `/v1/orders/${id}/cancel`, {}, WAIT);
    await untilSettled(shop, id, 'cancelled');
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    await untilOrder(shop, id, ({ reviews }) => reviews.length > 0, 'in review');
    await openOrder(id);
    await deed('Approve').click();
    await dialog().getByLabel('Why').fill('one payment, it is fine');
    const [first] = (await readOrder(shop, id)).reviews;
    // More money comes, which changes what is decided about.
    const cash = { method: 'cash', reference: 'till-9', amount: AMOUNT, receivedOn: '2026-01-26' };
    await shop.call('POST', `/v1/orders/${id}/manual-payments`, cash, WAIT);
    const [second] = (await readOrder(shop, id)).reviews;
    assert.notEqual(first?.version, second?.version);
    await page.getByText(`manual:${cash.reference}`).first().waitFor();
    await send('Approve');
    await refusal(/changed|again/i).waitFor();
    assert.equal((await readOrder(shop, id)).reviews[0]?.status, 'open');
  });

  it('does nothing to an order that has changed since it was looked at, says so, and does it once it is read again', async () => {
    const { id } = await givenPendingOrder(shop);
    await openOrder(id);
    const { version } = await readOrder(shop, id);
    await deed('Grant access').click();
    await dialog().getByText(`You decide on version ${version} of the order.`).waitFor();
    await dialog().getByLabel('Why').fill('goodwill');
    await shop.call('POST', `/v1/orders/${id}/cancel`, {}, WAIT);
    await untilSettled(shop, id, 'cancelled');
    await send('Grant access');
    await refusal(/no longer at the version/).waitFor();
    assert.notEqual((await readOrder(shop, id)).access.status, 'granted');
    await dialog().getByRole('button', { name: 'Leave it' }).click();
    await deed('Grant access').click();
    await dialog().getByLabel('Why').fill('goodwill');
    await send('Grant access');
    await dialog().waitFor({ state: 'hidden' });
    assert.equal((await readOrder(shop, id)).access.status, 'granted');
  });

  // artifact-keeper-web#670 and samvera/hyrax#4988: a queue that is cut, and looks whole.
  it('says that there are more where a list is cut', async () => {
    const customer = { id: `cus_${Date.now()}` };
    const id = await givenOrder(shop, { customer });
    await givenOrder(shop, { customer });
    await openOrder(id);
    // As if a page were full with one order.
    await page.route('**/v1/orders?limit=50&customer=*', (route) =>
      route.continue({ url: route.request().url().replace('limit=50', 'limit=1') }),
    );
    await page.goto(`${stack.apiUrl}/console/orders?q=${customer.id}`);
    await page.getByRole('status').getByText('There are more').waitFor();
  });

  it('does not say that no effect waits where not all that wait were looked at', async () => {
    const none = { count: 0, hasMore: false };
    const json = {
      ...{ orders: none, disputes: none, openDisputes: none, parkedEvents: none },
      openDifferences: none,
      reviews: { count: 1000, hasMore: true },
      stuckEffects: { count: 0, hasMore: true },
    };
    await page.route('**/v1/overview/lists', (route) => route.fulfill({ json }));
    await browser.open('/effects');
    for (const place of [page.getByRole('navigation', { name: 'Pages' }), page.getByRole('main')])
      await place.getByText('not all counted', { exact: true }).waitFor();
  });

  // balanced-dashboard#1630 and angelleye/paypal-woocommerce#897: which refund it was, and why it failed, is nowhere.
  it('shows why the gateway refused a refund', async () => {
    const { gateway, paidOrder, refund } = await placeAt('sandbox');
    const { id, paymentId } = await paidOrder();
    await withFaults(shop, { webhooks: { drop: 1 } }, async () => {
      await gateway.refund(paymentId, 1000);
      assert.equal((await refund(id)).status, 422);
    });
    const refused = (await readOrder(shop, id)).refunds.find(({ status }) => status === 'refused');
    await openOrder(id);
    await page.getByRole('cell', { name: `refused: ${refused?.refusal}` }).waitFor();
  });

  it('shows under which id money went back', async () => {
    const id = await givenOrder(shop);
    const cash = { method: 'cash', amount: AMOUNT };
    const received = { ...cash, reference: 'till-1', receivedOn: '2026-01-26' };
    await shop.call('POST', `/v1/orders/${id}/manual-payments`, received, WAIT);
    const returned = { ...cash, reference: 'till-2', returnedOn: '2026-01-27' };
    await shop.call('POST', `/v1/orders/${id}/manual-refunds`, returned, WAIT);
    await openOrder(id);
    await page.getByText('refund manual:till-2').waitFor();
  });

  // Automattic/wp-calypso#21665: a button for a refund that the gateway cannot make.
  it('offers no refund through the gateway of what was received in cash', async () => {
    const id = await givenOrder(shop);
    const cash = { method: 'cash', reference: 'till-1', amount: AMOUNT, receivedOn: '2026-01-26' };
    await shop.call('POST', `/v1/orders/${id}/manual-payments`, cash, WAIT);
    await openOrder(id);
    await deed('Record a refund by hand').waitFor();
    assert.equal(await deed('Refund').count(), 0);
  });

  it('captures a part of what is authorized, and voids the rest', async () => {
    const { id, paymentId } = await givenPendingOrder(shop, { capture: 'manual' });
    await shop.gateway('POST', `/payments/${paymentId}/authorize`, {});
    await untilOrder(shop, id, (order) => order.amountAuthorized === AMOUNT, 'authorized');
    await openOrder(id);
    await deed('Capture').click();
    await dialog().getByText('all of it (49.99 INR)').waitFor();
    await dialog().getByLabel('Amount in minor units').fill('2000');
    await send('Capture');
    await dialog().waitFor({ state: 'hidden' });
    const { version } = await untilOrder(
      shop,
      id,
      (order) => order.amountPaid === 2000,
      'captured',
    );
    await page.getByText(`Version ${version},`).waitFor();
    await deed('Void').click();
    await dialog().getByText('lets go of what is authorized (29.99 INR)').waitFor();
    await send('Void');
    await dialog().waitFor({ state: 'hidden' });
    const { amountPaid, amountAuthorized } = await readOrder(shop, id);
    assert.deepEqual([amountPaid, amountAuthorized], [2000, 0]);
    assert.equal(await deed('Capture').count(), 0);
  });

  // saleor-dashboard#4493: what is promised to a refund under way is offered once more.
  it('offers to refund what is not on its way back already', async () => {
    const { id, paymentId } = await (await placeAt('sandbox')).paidOrder();
    await shop.gateway('POST', `/payments/${paymentId}/refunds`, {
      amount: 999,
      status: 'pending',
    });
    await untilOrder(shop, id, ({ refunds }) => refunds.length > 0, 'told of the refund');
    await openOrder(id);
    await deed('Refund').click();
    await dialog().getByText('all that is left (40.00 INR)').waitFor();
    await send('Refund');
    await dialog().waitFor({ state: 'hidden' });
    const { refunds } = await readOrder(shop, id);
    assert.deepEqual(new Set(refunds.map(({ amount }) => amount)), new Set([999, 4000]));
  });

  // antiwork/gumroad#3749 and stripe-sfcc-b2c-connector#31: amounts in the wrong unit.
  it('says in full what an amount in minor units comes to, in yen, dinars and rupees', async () => {
    for (const [currency, shown] of [
      ['JPY', '5,800 JPY'],
      ['KWD', '5.800 KWD'],
      ['INR', '58.00 INR'],
    ] as const) {
      const id = await givenOrder(shop, { currency, amount: 5_800 });
      await openOrder(id);
      await deed('Record a payment by hand').click();
      await dialog().getByLabel('Amount in minor units').fill('5800');
      await dialog().getByText(`This is ${shown}`).waitFor();
      await page.getByRole('button', { name: 'Sign out', includeHidden: true }).waitFor();
      await page.evaluate(() => sessionStorage.clear());
    }
  });

  it('shows what is wrong with a time that is none, and sends it nowhere', async () => {
    const id = await givenOrder(shop);
    await openOrder(id);
    await deed('Give more time').click();
    await dialog().getByLabel('To be paid until').fill('20266-01-31T12:00');
    await send('Give more time');
    await refusal(/expiresAt/).waitFor();
  });
});
