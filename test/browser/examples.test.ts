/** The example shop in front of the real stack: its server, and its pages in a real browser. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pWaitFor from 'p-wait-for';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { createShop } from '../../examples/checkout/app.ts';
import { offersOf } from '../../examples/checkout/offers.ts';
import { createPayonceClient } from '../../src/client/index.ts';
import { razorpayBehind } from '../fakes/razorpay/driver.ts';
import { KEY_ID, KEY_SECRET } from '../fakes/razorpay/fake.ts';
import { stripeBehind } from '../fakes/stripe/driver.ts';
import { assertPaidOnce } from '../support/assert-paid-once.ts';
import { findChromium, NO_BROWSER, openBrowser } from '../support/browser.ts';
import { openShop, readOrder, type Shop, untilSettled } from '../support/shop.ts';
import { sharedStack } from '../support/stack.ts';

const skipped = findChromium() === null ? ` (skipped: ${NO_BROWSER})` : '';
const PUBLISHABLE_KEY = 'pk_test_of_the_example';

let shop: Shop;
let server: Server;
let url: string;

before(async function () {
  this.timeout(300_000);
  shop = await openShop();
  const { apiUrl, keys } = await sharedStack();
  const offers = offersOf({ STRIPE_PUBLISHABLE_KEY: PUBLISHABLE_KEY, RAZORPAY_KEY_ID: KEY_ID });
  server = createServer(
    createShop({ payonce: createPayonceClient({ baseUrl: apiUrl, apiKey: keys.client }), offers }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

after(() => server?.close());

const newId = (): string => `shop_${crypto.randomUUID().replaceAll('-', '')}`;

function send(method: string, path: string, body?: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(`${url}${path}`, { method, headers, body: body ? JSON.stringify(body) : null });
}

describe("the example shop's server", () => {
  const offered = (env: Record<string, string>) => offersOf(env).map(({ gateway }) => gateway);

  it('offers only what is configured, and the sandbox never in production', () => {
    assert.deepEqual(offered({}), ['sandbox']);
    assert.deepEqual(offered({ NODE_ENV: 'production', RAZORPAY_KEY_ID: 'k' }), ['razorpay']);
    assert.deepEqual(offered({ STRIPE_PUBLISHABLE_KEY: 'pk' }), ['stripe', 'sandbox']);
    assert.deepEqual(offered({ NODE_ENV: 'production', ADYEN_API_KEY: 'k' }), ['adyen']);
    assert.deepEqual(offered({ NODE_ENV: 'production', PAYPAL_CLIENT_ID: 'k' }), ['paypal']);
  });

  it('keeps its API key, and what is none of the customer’s business, to itself', async () => {
    const { keys } = await sharedStack();
    const id = newId();
    const started = await send('POST', `/api/orders/${id}`, { gateway: 'sandbox' });
    const paths = ['/', `/orders/${id}`, '/api/offers', `/api/orders/${id}`, '/order.js'];
    const answers = [started, ...(await Promise.all(paths.map((path) => send('GET', path))))];
    for (const answer of answers) {
      const text = `${JSON.stringify([...answer.headers])}${await answer.text()}`;
      assert.equal(answer.ok, true, answer.url);
      for (const secret of [keys.client, keys.ops, 'counters', 'effects'])
        assert.ok(!text.includes(secret), answer.url);
    }
  });

  it('sets the price itself', async () => {
    const id = newId();
    await send('POST', `/api/orders/${id}`, { gateway: 'sandbox', amount: 1, currency: 'JPY' });
    const { amount, currency } = await readOrder(shop, id);
    assert.deepEqual([amount, currency], [4999, 'INR']);
  });

  it('answers 304 while nothing has changed', async () => {
    const id = newId();
    await send('POST', `/api/orders/${id}`, { gateway: 'sandbox' });
    const etag = (await send('GET', `/api/orders/${id}`)).headers.get('etag') ?? '';
    const again = await fetch(`${url}/api/orders/${id}`, { headers: { 'if-none-match': etag } });
    assert.equal(again.status, 304);
  });

  it('knows no orders but its own', async () => {
    assert.equal((await send('GET', '/api/orders/ord_1042')).status, 404);
    assert.equal((await send('GET', `/api/orders/${newId()}`)).status, 404);
  });

  it('says so when Payonce is not there', async () => {
    const nowhere = { baseUrl: 'http://127.0.0.1:9', apiKey: 'x', maxRetries: 0 };
    const payonce = createPayonceClient(nowhere);
    const lonely = createServer(createShop({ payonce, offers: [] }));
    await new Promise<void>((resolve) => lonely.listen(0, '127.0.0.1', resolve));
    const { port } = lonely.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/api/orders/${newId()}`);
    assert.equal(answer.status, 502);
    lonely.close();
  });
});

describe(`a customer of the example shop${skipped}`, function () {
  this.timeout(120_000);
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let hosts: Set<string>;

  before(async function () {
    if (skipped) return this.skip();
    browser = await openBrowser();
  });

  beforeEach(async () => {
    context = await browser.newContext();
    hosts = new Set();
    context.on('request', (request) => hosts.add(new URL(request.url()).hostname));
    page = await context.newPage();
  });

  afterEach(() => context?.close());

  after(() => browser?.close());

  const state = (tab = page) => tab.locator('#state').getAttribute('data-state');
  const untilState = (wanted: string, tab = page) =>
    pWaitFor(async () => (await state(tab)) === wanted, { interval: 100, timeout: 60_000 });
  const pressPay = (tab = page) => tab.locator('#pay').click();
  const untilPressAnswered = (tab: Page) =>
    tab.waitForResponse((response) => response.url().endsWith('/payments'));

  /** Chooses a gateway and buys; answers the order's id. */
  async function buy(gateway: RegExp): Promise<string> {
    await page.goto(url);
    await page.getByRole('radio', { name: gateway }).check();
    await page.getByRole('button', { name: 'Buy' }).click();
    await page.waitForURL('**/orders/*');
    await untilState('initiated');
    return page.url().split('/').at(-1) ?? '';
  }

  async function openGatewayPage(): Promise<Page> {
    const [checkout] = await Promise.all([context.waitForEvent('page'), pressPay()]);
    await checkout.waitForURL('**/checkout/**');
    return checkout;
  }

  it('pays at the sandbox, and the page says so without a reload', async () => {
    const id = await buy(/Sandbox/);
    await page.evaluate('window.isUntouched = true');
    const checkout = await openGatewayPage();
    await checkout.getByRole('button', { name: /^Pay/ }).click();
    await untilState('paid');
    assert.equal(await page.evaluate('window.isUntouched'), true);
    assert.equal(await page.locator('#pay').isVisible(), false);
    await untilSettled(shop, id, 'paid');
    await assertPaidOnce(id);
    assert.deepEqual([...hosts], ['127.0.0.1']);
  });

  it('presses "pay" five times, and one payment is opened', async () => {
    const id = await buy(/Sandbox/);
    const presses = Array.from({ length: 5 }, () => pressPay());
    await Promise.all(presses);
    await untilState('pending');
    await page.locator('#presses', { hasText: '5' }).waitFor();
    await page.getByRole('link', { name: 'Open it again' }).waitFor();
    assert.equal(await page.locator('#payments').textContent(), '1');
    const { payments } = await readOrder(shop, id);
    assert.equal(payments.length, 1);
    const { body } = await shop.gateway<{ payments: object[] }>('GET', `/payments?orderId=${id}`);
    assert.equal(body.payments.length, 1);
  });

  it('presses "buy" twice, and it is one order', async () => {
    await page.goto(url);
    const started: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') started.push(request.url());
    });
    await page.getByRole('button', { name: 'Buy' }).dblclick();
    // The second press breaks the first one's navigation off, which a wait for a navigation takes for its end.
    await pWaitFor(() => page.url().includes('/orders/'));
    assert.equal(new Set(started).size, 1);
    assert.ok(page.url().endsWith(started[0]?.split('/').at(-1) ?? 'nothing'));
  });

  it('reloads and opens a second tab, and every press leads to the same payment', async () => {
    const id = await buy(/Sandbox/);
    await openGatewayPage();
    await page.reload();
    const second = await context.newPage();
    await second.goto(page.url());
    await Promise.all([untilState('pending'), untilState('pending', second)]);
    const answered = [page, second].map(untilPressAnswered);
    await Promise.all([...answered, pressPay(), pressPay(second)]);
    const { payments } = await readOrder(shop, id);
    assert.equal(payments.length, 1);
    await shop.gateway('POST', `/payments/${payments[0]?.id}/capture`, {});
    await Promise.all([untilState('paid'), untilState('paid', second)]);
    await untilSettled(shop, id, 'paid');
    await assertPaidOnce(id);
  });

  it('is declined, tries again, and pays the second payment', async () => {
    const id = await buy(/Sandbox/);
    const checkout = await openGatewayPage();
    await checkout.getByRole('button', { name: /^Decline/ }).click();
    await untilState('failed');
    await page.getByRole('button', { name: 'Try again' }).click();
    await untilState('pending');
    await checkout.getByRole('button', { name: /^Pay/ }).click();
    await untilState('paid');
    const { payments } = await readOrder(shop, id);
    assert.deepEqual(
      payments.map(({ status }) => status),
      ['failed', 'captured'],
    );
  });

  it('pays by Stripe, whose script is given the publishable key and the client secret', async () => {
    const stripe = stripeBehind((await sharedStack()).gateways.stripe);
    await context.route('https://js.stripe.com/**', (route) =>
      route.fulfill({ contentType: 'text/javascript', body: STRIPE_SCRIPT }),
    );
    await context.exposeFunction('confirmAtStripe', (key: string, clientSecret: string) => {
      const intent = stripe.account.intents().find((one) => one.client_secret === clientSecret);
      assert.equal(key, PUBLISHABLE_KEY);
      stripe.account.confirm(intent?.id ?? 'no such payment');
    });
    const id = await buy(/Stripe/);
    assert.ok(!hosts.has('js.stripe.com'), 'nothing is loaded before Stripe is paid by');
    await Promise.all([pressPay(), pressPay()]);
    await page.getByRole('button', { name: 'Confirm the payment' }).click();
    await untilState('paid');
    await untilSettled(shop, id, 'paid');
    assert.equal((await readOrder(shop, id)).payments.length, 1);
  });

  it('pays by Razorpay, whose signature is verified before anything is believed', async () => {
    const razorpay = razorpayBehind((await sharedStack()).gateways.razorpay);
    await context.route('https://checkout.razorpay.com/**', (route) =>
      route.fulfill({ contentType: 'text/javascript', body: RAZORPAY_SCRIPT }),
    );
    await context.exposeFunction('payAtRazorpay', (key: string, orderId: string) => {
      assert.equal(key, KEY_ID);
      const paymentId = razorpay.life.start(orderId);
      razorpay.life.authorize(paymentId);
      return { paymentId, signature: signatureOf(orderId, paymentId) };
    });
    const id = await buy(/Razorpay/);
    // The webhook may be faster than the page.
    const [verified] = await Promise.all([page.waitForRequest('**/verify'), pressPay()]);
    await untilState('paid');
    await untilSettled(shop, id, 'paid');
    assert.match(verified.postData() ?? '', /"paymentId":"pay_\w+","signature":"[0-9a-f]{64}"/);
  });
});

function signatureOf(orderId: string, paymentId: string): string {
  return createHmac('sha256', KEY_SECRET).update(`${orderId}|${paymentId}`).digest('hex');
}

/** As much of Stripe.js as its documentation says that a page calls. */
const STRIPE_SCRIPT = `window.Stripe = (key) => ({
  elements: ({ clientSecret }) => ({
    clientSecret,
    create: () => ({ mount: (place) => { place.textContent = 'card number'; } }),
  }),
  confirmPayment: async ({ elements, redirect }) => {
    if (redirect !== 'if_required') throw new Error('would leave the page');
    await window.confirmAtStripe(key, elements.clientSecret);
    return {};
  },
});`;

/** As much of Razorpay's checkout.js. */
const RAZORPAY_SCRIPT = `window.Razorpay = function Razorpay({ key, order_id, handler }) {
  this.open = async () => {
    const { paymentId, signature } = await window.payAtRazorpay(key, order_id);
    handler({ razorpay_payment_id: paymentId, razorpay_order_id: order_id, razorpay_signature: signature });
  };
};`;
