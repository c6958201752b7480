/** The console in a browser: a fresh page for each test, and what went wrong in it. */
import assert from 'node:assert/strict';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { ensureConsole } from '../../scripts/build-console.ts';
import type { Stack } from '../../src/dev/stack/stack.ts';
import { findChromium, NO_BROWSER, openBrowser } from './browser.ts';
import { type Shop, shopOn } from './shop.ts';
import { type SharedStack, sharedStack } from './stack.ts';

/** Said in a suite's title where there is no browser to run it. */
export const SKIPPED = findChromium() === null ? ` (skipped: ${NO_BROWSER})` : '';

export interface ConsoleBrowser<S extends Stack = SharedStack> {
  page: Page;
  stack: S;
  shop: Shop;
  /** Signs in at a path of the console, or is refused. */
  open(path: string, key?: string, at?: string): Promise<void>;
  openOrder(id: string, key?: string, at?: string): Promise<void>;
}

/** Of a new page; what it adds to the list fails the test. */
type Watch<S extends Stack> = (page: Page, found: string[], stack: S) => void;

/** Sets the suite up, on the stack that tests share. Each test fails where its page has thrown, or where `watch` has found something. */
export function consoleInBrowser(
  options: BrowserContextOptions = {},
  watch: Watch<SharedStack> = () => {},
): ConsoleBrowser {
  return consoleOn(sharedStack, options, watch);
}

/** The same, on a stack that `openStack` names. */
export function consoleOn<S extends Stack>(
  openStack: () => Promise<S>,
  options: BrowserContextOptions = {},
  watch: Watch<S> = () => {},
): ConsoleBrowser<S> {
  let browser: Browser;
  let context: BrowserContext;
  const found: string[] = [];
  const given = {
    async open(path: string, key = given.stack.keys.ops, at = given.stack.apiUrl) {
      const { page } = given;
      await page.goto(`${at}/console${path}`);
      await page.getByLabel('API key').fill(key);
      await page.getByRole('button', { name: 'Sign in' }).click();
      // The key is kept only then: a page that is opened before would ask for it again.
      const signedIn = page.getByRole('button', { name: 'Sign out' });
      await signedIn.or(page.getByRole('alert')).first().waitFor();
    },
    async openOrder(id: string, key?: string, at?: string) {
      await given.open(`/orders/${id}`, key, at);
      await given.page.getByRole('heading', { name: id }).waitFor();
    },
  } as ConsoleBrowser<S>;

  before(async function () {
    if (SKIPPED) return this.skip();
    await ensureConsole();
    given.stack = await openStack();
    given.shop = shopOn(given.stack);
    browser = await openBrowser();
  });

  after(() => browser?.close());

  beforeEach(async () => {
    found.length = 0;
    // Nothing is learnt from a dialog that fades in.
    context = await browser.newContext({ reducedMotion: 'reduce', ...options });
    given.page = await context.newPage();
    given.page.on('pageerror', ({ message }) => found.push(message));
    watch(given.page, found, given.stack);
  });

  afterEach(async () => {
    await context?.close();
    assert.deepEqual(found, []);
  });

  return given;
}
