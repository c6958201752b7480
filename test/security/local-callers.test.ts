/** A page of another site, in a browser on this machine, at everything that listens on loopback. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { execa } from 'execa';
import getPort from 'get-port';
import pWaitFor from 'p-wait-for';
import { commandOf } from '../../src/dev/processes/live-process.ts';
import { givenPendingOrder, newOrderId, openShop, orderBody, type Shop } from '../support/shop.ts';
import { type SharedStack, sharedStack } from '../support/stack.ts';
import { signedEvent } from '../support/webhooks.ts';

interface Answered {
  status: number | undefined;
  body: string;
}

interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** `fetch` does not let a caller set Host or Origin. */
function ask(url: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const json = body === undefined ? {} : { 'content-type': 'application/json' };
    const asked = request(url, { method, headers: { ...json, ...headers } }, async (response) => {
      resolve({ status: response.statusCode, body: await text(response) });
    });
    asked.once('error', reject).end(body);
  });
}

const codeOf = ({ status, body }: Answered) => [status, JSON.parse(body).code];

const FOREIGN_HOSTS = ['evil.example', '127.0.0.1.evil.example', '192.168.1.7:3000', '[::2]', '@'];
const FOREIGN_ORIGINS = ['https://evil.example', 'http://localhost.evil.example', 'null'];

describe('a page of another site, at a stack of this machine', function () {
  this.timeout(300_000);
  let stack: SharedStack;
  let shop: Shop;
  before(async () => {
    stack = await sharedStack();
    shop = await openShop();
  });

  const authorized = () => ({ authorization: `Bearer ${stack.keys.ops}` });
  const portOf = (url: string) => new URL(url).port;

  it('reads nothing of the API under a name that resolves to this machine', async () => {
    for (const host of FOREIGN_HOSTS)
      for (const path of ['/v1/orders', '/docs/', '/openapi.json', '/metrics', '/healthz'])
        assert.deepEqual(
          codeOf(await ask(`${stack.apiUrl}${path}`, { headers: { ...authorized(), host } })),
          [421, 'host_refused'],
          `${host} ${path}`,
        );
  });

  it('changes nothing at the API', async () => {
    for (const origin of FOREIGN_ORIGINS) {
      const id = newOrderId();
      const posted = await ask(`${stack.apiUrl}/v1/orders`, {
        method: 'POST',
        headers: { ...authorized(), origin },
        body: JSON.stringify(orderBody(id)),
      });
      assert.deepEqual(codeOf(posted), [403, 'origin_refused'], origin);
      assert.equal((await shop.call('GET', `/v1/orders/${id}`)).status, 404);
    }
  });

  it('neither sees a payment at the sandbox gateway nor pays it, nor plans its faults', async () => {
    const { paymentId } = await givenPendingOrder(shop);
    const gateway = stack.sandboxUrl;
    for (const host of FOREIGN_HOSTS)
      for (const path of ['/payments', `/checkout/${paymentId}`, '/webhooks'])
        assert.deepEqual(codeOf(await ask(`${gateway}${path}`, { headers: { host } })), [
          403,
          'foreign_host',
        ]);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    for (const origin of FOREIGN_ORIGINS)
      for (const [method, path] of [
        ['POST', `/checkout/${paymentId}/pay`],
        ['POST', `/payments/${paymentId}/capture`],
        ['PUT', '/faults'],
      ])
        assert.deepEqual(
          codeOf(
            await ask(`${gateway}${path}`, { method: method ?? '', headers: { ...form, origin } }),
          ),
          [403, 'foreign_origin'],
        );
    const { body } = await shop.gateway<{ status: string }>('GET', `/payments/${paymentId}`);
    assert.equal(body.status, 'created');
  });

  it('reads nothing of Temporal’s pages, and its HTTP API knows no such host', async () => {
    const ui = new URL(stack.temporalUiUrl ?? '').origin;
    const origin = 'https://evil.example';
    const read = await fetch(`${ui}/api/v1/namespaces`, { headers: { origin } });
    assert.equal(read.headers.get('access-control-allow-origin'), null);
    const signal = `${ui}/api/v1/namespaces/payments/workflows/x/signal/y`;
    const posted = await ask(signal, { method: 'POST', headers: { origin }, body: '{}' });
    assert.ok([400, 403].includes(posted.status ?? 0), `${posted.status}: ${posted.body}`);
    const [, port] = /--http-port (\d+)/.exec(commandOf(stack.children.temporal ?? 0) ?? '') ?? [];
    const namespaces = `http://127.0.0.1:${port}/api/v1/namespaces`;
    assert.equal((await ask(namespaces)).status, 200);
    assert.equal((await ask(namespaces, { headers: { host: 'evil.example' } })).status, 403);
  });

  it('is no program and no page of this machine, which are served under each of its names', async () => {
    for (const host of ['127.0.0.1', 'localhost', '[::1]', 'LOCALHOST', '127.9.9.9'])
      assert.equal((await ask(`${stack.apiUrl}/healthz`, { headers: { host } })).status, 200, host);
    for (const origin of ['http://localhost:3002', `http://127.0.0.1:${portOf(stack.apiUrl)}`]) {
      const body = JSON.stringify(orderBody(newOrderId()));
      const headers = { ...authorized(), origin };
      const { status } = await ask(`${stack.apiUrl}/v1/orders`, { method: 'POST', headers, body });
      assert.equal(status, 201, origin);
    }
  });

  it('is no gateway either, whose webhooks come through a tunnel and are signed', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    const event = signedEvent('payment.pending', { orderId: id, paymentId, amount: 4999 });
    const headers = { ...event.headers, host: 'payonce.tunnel.example' };
    const url = `${stack.apiUrl}/webhooks/sandbox`;
    const { status } = await ask(url, { method: 'POST', headers, body: event.body });
    assert.equal(status, 200);
  });
});

describe('an API on loopback', function () {
  this.timeout(60_000);
  const random = () => randomBytes(32).toString('base64');

  /** Neither its database nor Temporal is there; for this it needs none. */
  async function answerTo(host: string, env: Record<string, string>): Promise<number | undefined> {
    const { PATH = '' } = process.env;
    const port = await getPort();
    const server = execa(process.execPath, ['--import', 'tsx', path.resolve('src/server.ts')], {
      env: {
        PATH,
        PORT: String(port),
        DATABASE_URL: 'postgres://u:p@127.0.0.1:1/d',
        TEMPORAL_ADDRESS: '127.0.0.1:1',
        API_KEYS: `ops:${random()}`,
        ...env,
      },
      extendEnv: false,
      reject: false,
    });
    try {
      const asked = () => ask(`http://127.0.0.1:${port}/healthz`, { headers: { host } });
      const answer = await pWaitFor(
        async () => {
          const answered = await asked().catch(() => undefined);
          return answered !== undefined && pWaitFor.resolveWith(answered);
        },
        { interval: 100 },
      );
      return answer.status;
    } finally {
      server.kill('SIGKILL');
      await server;
    }
  }

  it('in production serves a proxy that passes its own name on', async () => {
    const production = {
      NODE_ENV: 'production',
      PAYLOAD_KEYS: `k1:${random()}`,
      STRIPE_SECRET_KEY: `sk_test_${random()}`,
      STRIPE_WEBHOOK_SECRETS: `whsec_${random()}`,
    };
    assert.equal(await answerTo('pay.shop.example', production), 200);
  });

  it('in development serves no other name', async () => {
    assert.equal(await answerTo('pay.shop.example', {}), 421);
  });
});
