/** The console in a real browser, against the running stack: what support does in it, and what it refuses. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import type { OrderView } from '../../src/domain/view.ts';
import { openDatabase } from '../../src/store/database.ts';
import { parkEvent } from '../../src/store/parked-events.ts';
import { consoleInBrowser, SKIPPED } from '../support/console-browser.ts';
import { givenEvents } from '../support/given-events.ts';
import { clerkOf } from '../support/operator-client.ts';
import { placeAt } from '../support/place.ts';
import { paidWhileCrmAnswers } from '../support/scenarios/outages.ts';
import {
  AMOUNT,
  CURRENCY,
  givenOrder,
  givenPendingOrder,
  newOrderId,
  orderBody,
  readOrder,
  type Shop,
  untilOrder,
  untilSettled,
} from '../support/shop.ts';
import type { SharedStack } from '../support/stack.ts';
import { deliverTo, signedEvent } from '../support/webhooks.ts';

/** Every page but an order's own. */
const PAGES = [
  '',
  '/orders',
  '/reviews',
  '/parked',
  '/disputes',
  '/effects',
  '/settlements',
  '/no-such-page',
];

describe(`the console in a browser${SKIPPED}`, function () {
  this.timeout(180_000);
  let page: Page;
  let stack: SharedStack;
  let shop: Shop;

  const browser = consoleInBrowser({ viewport: { width: 1440, height: 900 } }, noteComplaints);
  const { open, openOrder } = browser;
  beforeEach(() => {
    ({ page, stack, shop } = browser);
  });

  /** Fills in a deed's form and sends it. */
  async function act(name: string, fields: Record<string, string>): Promise<void> {
    await page.getByRole('button', { name, exact: true }).first().click();
    const dialog = page.getByRole('dialog');
    for (const [label, value] of Object.entries(fields)) await dialog.getByLabel(label).fill(value);
    await dialog.getByRole('button', { name, exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
  }

  const state = (name: string) => page.getByRole('main').getByText(name, { exact: true }).first();

  /** All of it is there: a page may have its title before it has anything else. */
  async function goTo(path: string): Promise<void> {
    await page.goto(`${stack.apiUrl}/console${path}`);
    await page.getByRole('heading', { level: 2 }).first().waitFor();
    await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'hidden' });
  }

  async function givenReview(): Promise<{ id: string; paymentId: string }> {
    const order = await givenPendingOrder(shop);
    await shop.call('POST', `/v1/orders/${order.id}/cancel`, {}, { prefer: 'wait=30' });
    await untilSettled(shop, order.id, 'cancelled');
    await shop.gateway('POST', `/payments/${order.paymentId}/capture`, {});
    const isInReview = ({ reviews }: { reviews: { status: string }[] }) =>
      reviews.some(({ status }) => status === 'open');
    await untilOrder(shop, order.id, isInReview, 'is in review');
    return order;
  }

  it('opens for no unknown key and for no key of a shop, and says why', async () => {
    await open('', 'x'.repeat(32));
    await page.getByRole('alert').getByText('Send one of the configured API keys').waitFor();
    await page.getByLabel('API key').fill(stack.keys.client);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('opens no console').waitFor();
  });

  it('finds an order by its id, its payment and its customer', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    await open('/orders');
    for (const words of [id, paymentId, `cus_${id}`]) {
      await page.getByLabel('Find').fill(words);
      await page.getByRole('button', { name: 'Find' }).click();
      await page.getByRole('link', { name: id }).waitFor();
    }
    await page.getByRole('link', { name: id }).click();
    await page.getByRole('heading', { name: id }).waitFor();
  });

  it('decides a review, after it has said what comes of that', async () => {
    const { id } = await givenReview();
    await open('/reviews');
    await page.getByRole('link', { name: id }).click();
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('dialog').getByText('The cancellation is lifted').waitFor();
    await page.getByRole('dialog').getByLabel('Why').fill('she wants it after all');
    await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await state('paid').waitFor();
    await page.getByText('she wants it after all').waitFor();
  });

  it('tells the second of two who decide at once that the other was first', async () => {
    const { id } = await givenReview();
    await openOrder(id);
    await page.getByRole('button', { name: 'Reject' }).click();
    const [review] = (await readOrder(shop, id)).reviews;
    const body = { decision: 'approve', version: review?.version, note: 'the colleague' };
    await shop.call('POST', `/v1/orders/${id}/reviews/${review?.id}`, body, { prefer: 'wait=30' });
    // The page has followed by itself, and has not taken away what is being written.
    await state('paid').waitFor();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Why').fill('refund it');
    await dialog.getByRole('button', { name: 'Reject' }).click();
    await dialog
      .getByRole('alert')
      .getByText(/has decided/)
      .waitFor();
    assert.equal((await readOrder(shop, id)).reviews[0]?.status, 'approved');
  });

  it('links to the run of an order in Temporal’s UI, where that is known', async () => {
    const temporalUiUrl = 'https://temporal.example/namespaces/default/workflows';
    await page.route('**/v1/key', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), temporalUiUrl } });
    });
    const id = await givenOrder(shop);
    await openOrder(id);
    const link = page.getByRole('link', { name: 'Run in Temporal' });
    assert.equal(await link.getAttribute('href'), `${temporalUiUrl}/${id}`);
    await page.unrouteAll();
  });

  it('follows what happens to the order by itself', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    await openOrder(id);
    await state('pending').waitFor();
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    await state('paid').waitFor();
    await page.getByText('payment.captured: applied').waitFor();
  });

  it('shows that a repeat changed nothing', async () => {
    const { id } = await (await placeAt('sandbox')).paidOrder();
    await shop.call('POST', `/v1/orders/${id}/verify`, {}, { prefer: 'wait=30' });
    await openOrder(id);
    await page.getByText('verify: duplicate').waitFor();
  });

  it('records cash, refunds a part, and gives more time', async () => {
    const paid = await givenOrder(shop);
    await openOrder(paid);
    await act('Give more time', { 'To be paid until': inDays(30) });
    await act('Record a payment by hand', {
      Reference: 'till-1',
      'Amount in minor units': String(AMOUNT),
      'Received on': '2026-01-26',
    });
    await state('paid').waitFor();
    await page.getByText('captured by cash on 2026-01-26').waitFor();
    await act('Record a refund by hand', {
      Reference: 'till-2',
      'Amount in minor units': '1000',
      'Given back on': '2026-01-27',
    });
    await page.getByText('by cash on 2026-01-27').waitFor();
  });

  it('revokes access and grants it again, and says what comes of it', async () => {
    const { id } = await clerkOf(shop).paidOrder();
    await openOrder(id);
    await page.getByRole('button', { name: 'Revoke access' }).click();
    await page.getByText('nothing gives it back but a person who grants it').waitFor();
    await page.getByRole('button', { name: 'Leave it' }).click();
    await act('Revoke access', { Why: 'abuse' });
    await page.getByText('access revoked by hand', { exact: true }).waitFor();
    await act('Grant access', { Why: 'a mistake' });
    await page.getByText('access granted', { exact: true }).waitFor();
  });

  it('sends a message that was delivered once more', async () => {
    const { id } = await clerkOf(shop).paidOrder();
    await openOrder(id);
    await act('Send again', { Why: 'it was lost' });
    await page.getByText(/is sent again/).waitFor();
  });

  it('lists a dispute with its deadline, which its order shows too', async () => {
    const { id, paymentId } = await clerkOf(shop).paidOrder();
    const respondBy = '2026-02-07T10:00:00.000Z';
    await shop.gateway('POST', `/payments/${paymentId}/dispute`, { respondBy });
    await untilOrder(shop, id, ({ disputes }) => disputes.length === 1, 'disputed');
    await open('/disputes');
    await page.getByRole('row').filter({ hasText: id }).getByText('opened').waitFor();
    await page.getByRole('link', { name: id }).click();
    await page.getByText(`opened, to be answered until ${respondBy}`).waitFor();
  });

  it('shows what was sold, line by line, with the discount and the tax of each rate', async () => {
    const mug = { description: 'Mug', quantity: 3, unitAmount: 2_000, taxRate: '19' };
    const lines = { lineItems: [mug], taxBehavior: 'inclusive', discount: 1_001 };
    await openOrder(await givenOrder(shop, { ...lines, amount: AMOUNT }));
    const row = (text: string) => page.getByRole('row').filter({ hasText: text });
    await row('Mug').getByText('3 × 20.00 INR').waitFor();
    await row('Discount').getByText('-10.01 INR').waitFor();
    await row('Tax, included').getByText('7.98 INR').waitFor();
  });

  it('corrects an e-mail address, and erases a customer of whom nothing is needed any more', async () => {
    const { id } = await (await placeAt('sandbox')).closedOrder();
    await openOrder(id);
    await act('Correct the e-mail address', {
      'E-mail address': 'ada@example.org',
      Why: 'mistyped',
    });
    await page.getByText('for ada@example.org').waitFor();
    await act('Erase the customer', { Why: 'ticket 17' });
    await page.getByText('Personal data erased').waitFor();
    assert.equal(await page.getByText('ada@example.org').count(), 0);
    assert.equal(await page.getByRole('button', { name: 'Correct the e-mail address' }).count(), 0);
  });

  it('lists an effect that was refused with its error, and runs it again', async () => {
    const { id } = await paidWhileCrmAnswers(await placeAt('sandbox'), 400);
    const isFailed = ({ effects }: { effects: { status: string }[] }) =>
      effects.some(({ status }) => status === 'failed');
    await untilOrder(shop, id, isFailed, 'has a failed effect');
    stack.crm.answerWith(id, null);
    await open('/effects');
    const effect = page.getByRole('article').filter({ hasText: id });
    await effect.getByText('Refused after 1 try: http_400').waitFor();
    await effect.getByRole('button', { name: 'Run again' }).click();
    await page.getByRole('dialog').locator('button[type=submit]').click();
    await effect.waitFor({ state: 'hidden' });
    await untilSettled(shop, id, 'paid');
  });

  it('says why an order does not get on: what its effect failed with, since when, and when it is tried again', async () => {
    const { id } = await paidWhileCrmAnswers(await placeAt('sandbox'), 503);
    const isTriedAgain = ({ effects }: OrderView) =>
      effects.some(({ status, error }) => status === 'pending' && error !== null);
    const areDone = ({ effects }: OrderView) => effects.every(({ status }) => status === 'done');
    await untilOrder(shop, id, isTriedAgain, 'has an effect that is tried again');
    await open('/effects');
    const effect = page.getByRole('article').filter({ hasText: id });
    await effect.getByText(/^Waits after \d+ (try|tries): the CRM answered 503 to/).waitFor();
    await effect.getByText(/^Failing since .+, tried again at .+/).waitFor();
    const { body } = await shop.call<{ waitingEffects: { name: string; count: number }[] }>(
      'GET',
      '/v1/overview/day',
    );
    const waiting = body.waitingEffects.find(({ name }) => name === 'update_crm');
    assert.ok((waiting?.count ?? 0) > 0);
    await goTo('');
    const plot = page.getByRole('figure').filter({ hasText: 'Effects that are tried again' });
    await plot.getByText('The figures').click();
    await plot.getByRole('row').filter({ hasText: 'update_crm' }).waitFor();
    await goTo(`/orders/${id}`);
    await page.getByRole('cell', { name: 'the CRM answered 503' }).waitFor();
    stack.crm.answerWith(id, null);
    await untilOrder(shop, id, areDone, 'has been told to the CRM');
  });

  it('shows all that happened, oldest first, however much it is', async () => {
    const id = await givenOrder(shop);
    await givenEvents(stack.databaseUrl, id, 250);
    await openOrder(id);
    const shown = page.getByText('payment.pending: stale');
    for (const reached of [100, 200, 250]) {
      await shown.nth(reached - 1).waitFor();
      assert.equal(await shown.count(), reached);
      if (reached < 250) await page.getByRole('button', { name: 'More', exact: true }).click();
    }
    const times = await page
      .locator('time[datetime]')
      .evaluateAll((all) => all.slice(-250).map((time) => time.getAttribute('datetime') ?? ''));
    assert.deepEqual(times, [...times].sort());
    assert.equal(await page.getByRole('button', { name: 'More', exact: true }).count(), 0);
  });

  it('shows what was refused, and changes nothing', async () => {
    const { id } = await (await placeAt('sandbox')).paidOrder();
    await openOrder(id);
    await page.getByRole('button', { name: 'Refund', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Amount in minor units').fill('999999');
    await dialog.getByRole('button', { name: 'Refund' }).click();
    await dialog.getByRole('alert').getByText('Ask for at most the captured amount').waitFor();
    await dialog.getByRole('button', { name: 'Leave it' }).click();
    assert.deepEqual((await readOrder(shop, id)).refunds, []);
  });

  it('delivers a parked event again once its order is there, and shows what was received', async () => {
    const id = newOrderId();
    const paymentId = `pay_${randomUUID().slice(0, 8)}`;
    await deliverTo(shop, signedEvent('payment.captured', { orderId: id, paymentId, amount: 1 }));
    await open('/parked');
    const event = page.getByRole('article').filter({ hasText: id });
    await event.getByRole('button', { name: 'Show what was received' }).click();
    await event.getByLabel('What was received').getByText(paymentId).waitFor();
    await event.getByRole('button', { name: 'Deliver again' }).click();
    const dialog = page.getByRole('dialog');
    const send = dialog.locator('button[type=submit]');
    await send.click();
    await dialog.getByRole('alert').getByText('does not exist yet').waitFor();
    await shop.call('POST', '/v1/orders', orderBody(id));
    await send.click();
    await dialog.waitFor({ state: 'hidden' });
    await event.waitFor({ state: 'hidden' });
    await page.getByLabel('Also those that are settled').check();
    await event.getByText('redelivered').waitFor();
  });

  it('finds orders by whatever is typed: an amount, a state, a day, or several at once', async () => {
    const amount = 100_000 + Math.floor(Math.random() * 800_000);
    const id = await givenOrder(shop, { amount });
    const today = (await readOrder(shop, id)).createdAt.slice(0, 10);
    await open('/orders');
    const together = `gateway:sandbox currency:${CURRENCY} amount:${amount} state:initiated createdFrom:${today}`;
    for (const words of [String(amount), together]) {
      await page.getByLabel('Find').fill(words);
      await page.getByRole('button', { name: 'Find' }).click();
      await page.getByRole('link', { name: id, exact: true }).waitFor();
      assert.equal(await page.getByRole('row').count(), 2, words);
    }
    const email = `anna+${amount}@example.org`;
    const customer = `crm:${amount}`;
    const known = await givenOrder(shop, { customer: { id: customer, email } });
    for (const words of [email, customer]) {
      await page.getByLabel('Find').fill(words);
      await page.getByRole('button', { name: 'Find' }).click();
      await page.getByRole('link', { name: known, exact: true }).waitFor();
    }
    for (const words of ['Initiated', today, 'sandbox', CURRENCY]) {
      await page.getByLabel('Find').fill(words);
      await page.getByRole('button', { name: 'Find' }).click();
      await page.getByRole('row').nth(1).waitFor();
    }
    await page.getByLabel('Find').fill('amount:much');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByRole('alert').getByText('minor units').waitFor();
  });

  it('closes a parked event with the reason', async () => {
    const paymentId = `pay_${randomUUID().slice(0, 8)}`;
    const database = openDatabase(stack.databaseUrl, null);
    try {
      await parkEvent(database, {
        gateway: 'sandbox',
        eventId: randomUUID(),
        reason: 'unknown_order',
        orderId: null,
        type: 'payment.captured',
        paymentId,
        amountMinor: 100,
        currency: 'INR',
        body: Buffer.from('{}'),
      } as never);
    } finally {
      await database.close();
    }
    await open('/parked');
    const event = page.getByRole('article').filter({ hasText: paymentId });
    await event.getByRole('button', { name: 'Close' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Why').fill('of the old shop');
    await dialog.locator('button[type=submit]').click();
    await page.getByText(paymentId).waitFor({ state: 'hidden' });
  });

  it('shows markup in what shops and customers wrote as text', async () => {
    const markup = '<img src=x onerror="document.title=1"><script>document.title=1</script>';
    const id = await givenOrder(shop, {
      description: `described: ${markup}`,
      customer: { id: 'cus_markup', name: `named: ${markup}` },
      metadata: { note: `noted: ${markup}` },
    });
    await openOrder(id);
    for (const place of ['described', 'named', 'noted'])
      await page.getByText(`${place}: <img src=x`).first().waitFor();
    assert.equal(await page.title(), 'Payonce console');
    assert.equal(await page.locator('img').count(), 0);
  });

  it('is shown in no frame, runs no inline script and sends no key by itself', async () => {
    const { headers } = await fetch(`${stack.apiUrl}/console/orders`);
    const policy = headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /script-src 'self'(;|$)/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.equal(headers.get('set-cookie'), null);
  });

  it('stays empty in the frame of another site', async () => {
    const site = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end(`<h1>Win a prize</h1><iframe src="${stack.apiUrl}/console/orders"></iframe>`);
    });
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    // Not the page of the suite, as the browser complains of what it does not show.
    const visited = await page.context().newPage();
    try {
      await visited.goto(`http://localhost:${(site.address() as AddressInfo).port}`);
      const [, frame] = visited.frames();
      await frame?.waitForLoadState();
      assert.match(frame?.url() ?? '', /^chrome-error:/);
      assert.equal(await frame?.getByLabel('API key').count(), 0);
    } finally {
      site.close();
      site.closeAllConnections();
    }
  });

  it('runs no script that somebody has got into the page', async () => {
    const visited = await page.context().newPage();
    await visited.goto(`${stack.apiUrl}/console`);
    await visited.getByLabel('API key').waitFor();
    await visited.evaluate(`{
      const script = document.createElement('script');
      script.textContent = 'document.title = "taken over"';
      document.body.append(script);
    }`);
    assert.equal(await visited.title(), 'Payonce console');
  });

  it('plots the last day, with the figures as tables', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    await untilSettled(shop, id, 'paid');
    await open('');
    const plot = page
      .getByRole('figure')
      .filter({ hasText: `Captured and refunded in ${CURRENCY}` });
    await plot.getByText('The figures').click();
    const captured = plot.getByRole('row').last().getByRole('cell').nth(1);
    await page.waitForFunction(
      (cell) => Number.parseFloat(cell?.textContent ?? '') > 0,
      await captured.elementHandle(),
    );
    assert.ok((await plot.locator('svg path, svg rect').count()) > 0);
    await page.getByRole('figure').filter({ hasText: 'Webhook lag' }).waitFor();
  });

  it('has nothing that axe finds wrong, on any page', async () => {
    const { id } = await givenReview();
    await page.goto(`${stack.apiUrl}/console`);
    await page.getByLabel('API key').waitFor();
    assert.deepEqual(await violations(page), [], 'signing in');
    await open('');
    await page.getByRole('figure').first().waitFor();
    for (const path of [...PAGES, `/orders/${id}`]) {
      await goTo(path);
      assert.deepEqual(await violations(page), [], path);
    }
    for (const name of ['Approve', 'Reject']) {
      await page.getByRole('button', { name }).click();
      await page.getByRole('dialog').getByLabel('Why').waitFor();
      assert.deepEqual(await violations(page), [], name);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
    }
  });

  it('fits on a telephone, and is usable by keyboard', async () => {
    const { id } = await givenReview();
    const assertFits = async (what: string): Promise<void> => {
      const overflow = 'document.documentElement.scrollWidth - window.innerWidth';
      assert.ok(Number(await page.evaluate(overflow)) <= 0, what);
    };
    await page.setViewportSize({ width: 375, height: 800 });
    await page.goto(`${stack.apiUrl}/console`);
    await page.getByLabel('API key').waitFor();
    await assertFits('signing in');
    await openOrder(id);
    for (const width of [375, 1440]) {
      await page.setViewportSize({ width, height: 800 });
      for (const path of [...PAGES, `/orders/${id}`]) {
        await goTo(path);
        await assertFits(`${path} at ${width} px`);
      }
      await page.getByRole('button', { name: 'Approve' }).click();
      await page.getByRole('dialog').getByLabel('Why').waitFor();
      await assertFits(`a dialog at ${width} px`);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
    }
    for (const width of [375, 800, 1100, 1440]) {
      await page.setViewportSize({ width, height: 800 });
      const menu = await page.getByRole('banner').boundingBox();
      const title = await page.getByRole('heading', { level: 2 }).boundingBox();
      assert.ok(menu && title && menu.y + menu.height <= title.y, `covered at ${width} px`);
    }
    await page.getByRole('button', { name: 'Approve' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  });
});

/** What the browser calls an error, and every request to anybody else. */
function noteComplaints(page: Page, found: string[], { apiUrl }: SharedStack): void {
  page.on('console', (line) => {
    // A refusal that the page shows is also a line of the browser's own.
    const isAnswer = line.text().startsWith('Failed to load resource');
    if (line.type() === 'error' && !isAnswer) found.push(line.text());
  });
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol !== 'data:' && host !== new URL(apiUrl).host) found.push(request.url());
  });
}

function inDays(days: number): string {
  return new Date(Date.now() + days * 24 * 3_600_000).toISOString().slice(0, 16);
}

/** The page's policy lets no script in; the test's own comes by the browser's debugging port. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = (await page.evaluate('axe.run()')) as {
    violations: { id: string; nodes: { target: unknown }[] }[];
  };
  return found.violations.map(
    ({ id, nodes }) => `${id}: ${JSON.stringify(nodes.map((n) => n.target))}`,
  );
}
