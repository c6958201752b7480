/** A restore by `npm run restore`, as somebody sees it who has the console open meanwhile. */
import getPort from 'get-port';
import type { Page } from 'playwright-core';
import { type Rehearsal, startRehearsal } from '../backup/rehearsal.ts';
import { consoleOn, SKIPPED } from '../support/console-browser.ts';
import { type Beside, startBeside } from '../support/extra-processes.ts';
import { givenPendingOrder, shopOn, untilSettled } from '../support/shop.ts';

/** Temporal and the database come back first; then every order asks its gateway. */
const BACK_WITHIN_MS = 120_000;

describe(`the console during a restore${SKIPPED}`, function () {
  this.timeout(400_000);
  let rehearsal: Rehearsal;
  let page: Page;
  let port: string;
  let api: Beside | undefined;

  before(async function () {
    if (SKIPPED) this.skip();
    rehearsal = await startRehearsal();
    port = String(await getPort());
  });

  const browser = consoleOn(async () => rehearsal.stack);
  beforeEach(() => {
    ({ page } = browser);
  });

  after(async () => {
    await api?.stop();
    await rehearsal?.close();
  });

  /** The one that the page came from, which is there again at the same address. */
  async function startApi(): Promise<void> {
    const { stack, crm } = rehearsal;
    api = await startBeside('server', { PORT: port }, { ...stack, crm });
  }

  const says = (text: string) => page.getByRole('main').getByText(text, { exact: true }).first();

  it('says that it may be out of date, and shows by itself what became of an order that was put back', async () => {
    const shop = shopOn(rehearsal.stack);
    const { id, paymentId } = await givenPendingOrder(shop);
    const backup = await rehearsal.backUp();
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    await untilSettled(shop, id, 'paid');
    await startApi();
    await browser.openOrder(id, undefined, `http://127.0.0.1:${port}`);
    await says('paid').waitFor();

    await api?.stop();
    await rehearsal.lose('database', 'temporal');
    await page.getByRole('alert').getByText('cannot be reached').waitFor();
    await rehearsal.restore(backup);
    await rehearsal.start(true);
    await startApi();
    await page.getByText('cannot be reached').waitFor({ state: 'hidden', timeout: BACK_WITHIN_MS });
    // The gateway has the money, and no webhook says so any more.
    await untilSettled(shopOn(rehearsal.stack), id, 'paid');
    await says('paid').waitFor({ timeout: BACK_WITHIN_MS });
    await page.getByText('it went on from its record').first().waitFor({ timeout: BACK_WITHIN_MS });
  });
});
