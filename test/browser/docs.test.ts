/** The API's documentation in a real browser: complete, and without asking anybody else for anything. */
import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { findChromium, NO_BROWSER, openBrowser } from '../support/browser.ts';
import { sharedStack } from '../support/stack.ts';

const skipped = findChromium() === null ? ` (skipped: ${NO_BROWSER})` : '';

describe(`the API documentation in a browser${skipped}`, function () {
  this.timeout(120_000);
  let browser: Browser;
  let page: Page;
  let docsUrl: string;
  const complaints: string[] = [];
  const elsewhere: string[] = [];

  before(async function () {
    if (skipped) return this.skip();
    docsUrl = (await sharedStack()).docsUrl;
    browser = await openBrowser();
    page = await browser.newPage();
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (line) => {
      if (line.type() === 'error') complaints.push(line.text());
    });
    page.on('request', (request) => {
      const { protocol, host } = new URL(request.url());
      const isEmbedded = protocol === 'data:' || protocol === 'blob:';
      if (!isEmbedded && host !== new URL(docsUrl).host) elsewhere.push(request.url());
    });
    await page.goto(docsUrl, { waitUntil: 'networkidle' });
  });

  after(() => browser?.close());

  it('shows every operation of the document', async () => {
    const answer = await fetch(new URL('/openapi.json', docsUrl));
    const { paths } = (await answer.json()) as { paths: Record<string, object> };
    const operations = Object.values(paths).flatMap((methods) => Object.keys(methods));
    await page.locator('.opblock').first().waitFor();
    assert.equal(await page.locator('.opblock').count(), operations.length);
  });

  it('opens an operation and lists its answers', async () => {
    const operation = page.locator('.opblock', { hasText: '/v1/orders/{id}/verify' });
    await operation.locator('button.opblock-summary-control').click();
    await operation.getByText('order_not_found').first().waitFor();
  });

  it('asks no other host for anything', () => {
    assert.deepEqual(elsewhere, []);
  });

  it('leaves no error in the console', () => {
    assert.deepEqual(complaints, []);
  });
});
