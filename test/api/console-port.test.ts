/** The console on a port of its own, by a real API process. */
import assert from 'node:assert/strict';
import getPort from 'get-port';
import { ensureConsole } from '../../scripts/build-console.ts';
import { type Beside, startBeside } from '../support/extra-processes.ts';
import { type SharedStack, sharedStack } from '../support/stack.ts';

describe('an API whose console has a port of its own', function () {
  this.timeout(120_000);
  let stack: SharedStack;
  let api: Beside;
  let consoleUrl: string;

  before(async function () {
    this.timeout(300_000);
    await ensureConsole();
    stack = await sharedStack();
    const port = String(await getPort());
    consoleUrl = `http://127.0.0.1:${port}`;
    api = await startBeside('server', { CONSOLE_PORT: port });
  });
  after(() => api.stop());

  const statusOf = async (url: string, init: RequestInit = {}): Promise<number> =>
    (await fetch(url, init)).status;
  const withKey = () => ({ headers: { authorization: `Bearer ${stack.keys.ops}` } });

  it('serves it there, with the API that it calls and the probes', async () => {
    for (const path of ['/console', '/console/orders', '/console/app.js', '/healthz', '/readyz'])
      assert.equal(await statusOf(consoleUrl + path), 200, path);
    assert.equal(await statusOf(`${consoleUrl}/v1/overview`), 401);
    assert.equal(await statusOf(`${consoleUrl}/v1/overview`, withKey()), 200);
  });

  it('serves nothing else there', async () => {
    for (const path of ['/', '/docs/', '/openapi.json', '/metrics'])
      assert.equal(await statusOf(consoleUrl + path), 404, path);
    assert.equal(await statusOf(`${consoleUrl}/webhooks/sandbox`, { method: 'POST' }), 404);
  });

  it('serves everything but the console on the port of the API', async () => {
    for (const path of ['/console', '/console/', '/console/orders', '/console/app.js'])
      assert.equal(await statusOf(api.apiUrl + path), 404, path);
    for (const path of ['/', '/docs/', '/openapi.json', '/healthz'])
      assert.equal(await statusOf(api.apiUrl + path), 200, path);
    assert.equal(await statusOf(`${api.apiUrl}/v1/overview`, withKey()), 200);
  });

  it('does not name it among the places of that port', async () => {
    const places = (await (await fetch(api.apiUrl)).json()) as Record<string, string>;
    assert.deepEqual([places.docs, places.console], ['/docs', undefined]);
  });

  it('counts a caller once for both ports', async () => {
    const limited = { CLIENT_REQUESTS_PER_SECOND: '1', API_KEYS: `client:${'c'.repeat(32)}` };
    const port = String(await getPort());
    const other = await startBeside('server', { ...limited, CONSOLE_PORT: port });
    try {
      const headers = { authorization: `Bearer ${'c'.repeat(32)}` };
      const ask = (url: string) => statusOf(`${url}/v1/key`, { headers });
      const places = [other.apiUrl, `http://127.0.0.1:${port}`];
      const statuses: number[] = [];
      for (let i = 0; i < 4; i += 1) statuses.push(await ask(String(places[i % 2])));
      assert.deepEqual(statuses.slice(0, 2), [200, 200]);
      assert.ok(statuses.slice(2).includes(429), String(statuses));
    } finally {
      await other.stop();
    }
  });

  it('says which variable to change where another process uses the port', async () => {
    const port = new URL(consoleUrl).port;
    await assert.rejects(
      startBeside('server', { CONSOLE_PORT: port }),
      new RegExp(
        `cannot listen on 127\\.0\\.0\\.1:${port}: another process uses it; set CONSOLE_PORT`,
      ),
    );
  });
});
