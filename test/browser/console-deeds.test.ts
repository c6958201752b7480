/** What only some orders need, done in the console in a real browser: by mouse, and by keys alone. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import pWaitFor from 'p-wait-for';
import type { Locator, Page } from 'playwright-core';
import { consoleInBrowser, SKIPPED } from '../support/console-browser.ts';
import { type Place, placeAt } from '../support/place.ts';
import {
  AMOUNT,
  givenOrder,
  givenPendingOrder,
  readOrder,
  type Shop,
  untilOrder,
  untilSettled,
} from '../support/shop.ts';

const WAIT = { prefer: 'wait=30' };
const LACKING = 250;
/** More than any page of the console has between its top and what is looked for. */
const MOST_TABS = 60;

describe(`an order in the console${SKIPPED}`, function () {
  this.timeout(180_000);
  let page: Page;
  let shop: Shop;
  let place: Place;

  const browser = consoleInBrowser();
  const { open, openOrder } = browser;
  before(async () => {
    place = await placeAt('sandbox');
  });
  beforeEach(() => {
    ({ page, shop } = browser);
  });

  const dialog = () => page.getByRole('dialog');
  const deed = (name: string) => page.getByRole('button', { name, exact: true });
  const says = (text: string) => page.getByRole('main').getByText(text, { exact: true }).first();
  /** Beside the name of a page in the menu. */
  const countOf = async (name: string): Promise<number> => {
    const entry = page.getByRole('navigation', { name: 'Pages' }).getByText(name, { exact: true });
    const text = await entry.locator('xpath=ancestor::a/..').textContent();
    return Number(text?.replace(name, '').replace(',', '') || '0');
  };

  async function send(name: string): Promise<void> {
    await dialog().getByRole('button', { name, exact: true }).click();
    await dialog().waitFor({ state: 'hidden' });
  }

  async function givenReview(): Promise<string> {
    const { id, paymentId } = await givenPendingOrder(shop);
    await shop.call('POST', `/v1/orders/${id}/cancel`, {}, WAIT);
    await untilSettled(shop, id, 'cancelled');
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    const isInReview = ({ reviews }: { reviews: { status: string }[] }) =>
      reviews.some(({ status }) => status === 'open');
    await untilOrder(shop, id, isInReview, 'is in review');
    return id;
  }

  it('is paid once the rest is written off, which is named before', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    await shop.gateway('POST', `/payments/${paymentId}/capture`, { amount: AMOUNT - LACKING });
    await untilSettled(shop, id, 'partially_paid');
    await openOrder(id);
    await deed('Write off the rest').click();
    await dialog().getByText('You do without 2.50 INR').waitFor();
    await dialog().getByLabel('Why').fill('fee of a bank');
    await send('Write off the rest');
    await says('paid').waitFor();
    assert.equal((await readOrder(shop, id)).amountWrittenOff, LACKING);
    await deed('Write off the rest').waitFor({ state: 'hidden' });
  });

  it('has a payment of another installation attached, which pays it', async () => {
    const id = await place.order();
    await place.captureStrange(id, { maker: 'another installation' });
    await open('/parked');
    const event = page.getByRole('article').filter({ hasText: id });
    await event.getByText('foreign_payment').waitFor();
    await event.getByRole('button', { name: 'Attach', exact: true }).click();
    assert.equal(await dialog().getByLabel('Order').inputValue(), id);
    await dialog().getByLabel('Why').fill('of the old shop');
    await send('Attach');
    await event.waitFor({ state: 'hidden' });
    await untilSettled(shop, id, 'paid');
    await page.getByLabel('Also those that are settled').check();
    await event.getByText('attached').waitFor();
    await event.getByText('of the old shop').waitFor();
  });

  // As in Smartstore#1263: money that came another way could not be recorded once the order was cancelled.
  it('takes money by hand although it is cancelled, and says that a review asks what becomes of it', async () => {
    const id = await givenOrder(shop);
    await shop.call('POST', `/v1/orders/${id}/cancel`, {}, WAIT);
    await openOrder(id);
    assert.equal(await deed('Cancel').count(), 0);
    await deed('Record a payment by hand').click();
    await dialog().getByText('a review asks what becomes of it').waitFor();
    await dialog().getByLabel('Reference').fill('till-9');
    await dialog().getByLabel('Amount in minor units').fill(String(AMOUNT));
    await dialog().getByLabel('Received on').fill('2026-01-26');
    await send('Record a payment by hand');
    await deed('Approve').waitFor();
  });

  // As in wp-calypso#57181, which gave back only what stood before the comma.
  it('gives nothing back where an amount has a comma', async () => {
    const { id } = await place.paidOrder();
    await openOrder(id);
    await deed('Refund').click();
    await dialog().getByLabel('Amount in minor units').fill('1,000');
    await dialog().getByRole('button', { name: 'Refund', exact: true }).click();
    const field = dialog().getByLabel('Amount in minor units');
    assert.equal(await field.and(page.locator(':invalid')).count(), 1);
    assert.deepEqual((await readOrder(shop, id)).refunds, []);
  });

  it('hands out what is known of its customer as a file, with all orders of the customer', async () => {
    const customer = { id: `cus_${Date.now()}`, email: 'ada@example.org', name: '=1+1' };
    const ids = [await givenOrder(shop, { customer }), await givenOrder(shop, { customer })];
    // A page of one order has to be followed by the next one.
    await page.route('**/personal-data?limit=200*', (route) =>
      route.continue({ url: route.request().url().replace('limit=200', 'limit=1') }),
    );
    await openOrder(String(ids[0]));
    const saving = page.waitForEvent('download');
    await deed('Export what is known').click();
    const file = await saving;
    assert.equal(file.suggestedFilename(), `customer-${customer.id}.json`);
    const known = JSON.parse(await readFile(await file.path(), 'utf8'));
    assert.equal(known.customerId, customer.id);
    assert.deepEqual(known.orders.map((order: { id: string }) => order.id).sort(), ids.sort());
    assert.equal(known.orders[0].customer.email, 'ada@example.org');
  });

  // As in 108jobs-web-dev#101: the row left the list, and the number beside its name stayed.
  it('is counted beside the name of its list, until it is decided', async () => {
    const before = await givenReview();
    await open('/reviews');
    await page.getByRole('link', { name: before }).waitFor();
    await pWaitFor(async () => (await countOf('Reviews')) > 0);
    const id = await givenReview();
    await page.getByRole('link', { name: id }).waitFor();
    const shown = await page.getByRole('button', { name: 'Approve' }).count();
    assert.ok((await countOf('Reviews')) >= 2, `${shown} on the page`);
    const counted = await countOf('Reviews');
    await page.getByRole('link', { name: id }).click();
    await deed('Approve').click();
    await dialog().getByLabel('Why').fill('it is wanted');
    await send('Approve');
    await pWaitFor(async () => (await countOf('Reviews')) < counted, { timeout: 60_000 });
  });

  it('is shown among what is parked as soon as its event is, also where no order has changed', async () => {
    // The stream opens anew once a minute, after which all is read again: it shall have opened just now.
    const streaming = page.waitForResponse('**/v1/changes');
    await open('/parked');
    await streaming;
    const id = await place.order();
    const begun = Date.now();
    await place.captureStrange(id, { maker: 'another installation' });
    await page.getByRole('article').filter({ hasText: id }).waitFor({ timeout: 30_000 });
    assert.ok(Date.now() - begun < 30_000);
  });

  it('is counted among those that a search finds, and those of a filter', async () => {
    const customer = { id: `cus_${Date.now()}` };
    await givenOrder(shop, { customer });
    const second = await givenOrder(shop, { customer });
    await shop.call('POST', `/v1/orders/${second}/cancel`, {}, WAIT);
    await open(`/orders?customer=${customer.id}`);
    const found = (text: string) => page.getByRole('status').getByText(text, { exact: true });
    await found('2 found').waitFor();
    await page.getByLabel('State').selectOption('cancelled');
    await found('1 found').waitFor();
    await givenOrder(shop, { customer });
    await page.getByLabel('State').selectOption('');
    await found('3 found').waitFor();
  });

  describe('by keys alone', () => {
    const hasFocus = async (wanted: Locator): Promise<boolean> =>
      (await wanted.and(page.locator(':focus')).count()) === 1;

    /** Goes on by the key until that has the focus. */
    async function tabTo(
      name: string | RegExp,
      role: 'button' | 'link' | 'textbox',
    ): Promise<void> {
      const wanted = page.getByRole(role, { name, exact: true }).first();
      await wanted.waitFor();
      for (let tabs = 0; tabs < MOST_TABS; tabs += 1) {
        await page.keyboard.press('Tab');
        if (await hasFocus(wanted)) return;
      }
      assert.fail(`${role} ${name} is not reached by the key`);
    }

    it('is found, opened, and refunded in part, and the focus comes back to the button', async () => {
      const { id } = await place.paidOrder();
      await open('/orders');
      await page.getByRole('heading', { name: 'Orders' }).waitFor();
      await tabTo('Find', 'textbox');
      await page.keyboard.type(id);
      await page.keyboard.press('Enter');
      await page.waitForURL(`**/orders?q=${id}`);
      await page.getByRole('link', { name: id, exact: true }).waitFor();
      await tabTo(id, 'link');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: id }).waitFor();
      await tabTo('Refund', 'button');
      await page.keyboard.press('Enter');
      await dialog().waitFor();
      await tabTo(/^Amount in minor units/, 'textbox');
      await page.keyboard.type('1000');
      await tabTo('Why', 'textbox');
      await page.keyboard.type('one was broken');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await dialog().waitFor({ state: 'hidden' });
      await untilOrder(shop, id, ({ refunds }) => refunds.length === 1, 'refunded in part');
      const [refund] = (await readOrder(shop, id)).refunds;
      assert.deepEqual([refund?.amount, refund?.reason], [1000, 'one was broken']);
      assert.ok(await hasFocus(deed('Refund')));
    });

    it('is left as it is with Escape, and no key leaves an open dialog for what is behind it', async () => {
      const { id } = await place.paidOrder();
      await openOrder(id);
      await tabTo('Record a refund by hand', 'button');
      await page.keyboard.press('Enter');
      await dialog().waitFor();
      for (let tabs = 0; tabs < 12; tabs += 1) {
        await page.keyboard.press(tabs % 3 === 2 ? 'Shift+Tab' : 'Tab');
        assert.ok(await dialog().locator(':focus').count());
      }
      await page.keyboard.press('Escape');
      await dialog().waitFor({ state: 'hidden' });
      assert.deepEqual((await readOrder(shop, id)).refunds, []);
    });
  });
});
