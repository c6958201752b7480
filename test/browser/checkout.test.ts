/** The customer at the sandbox gateway's checkout page, in a real browser. */
import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { assertPaidOnce } from '../support/assert-paid-once.ts';
import { findChromium, NO_BROWSER, openBrowser } from '../support/browser.ts';
import { WAIT } from '../support/operator-client.ts';
import {
  givenPendingOrder,
  openShop,
  readOrder,
  type Shop,
  untilSettled,
} from '../support/shop.ts';

const skipped = findChromium() === null ? ` (skipped: ${NO_BROWSER})` : '';

describe(`a customer at the checkout page${skipped}`, function () {
  this.timeout(120_000);
  let shop: Shop;
  let browser: Browser;
  let page: Page;

  before(async function () {
    if (skipped) return this.skip();
    shop = await openShop();
    browser = await openBrowser();
  });

  beforeEach(async () => {
    page = await browser.newPage();
  });

  afterEach(() => page?.close());

  after(() => browser?.close());

  const open = async (id: string): Promise<void> => {
    const { payments } = await readOrder(shop, id);
    await page.goto(payments.at(-1)?.checkout?.url ?? '');
  };
  const click = (name: RegExp): Promise<void> => page.getByRole('button', { name }).click();
  const answer = async () => (await page.getByRole('status').textContent()) ?? '';

  it('pays, and the order becomes paid once', async () => {
    const { id } = await givenPendingOrder(shop);
    await open(id);
    await click(/^Pay/);
    assert.match(await answer(), /your payment was received/);
    await untilSettled(shop, id, 'paid');
    await assertPaidOnce(id);
  });

  it('pays once with two clicks in the same instant', async () => {
    const { id } = await givenPendingOrder(shop);
    await open(id);
    await page.getByRole('button', { name: /^Pay/ }).dblclick();
    assert.match(await answer(), /your payment was received/);
    await untilSettled(shop, id, 'paid');
    await assertPaidOnce(id);
  });

  it('finds no button to pay again after going back', async () => {
    const { id } = await givenPendingOrder(shop);
    await open(id);
    await click(/^Pay/);
    await answer();
    await page.goBack();
    await page.getByRole('status').waitFor();
    assert.equal(await page.getByRole('button').count(), 0);
  });

  it('declines, and pays with the second payment that the next pay click opens', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    await open(id);
    await click(/^Decline/);
    assert.match(await answer(), /declined and nothing was charged/);
    await untilSettled(shop, id, 'failed');
    const second = await shop.call<{ id: string }>('POST', `/v1/orders/${id}/payments`, {}, WAIT);
    assert.equal(second.status, 201);
    assert.notEqual(second.body.id, paymentId);
    await open(id);
    await click(/^Pay/);
    const order = await untilSettled(shop, id, 'paid');
    assert.deepEqual(
      order.payments.map(({ status }) => status),
      ['failed', 'captured'],
    );
  });

  it('leaves, and the order stays pending', async () => {
    const { id } = await givenPendingOrder(shop);
    await open(id);
    await click(/^Leave/);
    assert.match(await answer(), /left without paying/);
    // The gateway is asked too, so that nothing can be on its way.
    await shop.call('POST', `/v1/orders/${id}/verify`, {}, WAIT);
    assert.equal((await readOrder(shop, id)).state, 'pending');
  });

  it('is asked for money in colours that follow the system, dark or light', async () => {
    const { id } = await givenPendingOrder(shop);
    const backgrounds = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await open(id);
      const script = 'getComputedStyle(document.body).backgroundColor';
      backgrounds.push(await page.evaluate(script));
    }
    assert.notEqual(backgrounds[0], backgrounds[1]);
  });
});
