/** Reports against the books, in the console in a real browser: what does not agree is found, decided, and gone. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { charge } from '../fakes/stripe/balance.ts';
import { stripeBehind } from '../fakes/stripe/driver.ts';
import type { FakeStripe } from '../fakes/stripe/fake-stripe.ts';
import { consoleInBrowser, SKIPPED } from '../support/console-browser.ts';
import { givenOwnOrder } from '../support/custom-terms.ts';
import { stripeReport } from '../support/settlement-files.ts';
import { AMOUNT, type Shop, untilSettled } from '../support/shop.ts';
import type { SharedStack } from '../support/stack.ts';

const RUPEES = (AMOUNT / 100).toFixed(2);
const WAIT = { prefer: 'wait=30' };
const DAY_MS = 86_400_000;

describe(`settlements in the console${SKIPPED}`, function () {
  this.timeout(180_000);
  let page: Page;
  let shop: Shop;
  let stack: SharedStack;
  let stripe: FakeStripe;

  const browser = consoleInBrowser();
  beforeEach(() => {
    ({ page, shop, stack } = browser);
    stripe = stripeBehind(stack.gateways.stripe);
  });

  afterEach(() => stripe?.balance.clear());

  const dialog = () => page.getByRole('dialog');
  const difference = (reference: string) =>
    page.getByRole('article').filter({ hasText: `${reference} at stripe` });

  async function paid(): Promise<string> {
    const id = await givenOwnOrder({ gateway: 'stripe' });
    const attempt = await shop.call<{ id: string }>('POST', `/v1/orders/${id}/payments`, {}, WAIT);
    stripe.account.confirm(attempt.body.id);
    await untilSettled(shop, id, 'paid');
    return attempt.body.id;
  }

  /** A report of one payment that is known, and one that no order knows. */
  async function importWithForeign(foreign: string): Promise<void> {
    const row = (paymentId: string) => ({
      balance_transaction_id: `txn_${paymentId}`,
      created_utc: new Date().toISOString().slice(0, 19).replace('T', ' '),
      ...{ currency: 'inr', gross: RUPEES, net: RUPEES, reporting_category: 'charge' },
      ...{ source_id: `ch_${paymentId}`, payment_intent_id: paymentId },
    });
    const response = await fetch(`${stack.apiUrl}/v1/settlements`, {
      method: 'POST',
      headers: { authorization: `Bearer ${stack.keys.ops}`, 'content-type': 'text/csv', ...WAIT },
      body: stripeReport([row(await paid()), row(foreign)]),
    });
    assert.equal(response.status, 201, await response.text());
  }

  it('show by themselves what a report has and no order knows, and keep who accepted it and why', async () => {
    const foreign = `pi_seen_${Date.now()}`;
    const streaming = page.waitForResponse('**/v1/changes');
    await browser.open('/settlements');
    await streaming;
    await importWithForeign(foreign);
    const found = difference(foreign);
    await found.getByText('Money that no order knows').waitFor({ timeout: 30_000 });
    await found.getByText(`the report has ${RUPEES} INR`).waitFor();
    await page.getByRole('region', { name: 'Months' }).getByText('stripe').first().waitFor();
    await found.getByRole('button', { name: 'Accept' }).click();
    await dialog().getByLabel('Why').fill('the other shop of this account');
    await dialog().getByRole('button', { name: 'Accept', exact: true }).click();
    await found.waitFor({ state: 'hidden' });
    await page.getByLabel('Also those that are settled').check();
    await found.getByText('decided: accept').waitFor();
    await found.getByText('the other shop of this account').waitFor();
  });

  it('have a day fetched from the gateway’s API, and say what came of it', async () => {
    const day = new Date(Date.now() - 211 * DAY_MS).toISOString().slice(0, 10);
    const paymentId = await paid();
    const source = { id: `ch_${day}`, object: 'charge', payment_intent: paymentId };
    const created = Date.parse(`${day}T12:00:00Z`) / 1_000;
    stripe.balance.move(charge(day, { amount: AMOUNT, currency: 'inr', created, source }));
    await browser.open('/settlements');
    await page.getByRole('button', { name: 'Fetch a day' }).click();
    await dialog().getByLabel('Gateway').fill('stripe');
    await dialog().getByLabel('Day').fill(day);
    await dialog().getByRole('button', { name: 'Fetch a day', exact: true }).click();
    await dialog().waitFor({ state: 'hidden' });
    const row = page.getByRole('row').filter({ hasText: day });
    await row.getByText('imported').waitFor();
  });
});
