/** Signing in to the console at an OpenID provider, in a real browser. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import getPort from 'get-port';
import pWaitFor from 'p-wait-for';
import type { Page } from 'playwright-core';
import { consoleInBrowser, SKIPPED } from '../support/console-browser.ts';
import { type Beside, startBeside } from '../support/extra-processes.ts';
import { type OpenIdProvider, openOpenIdProvider } from '../support/openid-provider.ts';
import {
  givenOrder,
  givenPendingOrder,
  readOrder,
  type Shop,
  untilOrder,
  untilSettled,
} from '../support/shop.ts';

describe(`signing in to the console at an OpenID provider${SKIPPED}`, function () {
  this.timeout(180_000);
  let page: Page;
  let shop: Shop;
  let provider: OpenIdProvider;
  let api: Beside;

  const browser = consoleInBrowser();
  before(async () => {
    const port = String(await getPort());
    provider = await openOpenIdProvider(`http://127.0.0.1:${port}`);
    api = await startBeside('server', { ...provider.env, PORT: port });
  });
  after(async () => {
    await api?.stop();
    provider?.close();
  });
  beforeEach(() => {
    ({ page, shop } = browser);
  });

  async function signIn(name: string, path = ''): Promise<void> {
    await page.goto(`${api.apiUrl}/console${path}`);
    await page.getByRole('link', { name: 'Sign in with the test' }).click();
    await page.getByLabel('Name').fill(name);
    await page.getByRole('button', { name: 'Continue' }).click();
  }

  it('leads back to the page that was asked for, and decides under the name of the person', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    await shop.call('POST', `/v1/orders/${id}/cancel`, {}, { prefer: 'wait=30' });
    await untilSettled(shop, id, 'cancelled');
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    await untilOrder(shop, id, ({ reviews }) => reviews.length > 0, 'in review');
    await signIn('anna', `/orders/${id}`);
    await page.getByRole('heading', { name: id }).waitFor();
    await page.getByText('anna (support)').waitFor();
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('dialog').getByLabel('Why').fill('she called');
    await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    // It has followed the change by the session.
    await page.getByRole('main').getByText('paid', { exact: true }).first().waitFor();
    const path = `/v1/orders/${id}/events?decisions=true`;
    const { body } = await shop.call<{ events: { type: string; actor: string }[] }>('GET', path);
    assert.equal(body.events.find(({ type }) => type === 'review')?.actor, 'anna');
    assert.equal(await page.evaluate('document.cookie'), '');
    assert.equal(await page.evaluate('sessionStorage.length'), 0);
  });

  it('goes on after a reload and in another tab, and asks for no key', async () => {
    await signIn('olga');
    await page.getByText('olga (ops)').waitFor();
    await page.reload();
    await page.getByText('olga (ops)').waitFor();
    const other = await page.context().newPage();
    await other.goto(`${api.apiUrl}/console/orders`);
    await other.getByText('olga (ops)').waitFor();
    assert.equal(await other.getByLabel('API key').count(), 0);
  });

  it('says to somebody without a role whom to ask, and leads back', async () => {
    await signIn('carl');
    await page.getByText('You are carl for the provider, and have no role here').waitFor();
    await page.getByRole('link', { name: 'Back to the console' }).click();
    await page.getByRole('link', { name: 'Sign in with the test' }).waitFor();
  });

  it('signs out of the provider as well, and comes back to where one signs in', async () => {
    await signIn('anna');
    await page.getByRole('button', { name: 'Sign out' }).click();
    // The provider's own question.
    await page.waitForURL(`${provider.env.OIDC_ISSUER}/**`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(`${api.apiUrl}/console`);
    await page.getByRole('link', { name: 'Sign in with the test' }).click();
    await page.getByLabel('Name').waitFor();
  });

  describe('a page of another port on the same host, which the browser sends the cookie for', () => {
    let server: Server;
    let evil: string;

    before(async () => {
      server = createServer((_request, response) => {
        response.writeHead(200, { 'content-type': 'text/html' }).end('<p>A harmless page</p>');
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      evil = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    after(() => {
      server.close();
      server.closeAllConnections();
    });

    it('does nothing by it, by script or by form', async () => {
      await signIn('olga');
      await page.getByText('olga (ops)').waitFor();
      const id = await givenOrder(shop);
      const target = `${api.apiUrl}/v1/orders/${id}/cancel`;
      await page.goto(evil);
      const send = (init: string) =>
        page.evaluate(`fetch(${JSON.stringify(target)}, ${init}).then(String, String)`);
      const plain = `method: 'POST', credentials: 'include', body: '{}'`;
      await send(`{ ${plain}, mode: 'no-cors' }`);
      await send(
        `{ ${plain}, headers: { 'payonce-console': '1', 'content-type': 'application/json' } }`,
      );
      await page.setContent(`<form method="post" action="${target}"><button>Go</button></form>`);
      await page.getByRole('button', { name: 'Go' }).click();
      await page.waitForURL(target);
      // Without the cookie it would be credentials_missing.
      const isRefused = (line: string) =>
        line.includes('/v1/orders/:id/cancel') && line.includes('"origin_refused"');
      const refused = () => api.log().split('\n').filter(isRefused).length;
      await pWaitFor(() => refused() >= 2, { timeout: 20_000 });
      assert.equal((await readOrder(shop, id)).state, 'initiated');
    });
  });
});
