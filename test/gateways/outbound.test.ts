/** What a gateway, or somebody in its place, may make our own process do: nothing but read a short answer. */
import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { GatewayOutcomeUnknown } from '../../src/gateways/gateway.ts';
import { createOutboundFetch } from '../../src/gateways/outbound.ts';
import { createRazorpayGateway } from '../../src/gateways/razorpay/index.ts';
import { createSandboxGateway } from '../../src/gateways/sandbox/index.ts';
import { createStripeGateway } from '../../src/gateways/stripe/index.ts';

const MIB = 1024 * 1024;

/** A server that answers so, its address, and what was asked of it. */
async function listening(answer: RequestListener) {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}`, asked, close };
}

type Listening = Awaited<ReturnType<typeof listening>>;

const open: Listening[] = [];
async function given(answer: RequestListener): Promise<Listening> {
  const server = await listening(answer);
  open.push(server);
  return server;
}

describe('the way out to a gateway', () => {
  afterEach(() => {
    for (const server of open.splice(0)) server.close();
  });

  it('brings back an answer as it is', async () => {
    const { url } = await given((_request, response) =>
      response.writeHead(402, { 'x-request-id': 'r1' }).end('{"a":1}'),
    );
    const response = await createOutboundFetch(url)(`${url}/x`, { method: 'POST', body: '{}' });
    assert.equal(response.status, 402);
    assert.equal(response.headers.get('x-request-id'), 'r1');
    assert.deepEqual(await response.json(), { a: 1 });
  });

  it('brings back an answer without content', async () => {
    const { url } = await given((_request, response) => response.writeHead(204).end());
    assert.equal((await createOutboundFetch(url)(url, {})).status, 204);
  });

  it('leads to that gateway alone', async () => {
    const other = await given((_request, response) => response.end('{}'));
    const call = createOutboundFetch('https://api.stripe.com');
    await assert.rejects(call(`${other.url}/v1/refunds`, {}), { name: 'OutboundRefusal' });
    assert.deepEqual(other.asked, []);
  });

  it('takes an answer of 1 MiB and none that is larger', async () => {
    let size = MIB;
    const { url } = await given((_request, response) => response.end(Buffer.alloc(size, 'x')));
    const call = createOutboundFetch(url);
    assert.equal((await (await call(url, {})).text()).length, MIB);
    size += 1;
    await assert.rejects(call(url, {}), { name: 'OutboundRefusal' });
  });

  it('stops reading an answer that unpacks to more than it said', async () => {
    const packed = gzipSync(Buffer.alloc(200 * MIB, 'x'));
    assert.ok(packed.length < MIB);
    const { url } = await given((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed),
    );
    const before = process.memoryUsage().arrayBuffers;
    await assert.rejects(createOutboundFetch(url)(url, {}), { name: 'OutboundRefusal' });
    assert.ok(process.memoryUsage().arrayBuffers - before < 50 * MIB);
  });
});

const WEBHOOK_SECRETS = ['whsec_of_no_importance_here'];
const GATEWAYS = {
  sandbox: (baseUrl: string) => createSandboxGateway({ baseUrl, webhookSecrets: [] }),
  stripe: (apiBase: string) =>
    createStripeGateway({ secretKey: 'sk_test_1', webhookSecrets: WEBHOOK_SECRETS, apiBase }),
  razorpay: (apiBase: string) => {
    const keys = { keyId: 'rzp_test_1', keySecret: 's', webhookSecrets: WEBHOOK_SECRETS };
    return createRazorpayGateway({ ...keys, apiBase });
  },
};

for (const [name, gatewayAt] of Object.entries(GATEWAYS))
  describe(`the ${name} gateway`, () => {
    afterEach(() => {
      for (const server of open.splice(0)) server.close();
    });

    const ask = (url: string) =>
      gatewayAt(url).fetchPayments({ orderId: 'ord_1', paymentIds: ['pay_1'] });

    it('follows nobody to another address, and takes it for a silence', async () => {
      const elsewhere = await given((_request, response) => response.end('{}'));
      const redirecting = await given((_request, response) =>
        response.writeHead(307, { location: `${elsewhere.url}/stolen` }).end(),
      );
      await assert.rejects(ask(redirecting.url), GatewayOutcomeUnknown);
      assert.equal(redirecting.asked.length, 1);
      assert.deepEqual(elsewhere.asked, []);
    });

    it('takes an endless answer for a silence', async () => {
      const endless = await given((_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const more = setInterval(() => response.write(Buffer.alloc(MIB / 4, ' ')), 1);
        response.once('close', () => clearInterval(more));
      });
      await assert.rejects(ask(endless.url), GatewayOutcomeUnknown);
    });
  });
