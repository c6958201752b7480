/** The real process beside a real, encrypted stack; and a real browser in Temporal's UI. */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import path from 'node:path';
import { type ExecaError, execa } from 'execa';
import getPort from 'get-port';
import pWaitFor from 'p-wait-for';
import type { Browser } from 'playwright-core';
import { findChromium, NO_BROWSER, openBrowser } from '../support/browser.ts';
import {
  type EncryptedStack,
  encryptedStack,
  historyOf,
  PAYLOAD_KEYS,
} from '../support/encrypted-stack.ts';
import { newOrderId, orderBody, shopOn } from '../support/shop.ts';

const MAIN = path.resolve('src/codec-server/main.ts');
const TOKEN = 'the token of the codec server 0123456789'.replaceAll(' ', '-');
const skipped = findChromium() === null ? ` (skipped: ${NO_BROWSER})` : '';
const UI = 'http://127.0.0.1:8233';

interface JsonPayload {
  metadata: Record<string, string>;
  data: string;
}

function run(env: Record<string, string>) {
  const { PATH = '' } = process.env;
  return execa(process.execPath, ['--import', 'tsx', MAIN], {
    env: { PATH, CODEC_SERVER_TOKEN: TOKEN, PAYLOAD_KEYS, ...env },
    extendEnv: false,
    reject: false,
  });
}

describe('the codec server', function () {
  this.timeout(300_000);
  let stack: EncryptedStack;
  let server: ReturnType<typeof run>;
  let url: string;
  let ui: string;
  let orderId: string;
  let sealed: JsonPayload;
  let printed = '';

  before(async () => {
    stack = await encryptedStack();
    ui = new URL(stack.temporalUiUrl ?? '').origin;
    orderId = newOrderId();
    await shopOn(stack).call('POST', '/v1/orders', orderBody(orderId));
    sealed = firstPayloadOf(await historyOf(orderId));
    const port = await getPort();
    url = `http://127.0.0.1:${port}`;
    server = run({ CODEC_SERVER_PORT: String(port), CODEC_SERVER_UI_ORIGIN: ui });
    server.stdout.on('data', (text) => {
      printed += text;
    });
    await pWaitFor(
      () =>
        fetch(url).then(
          () => true,
          () => false,
        ),
      { interval: 100, timeout: 30_000 },
    );
  });

  after(async () => {
    server.kill('SIGTERM');
    assert.equal((await server).exitCode, 0);
  });

  function decode(payloads: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${url}/decode`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}`, ...headers },
      body: JSON.stringify({ payloads }),
    });
  }

  function logLines(): Record<string, unknown>[] {
    const lines = printed.split('\n').filter((line) => line.startsWith('{') && line.endsWith('}'));
    return lines.map((line) => JSON.parse(line));
  }

  it('opens what a history holds', async () => {
    const response = await decode([sealed]);
    assert.equal(response.status, 200);
    const { payloads } = (await response.json()) as { payloads: JsonPayload[] };
    const [{ metadata = {}, data = '' } = {}] = payloads;
    assert.equal(textOf(metadata.encoding ?? ''), 'json/plain');
    assert.match(textOf(data), new RegExp(orderId));
    assert.match(textOf(data), /"amountMinor":4999/);
  });

  it('gives back as it came what is not encrypted, and what it has no key for', async () => {
    const plain = { metadata: { encoding: base64('json/plain') }, data: base64('"x"') };
    const data = Buffer.from(sealed.data, 'base64');
    const foreign = {
      ...sealed,
      data: Buffer.from(data.toString('latin1').replace('k2026', 'k1999'), 'latin1').toString(
        'base64',
      ),
    };
    const response = await decode([plain, foreign]);
    assert.deepEqual(await response.json(), { payloads: [plain, foreign] });
  });

  it('answers 401 to whoever has no token, or another one', async () => {
    for (const authorization of ['', 'Bearer', `Bearer ${TOKEN}x`, `Basic ${TOKEN}`])
      assert.equal((await decode([sealed], { authorization })).status, 401, authorization);
    assert.equal((await fetch(`${url}/decode?token=${TOKEN}`, { method: 'POST' })).status, 401);
  });

  it('refuses the pages of every other origin, token or not', async () => {
    for (const origin of ['https://evil.example', 'http://127.0.0.1:1', 'null']) {
      const response = await decode([sealed], { origin });
      assert.equal(response.status, 403, origin);
      assert.equal(response.headers.get('access-control-allow-origin'), null);
      const preflight = await fetch(`${url}/decode`, { method: 'OPTIONS', headers: { origin } });
      assert.equal(preflight.status, 403);
    }
  });

  it('answers nobody who calls it by a name that is not of this machine', async () => {
    const { port } = new URL(url);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = {
        host: 'evil.example',
        authorization: `Bearer ${TOKEN}`,
        'content-type': 'application/json',
      };
      request({ port, path: '/decode', method: 'POST', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .once('error', reject)
        .end(JSON.stringify({ payloads: [sealed] }));
    });
    assert.equal(status, 421);
  });

  it('allows the pages of the UI', async () => {
    const headers = { origin: ui, 'access-control-request-method': 'POST' };
    const preflight = await fetch(`${url}/decode`, { method: 'OPTIONS', headers });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get('access-control-allow-origin'), ui);
    assert.equal((await decode([sealed], { origin: ui })).status, 200);
  });

  it('never encodes', async () => {
    for (const where of ['/encode', '/decode/x', '/download'])
      assert.equal((await fetch(`${url}${where}`, { method: 'POST' })).status, 404, where);
  });

  it('answers 400 to what are no payloads', async () => {
    assert.equal((await decode('x')).status, 400);
    assert.equal((await decode([{ data: '%%%' }])).status, 400);
  });

  it('writes down every request, and nothing of what was in it', async () => {
    await decode([sealed, sealed]);
    await decode([sealed], { authorization: 'Bearer wrong' });
    await pWaitFor(() => logLines().at(-1)?.status === 401, { interval: 50 });
    const [opened, refused] = logLines().slice(-2);
    assert.deepEqual(
      [opened?.security_event, opened?.route, opened?.status, opened?.count],
      ['decode', '/decode', 200, 2],
    );
    assert.deepEqual([refused?.status, refused?.code], [401, 'credentials_invalid']);
    const text = JSON.stringify(logLines());
    for (const secret of [TOKEN, sealed.data, orderId, 'amountMinor'])
      assert.ok(!text.includes(secret));
  });

  it(`shows in the UI what an order holds, to a browser that has signed in${skipped}`, async function () {
    if (skipped) return this.skip();
    await inBrowser(async (browser) => {
      const page = await browser.newPage();
      const settings = {
        endpoint: url,
        includeCredentials: true,
        overrideRemoteCodecConfiguration: true,
      };
      await page.addInitScript(
        `for (const [name, value] of Object.entries(${JSON.stringify(settings)}))
          localStorage.setItem(name, JSON.stringify(value));`,
      );
      // What an order goes by is in its input, and in nothing that the page shows by itself.
      const input = page.getByText('settlementWindowMs').first();
      const history = `${stack.temporalUiUrl}/${orderId}`;
      const refused = page.waitForResponse((response) => response.status() === 401);
      await page.goto(history);
      await refused;
      assert.equal(await input.isVisible(), false);

      await page.goto(url);
      await page.getByLabel('Token').fill(TOKEN);
      await page.getByRole('button').click();
      await page.getByText('Signed in').waitFor();
      await page.goto(history);
      await input.waitFor();
    });
  });
});

describe('a codec server with wrong settings', () => {
  const refused: [string, Record<string, string>, string][] = [
    [
      'off loopback',
      { CODEC_SERVER_HOST: '0.0.0.0' },
      'CODEC_SERVER_HOST must be a loopback address: what is decoded may not cross a network; forward a port to it instead',
    ],
    [
      'with a short token',
      { CODEC_SERVER_TOKEN: 'x' },
      'CODEC_SERVER_TOKEN must have at least 32 characters',
    ],
    [
      'without a token',
      { CODEC_SERVER_TOKEN: '' },
      'CODEC_SERVER_TOKEN is missing: set it to a random text, as by openssl rand -base64 32',
    ],
    [
      'without keys',
      { PAYLOAD_KEYS: '' },
      'PAYLOAD_KEYS is missing: set it to KEY_ID:BASE64 of 32 bytes, the same for API, workers and codec server',
    ],
    [
      'for a page and not an origin',
      { CODEC_SERVER_UI_ORIGIN: `${UI}/namespaces` },
      'CODEC_SERVER_UI_ORIGIN must be an origin, such as http://127.0.0.1:8233',
    ],
  ];
  for (const [how, env, problem] of refused)
    it(`does not start ${how}`, async () => {
      const { exitCode, stderr } = (await run({ CODEC_SERVER_PORT: '0', ...env })) as ExecaError;
      assert.equal(stderr, `codec-server: ${problem}`);
      assert.equal(exitCode, 1);
    });
});

async function inBrowser(act: (browser: Browser) => Promise<void>): Promise<void> {
  const browser = await openBrowser();
  try {
    await act(browser);
  } finally {
    await browser.close();
  }
}

function firstPayloadOf(history: string): JsonPayload {
  const { events } = JSON.parse(history) as {
    events: { workflowExecutionStartedEventAttributes?: { input: { payloads: JsonPayload[] } } }[];
  };
  const payload = events[0]?.workflowExecutionStartedEventAttributes?.input.payloads[0];
  assert.ok(payload);
  return payload;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function textOf(encoded: string): string {
  return Buffer.from(encoded, 'base64').toString();
}
