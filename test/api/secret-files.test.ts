/** Keys and secrets that lie in files change while an API runs. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pWaitFor from 'p-wait-for';
import { samplesOf, sumOf } from '../metrics/scrape.ts';
import { type Beside, startBeside } from '../support/extra-processes.ts';
import { WEBHOOK_SECRET } from '../support/stack.ts';
import { deliverTo, signedBody } from '../support/webhooks.ts';

const PATIENCE = { interval: 100, timeout: 60_000 };

const secretOf = (): string => randomBytes(32).toString('base64url');

describe('secrets in files', function () {
  this.timeout(120_000);
  const [first, second, third] = [secretOf(), secretOf(), secretOf()];
  const newWebhookSecret = `whsec_${randomBytes(32).toString('base64')}`;
  let folder: string;
  let api: Beside;

  before(async function () {
    this.timeout(300_000);
    folder = await mkdtemp(path.join(tmpdir(), 'payonce-secrets-'));
    await write('api-keys', `ops:${first}`);
    await write('webhooks', WEBHOOK_SECRET);
    api = await startBeside('server', {
      // A key is tried until it counts, and each try before is a wrong key.
      FAILED_AUTH_PER_MINUTE: '0',
      ...{ API_KEYS: '', API_KEYS_FILE: path.join(folder, 'api-keys') },
      ...{
        SANDBOX_WEBHOOK_SECRETS: '',
        SANDBOX_WEBHOOK_SECRETS_FILE: path.join(folder, 'webhooks'),
      },
    });
  });
  after(async () => {
    await api?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const write = (name: string, text: string) => writeFile(path.join(folder, name), text);

  async function statusWith(secret: string): Promise<number> {
    const headers = { authorization: `Bearer ${secret}` };
    return (await fetch(`${api.apiUrl}/v1/key`, { headers })).status;
  }

  const untilTaken = (secret: string) =>
    pWaitFor(async () => (await statusWith(secret)) === 200, PATIENCE);

  const untilLogged = (line: RegExp, from = 0) =>
    pWaitFor(() => line.test(api.log().slice(from)), PATIENCE);

  async function refused(): Promise<number> {
    const page = await (await fetch(api.metricsUrl)).text();
    return sumOf(samplesOf(page), 'payonce_secret_files_refused');
  }

  async function webhookSignedWith(secret: string): Promise<number> {
    const event = JSON.stringify({
      type: 'unknown',
      timestamp: new Date().toISOString(),
      data: {},
    });
    const { status } = await deliverTo(
      { apiUrls: [api.apiUrl] },
      signedBody(event, undefined, secret),
    );
    return status;
  }

  it('let a new API key in, beside the old one and then alone, without a restart', async () => {
    await write('api-keys', `ops:${second},ops:${first}`);
    await untilTaken(second);
    assert.equal(await statusWith(first), 200);
    await write('api-keys', `ops:anna:${second}`);
    await pWaitFor(async () => (await statusWith(first)) === 401, PATIENCE);
    assert.equal(await statusWith(second), 200);
    await untilLogged(/"code":"secrets_renewed".*taken from their files: API_KEYS/);
  });

  it('end a key that they give an end, which is told so, and its stream of changes', async () => {
    const end = new Date(Date.now() + 30_000);
    await write('api-keys', `ops:anna:${second},support:bo:${third} until ${end.toISOString()}`);
    await untilTaken(third);
    const headers = { authorization: `Bearer ${third}` };
    const read = (path: string) => fetch(`${api.apiUrl}${path}`, { headers });
    assert.equal(
      ((await (await read('/v1/key')).json()) as { expiresAt: string }).expiresAt,
      end.toISOString(),
    );
    for await (const _ of (await read('/v1/changes')).body ?? []);
    assert.ok(Date.now() >= end.getTime());
    const refused = await read('/v1/changes');
    const { code, detail } = (await refused.json()) as { code: string; detail: string };
    assert.deepEqual([refused.status, code], [401, 'api_key_expired']);
    assert.match(detail, new RegExp(`^The API key bo expired at ${end.toISOString()}`));
  });

  it('revoke a key, whose caller is told so at once', async () => {
    const at = '2026-11-30T10:00:00.000Z';
    await write('api-keys', `ops:anna:${second},ops:cy:${first} revoked ${at}`);
    const headers = { authorization: `Bearer ${first}` };
    const answer = async () =>
      (await (await fetch(`${api.apiUrl}/v1/key`, { headers })).json()) as {
        code: string;
        detail: string;
      };
    await pWaitFor(async () => (await answer()).code === 'api_key_expired', PATIENCE);
    assert.match((await answer()).detail, new RegExp(`^The API key cy was revoked at ${at}`));
    assert.equal(await statusWith(second), 200);
  });

  it('let webhooks in that are signed with a new secret', async () => {
    assert.equal(await webhookSignedWith(newWebhookSecret), 401);
    await write('webhooks', `${newWebhookSecret},${WEBHOOK_SECRET}`);
    await pWaitFor(async () => (await webhookSignedWith(newWebhookSecret)) === 200, PATIENCE);
    assert.equal(await webhookSignedWith(WEBHOOK_SECRET), 200);
  });

  for (const [what, spoil] of [
    ['holds half a key', () => write('api-keys', `ops:${third.slice(0, 12)}`)],
    ['is empty', () => write('api-keys', '')],
    ['is gone', () => rename(path.join(folder, 'api-keys'), path.join(folder, 'moved'))],
  ] as const)
    it(`keep the keys from before where a file ${what}, and say so`, async () => {
      const before = api.log().length;
      await spoil();
      await pWaitFor(async () => (await refused()) === 1, PATIENCE);
      assert.equal(await statusWith(second), 200);
      await untilLogged(/"code":"secrets_refused".*the secrets from before stay: API_KEYS/, before);
      assert.ok(!api.log().includes(third.slice(0, 12)));
      await write('api-keys', `ops:anna:${second}`);
      await pWaitFor(async () => (await refused()) === 0, PATIENCE);
    });
});
