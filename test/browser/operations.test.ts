/** What operators do to the processes, as somebody sees it who has the console open: on a stack of its own. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pWaitFor from 'p-wait-for';
import type { Page } from 'playwright-core';
import { readTemporalDevFile } from '../../src/dev/temporal/temporal-dev-file.ts';
import { type OperatorStack, startOperatorStack } from '../operators/operator-stack.ts';
import { consoleOn, SKIPPED } from '../support/console-browser.ts';
import { type Beside, startBeside } from '../support/extra-processes.ts';
import { givenOrder, givenPendingOrder, untilOrder, withFaults } from '../support/shop.ts';

/** Long enough that the API is told to end while the gateway is asked. */
const SLOW_MS = 3_000;
/** The reaper looks once a minute, and Temporal has to come back first. */
const BACK_WITHIN_MS = 180_000;

describe(`the console while processes come and go${SKIPPED}`, function () {
  this.timeout(300_000);
  let place: OperatorStack;
  let page: Page;
  const beside: Beside[] = [];

  before(async function () {
    if (SKIPPED) this.skip();
    place = await startOperatorStack({ workers: 0, apis: 1 });
  });

  const browser = consoleOn(async () => place.stack);
  const { openOrder } = browser;
  beforeEach(() => {
    ({ page } = browser);
  });

  after(async () => {
    await Promise.all(beside.map((one) => one.stop()));
    await place?.close();
  });

  async function start(entry: 'server' | 'worker', env: Record<string, string> = {}) {
    const started = await startBeside(entry, env, { ...place.stack, crm: place.crm });
    beside.push(started);
    return started;
  }

  const says = (text: string) => page.getByRole('main').getByText(text, { exact: true }).first();
  const alert = (text: string) => page.getByRole('alert').getByText(text);

  it('shows an order that waits go on by itself once a worker is added', async () => {
    const id = await givenOrder(place.shop);
    await place.shop.call('POST', `/v1/orders/${id}/payments`, {}, { prefer: 'wait=0' });
    await openOrder(id);
    await says('initiated').waitFor();
    await start('worker');
    await says('pending').waitFor();
  });

  it('lets a key go that was replaced, after the new one has opened it', async () => {
    const [oldKey, newKey] = ['o'.repeat(32), 'n'.repeat(32)];
    const folder = await mkdtemp(path.join(tmpdir(), 'payonce-keys-'));
    const file = path.join(folder, 'api-keys');
    const put = (...secrets: string[]) =>
      writeFile(file, secrets.map((secret) => `support:anna:${secret}`).join(','));
    try {
      await put(oldKey);
      const { apiUrl } = await start('server', {
        ...{ API_KEYS: '', API_KEYS_FILE: file, FAILED_AUTH_PER_MINUTE: '0' },
      });
      const id = await givenOrder(place.shop);
      await openOrder(id, oldKey, apiUrl);
      await put(oldKey, newKey);
      const another = await page.context().newPage();
      await another.goto(`${apiUrl}/console/orders/${id}`);
      const signedIn = another.getByRole('button', { name: 'Sign out' });
      while (!(await signedIn.isVisible())) {
        await another.getByLabel('API key').fill(newKey);
        await another.getByRole('button', { name: 'Sign in' }).click();
        await signedIn.or(another.getByRole('alert')).first().waitFor();
      }
      await put(newKey);
      const headers = { authorization: `Bearer ${oldKey}` };
      await pWaitFor(async () => (await fetch(`${apiUrl}/v1/key`, { headers })).status === 401);
      await page.reload();
      await page.getByLabel('API key').waitFor();
      await another.reload();
      await another.getByRole('heading', { name: id }).waitFor();
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('has the answer to a click that an API was told to end under, and says that it is gone', async () => {
    const api = await start('server');
    const { id } = await givenPendingOrder(place.shop);
    await openOrder(id, undefined, api.apiUrl);
    const { dialog, button } = {
      dialog: page.getByRole('dialog'),
      button: { name: 'Cancel', exact: true },
    };
    await withFaults(place.shop, { api: { answerAfterMs: SLOW_MS } }, async () => {
      await page.getByRole('button', button).click();
      const asked = page.waitForRequest((request) => request.url().endsWith('/cancel'));
      await dialog.getByRole('button', button).click();
      await asked;
      await api.stop();
      await dialog.waitFor({ state: 'hidden' });
    });
    await alert('cannot be reached').waitFor();
    await untilOrder(place.shop, id, ({ state }) => state === 'cancelled', 'cancelled');
  });

  it('shows an order go on without anybody’s hand when Temporal’s store was lost', async () => {
    const { id, paymentId } = await givenPendingOrder(place.shop);
    await openOrder(id);
    await withFaults(place.shop, { webhooks: { drop: 1 } }, () =>
      place.shop.gateway('POST', `/payments/${paymentId}/capture`, {}),
    );
    const { databaseFile } = readTemporalDevFile();
    for (const end of ['', '-wal', '-shm'])
      await rm(path.join(place.stack.dataDir, `${databaseFile}${end}`), { force: true });
    await place.stack.restart('temporal');
    await says('paid').waitFor({ timeout: BACK_WITHIN_MS });
  });
});
