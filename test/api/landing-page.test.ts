import assert from 'node:assert/strict';
import { ensureConsole } from '../../scripts/build-console.ts';
import { type SharedStack, sharedStack } from '../support/stack.ts';

describe('GET /', () => {
  let stack: SharedStack;

  before(async function () {
    this.timeout(300_000);
    await ensureConsole();
    stack = await sharedStack();
  });

  const get = (headers: Record<string, string> = {}, method = 'GET'): Promise<Response> =>
    fetch(`${stack.apiUrl}/`, { method, headers });

  it('says to a program what runs here and where the rest is', async () => {
    const response = await get();
    assert.deepEqual(
      [response.status, await response.json()],
      [
        200,
        {
          name: 'Payonce',
          console: '/console',
          docs: '/docs',
          openapi: '/openapi.json',
          readiness: '/readyz',
          temporalUi: stack.temporalUiUrl,
        },
      ],
    );
  });

  it('is a page for a browser, whose links lead somewhere', async () => {
    const response = await get({ accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
    assert.equal(response.headers.get('content-type'), 'text/html; charset=utf-8');
    const links = [...(await response.text()).matchAll(/href="([^"]+)"/g)].map(([, link]) => link);
    assert.equal(links.length, 5);
    for (const link of links) {
      const { status } = await fetch(new URL(String(link), stack.apiUrl));
      assert.equal(status, 200, link);
    }
  });

  it('takes nothing but GET', async () => {
    const response = await get({}, 'POST');
    assert.deepEqual([response.status, response.headers.get('allow')], [405, 'GET, HEAD']);
  });
});
