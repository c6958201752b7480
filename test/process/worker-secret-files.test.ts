/** Secrets of gateways that lie in files change while a worker runs. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pWaitFor from 'p-wait-for';
import { samplesOf, sumOf } from '../metrics/scrape.ts';
import { type Beside, startBeside } from '../support/extra-processes.ts';
import { WEBHOOK_SECRET } from '../support/stack.ts';

const PATIENCE = { interval: 100, timeout: 60_000 };

describe('a worker whose gateways have their secrets in files', function () {
  this.timeout(120_000);
  let folder: string;
  let file: string;
  let worker: Beside;

  before(async function () {
    this.timeout(300_000);
    folder = await mkdtemp(path.join(tmpdir(), 'payonce-secrets-'));
    file = path.join(folder, 'webhooks');
    await writeFile(file, WEBHOOK_SECRET);
    worker = await startBeside('worker', {
      SANDBOX_WEBHOOK_SECRETS: '',
      SANDBOX_WEBHOOK_SECRETS_FILE: file,
    });
  });
  after(async () => {
    await worker?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function refused(): Promise<number> {
    const page = await (await fetch(worker.metricsUrl)).text();
    return sumOf(samplesOf(page), 'payonce_secret_files_refused');
  }

  const untilLogged = (line: RegExp) => pWaitFor(() => line.test(worker.log()), PATIENCE);

  it('keeps those from before while the file holds half of one, and says so', async () => {
    await writeFile(file, 'whsec_half');
    await untilLogged(/"code":"secrets_refused".*the secrets from before stay: SANDBOX_WEBHOOK/);
    assert.equal(await refused(), 1);
  });

  it('takes new ones without a restart', async () => {
    const renewed = `whsec_${randomBytes(32).toString('base64')}`;
    await writeFile(file, `${renewed},${WEBHOOK_SECRET}`);
    await untilLogged(/"code":"secrets_renewed".*from their files: SANDBOX_WEBHOOK_SECRETS/);
    assert.equal(await refused(), 0);
  });
});
