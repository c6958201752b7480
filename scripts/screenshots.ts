/**
 * `npm run screenshots`: tells a few orders on a stack of its own and takes the pictures of the README and the runbook.
 * They show what operators and customers really see; nothing in them is drawn by hand.
 */
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { openBrowser } from '../test/support/browser.ts';
import { type Example, tellExamples } from '../test/support/examples.ts';
import { startBeside } from '../test/support/extra-processes.ts';
import { mochaHooks, sharedStack } from '../test/support/stack.ts';
import { buildConsole } from './build-console.ts';

const SIZE = { width: 1400, height: 900 };
/** Left of this, the Temporal UI has its menu. */
const MENU_WIDTH = 205;
/** A page that is not there by then will not come. */
const PATIENCE_MS = 30_000;
/** The columns of a list that an operator would choose; the UI keeps them in the browser. */
const COLUMNS = ['Workflow ID', 'PaymentState', 'NeedsReview', 'ReviewReason', 'AmountMinor'];

const file = (name: string): string =>
  fileURLToPath(new URL(`../docs/images/${name}.png`, import.meta.url));

interface Scene {
  page: Page;
  uiUrl: string;
  example: Example;
}

async function takeAll(scene: Scene, docsUrl: string): Promise<void> {
  await takeOrder(scene);
  await takeTimeline(scene);
  await takeSignal(scene);
  await takeOrders(scene);
  await takeRefusedEffect(scene);
  await takeCheckout(scene);
  await takeConsole(scene);
  await takeDocs(scene.page, docsUrl);
}

async function takeOrder({ page, uiUrl, example }: Scene): Promise<void> {
  await openOrder(page, uiUrl, example.inReview);
  await page.getByText('User Metadata').click();
  await page.frameLocator('iframe').last().getByText('Changed nothing').waitFor();
  await shoot(page, 'order', { fromX: MENU_WIDTH, toY: 880 });
}

async function takeTimeline({ page, uiUrl, example }: Scene): Promise<void> {
  await openOrder(page, uiUrl, example.paid);
  await page.getByText('takeStep').first().waitFor();
  const title = await page.getByRole('heading', { name: 'Timeline' }).boundingBox();
  await page.setViewportSize({ ...SIZE, height: 1300 });
  await shoot(page, 'timeline', { fromX: MENU_WIDTH, fromY: (title?.y ?? 0) - 16, toY: 1060 });
  await page.setViewportSize(SIZE);
}

async function takeSignal({ page, uiUrl, example }: Scene): Promise<void> {
  await openOrder(page, uiUrl, example.inReview);
  await page.getByRole('button', { name: 'More Actions' }).click();
  await page.getByRole('menuitem', { name: 'Send a Signal' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Select a signal' }).click();
  await dialog.getByRole('option', { name: /^retry/ }).scrollIntoViewIfNeeded();
  await shoot(page, 'signal', { fromX: MENU_WIDTH });
}

async function takeOrders({ page, uiUrl, example }: Scene): Promise<void> {
  const columns = JSON.stringify({ payments: COLUMNS.map((label) => ({ label })) });
  await page.evaluate(
    `localStorage.setItem('namespace-workflow-table-columns', ${JSON.stringify(columns)})`,
  );
  await page.goto(`${uiUrl}?query=${encodeURIComponent('NeedsReview=true')}`);
  await page.reload();
  await page.getByRole('link', { name: example.inReview }).first().waitFor();
  await shoot(page, 'orders', { fromX: MENU_WIDTH, toY: 544 });
}

async function takeRefusedEffect({ page, uiUrl, example }: Scene): Promise<void> {
  await openOrder(page, uiUrl, example.refused);
  await page.getByText('User Metadata').click();
  await page.frameLocator('iframe').last().getByText('update_crm').first().waitFor();
  await shoot(page, 'refused-effect', { fromX: MENU_WIDTH, toY: 880 });
}

async function takeCheckout({ page, example }: Scene): Promise<void> {
  await page.setViewportSize({ width: 800, height: 640 });
  await page.goto(example.checkoutUrl);
  await shoot(page, 'checkout', {});
  await page.setViewportSize(SIZE);
}

async function takeConsole({ page, example }: Scene): Promise<void> {
  const { apiUrl, keys, temporalUiUrl = '' } = await sharedStack();
  await buildConsole();
  const api = await startBeside('server', {
    API_KEYS: `ops:olga:${keys.ops}`,
    TEMPORAL_UI_URL: temporalUiUrl,
  });
  await page.goto(`${api.apiUrl}/console/orders/${example.inReview}`);
  await page.getByLabel('API key').fill(keys.ops);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('pay: applied').waitFor();
  await shootWhole(page, 'console-order');
  await page.getByRole('link', { name: 'Orders', exact: true }).click();
  await page.getByRole('link', { name: example.inReview }).waitFor();
  await shootWhole(page, 'console-orders');
  await api.stop();
  // By the API that took the webhooks, as each counts its own.
  await page.goto(`${apiUrl}/console`);
  await page.getByLabel('API key').fill(keys.ops);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('figure').filter({ hasText: 'Webhook lag' }).waitFor();
  await shootWhole(page, 'console-today');
}

/** All of the page, however long it is, once everything on it was read. */
async function shootWhole(page: Page, name: string): Promise<void> {
  await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'hidden' });
  const height = Number(await page.evaluate('document.documentElement.scrollHeight'));
  await page.setViewportSize({ ...SIZE, height });
  await shoot(page, name, {});
  await page.setViewportSize(SIZE);
}

async function takeDocs(page: Page, docsUrl: string): Promise<void> {
  await page.goto(docsUrl);
  await page.getByText('/v1/orders/{id}/verify').waitFor();
  await shoot(page, 'docs', {});
}

async function openOrder(page: Page, uiUrl: string, orderId: string): Promise<void> {
  await page.goto(`${uiUrl}/${orderId}`);
  await page.getByRole('heading', { name: orderId }).waitFor();
}

interface Crop {
  fromX?: number;
  fromY?: number;
  toY?: number;
}

async function shoot(page: Page, name: string, { fromX = 0, fromY = 0, toY }: Crop): Promise<void> {
  const { width, height } = page.viewportSize() ?? SIZE;
  const clip = { x: fromX, y: fromY, width: width - fromX, height: (toY ?? height) - fromY };
  await page.screenshot({ path: file(name), clip, animations: 'disabled' });
  console.log(`docs/images/${name}.png`);
}

try {
  const { temporalUiUrl = '', docsUrl } = await sharedStack();
  const example = await tellExamples();
  const browser = await openBrowser();
  const page = await browser.newPage({ viewport: SIZE });
  page.setDefaultTimeout(PATIENCE_MS);
  await takeAll({ page, uiUrl: temporalUiUrl, example }, docsUrl);
  await browser.close();
} finally {
  await mochaHooks.afterAll();
}
process.exit();
