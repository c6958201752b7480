/** Everything that a caller can get wrong, sent to the running API. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { ROUTES } from '../../src/api/routes.ts';
import { PEOPLE, SHIPPING } from '../support/people.ts';
import { givenOrder, newOrderId, openShop, orderBody, type Shop } from '../support/shop.ts';
import { sharedStack } from '../support/stack.ts';
import { signedEvent } from '../support/webhooks.ts';
import { type Answered, type Exchange, exchange } from './exchange.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const KEY = { 'idempotency-key': 'bad-input-key-0001' };

let shop: Shop;
let baseUrl: string;
let keys: { client: string; ops: string };
/** An order that exists and is not paid. */
let orderId: string;

function send(request: Exchange): Promise<Answered> {
  const headers = { authorization: `Bearer ${keys.ops}`, ...request.headers };
  return exchange(baseUrl, { ...request, headers });
}

function post(path: string, body: unknown, headers = {}): Promise<Answered> {
  const json = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  return send({ method: 'POST', path, headers: { ...JSON_TYPE, ...headers }, body: json });
}

function assertProblem(answered: Answered, status: number, code: string): void {
  const { body, headers } = answered;
  assert.deepEqual([answered.status, body.code], [status, code], JSON.stringify(body));
  assert.match(String(headers['content-type']), /^application\/problem\+json/);
  assert.equal(headers['cache-control'], 'no-store');
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.equal(headers['x-request-id'], body.request_id);
  assert.equal(body.status, status);
  assert.ok(body.title.length > 0 && body.detail.length > 10, 'it must say what to do');
  assert.equal(body.retryable, headers['retry-after'] !== undefined);
}

describe('bad input', () => {
  before(async function () {
    this.timeout(300_000);
    shop = await openShop();
    ({ keys } = await sharedStack());
    [baseUrl = ''] = shop.apiUrls;
    orderId = await givenOrder(shop);
  });

  describe('in an order', () => {
    const order = (changes: object) => ({ ...orderBody(newOrderId()), ...changes });
    const customer = (changes: object) => order({ customer: { id: 'cus_1', ...changes } });
    const metadata = (value: unknown) => order({ metadata: value });
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, 'v']));

    const rows: [string, () => unknown, number, string, string?][] = [
      ['no id', () => order({ id: undefined }), 422, 'validation_failed', '/id'],
      ['an empty id', () => order({ id: '' }), 422, 'validation_failed', '/id'],
      ['an id with a slash', () => order({ id: 'a/b' }), 422, 'validation_failed', '/id'],
      ['an id of 65', () => order({ id: 'a'.repeat(65) }), 422, 'validation_failed', '/id'],
      ['an id that begins with -', () => order({ id: '-a' }), 422, 'validation_failed', '/id'],
      ['an id that is a number', () => order({ id: 1 }), 422, 'validation_failed', '/id'],
      ['an amount in quotes', () => order({ amount: '100' }), 422, 'validation_failed', '/amount'],
      ['a fraction', () => order({ amount: 1.5 }), 422, 'validation_failed', '/amount'],
      ['a negative amount', () => order({ amount: -1 }), 422, 'validation_failed', '/amount'],
      ['an unsafe integer', () => order({ amount: 2 ** 53 }), 422, 'validation_failed', '/amount'],
      ['no amount', () => order({ amount: undefined }), 422, 'validation_failed', '/amount'],
      ['null as amount', () => order({ amount: null }), 422, 'validation_failed', '/amount'],
      [
        'too much',
        () => order({ amount: 1_000_000_000_000 }),
        422,
        'amount_out_of_range',
        '/amount',
      ],
      [
        'an address without a country',
        () => order({ customer: { id: 'cus_7', address: { line1: '1 MG Road' } } }),
        422,
        'validation_failed',
        '/customer/address/country',
      ],
      [
        'a phone number that is none',
        () => order({ shipping: { ...SHIPPING, phone: 'ask me' } }),
        422,
        'validation_failed',
        '/shipping/phone',
      ],
      [
        'no such currency',
        () => order({ currency: 'XXY' }),
        422,
        'currency_unsupported',
        '/currency',
      ],
      [
        'a lower-case currency',
        () => order({ currency: 'inr' }),
        422,
        'currency_unsupported',
        '/currency',
      ],
      ['no such gateway', () => order({ gateway: 'acme' }), 422, 'gateway_unsupported', '/gateway'],
      [
        'a gateway of Object',
        () => order({ gateway: 'toString' }),
        422,
        'gateway_unsupported',
        '/gateway',
      ],
      ['no customer', () => order({ customer: undefined }), 422, 'validation_failed', '/customer'],
      [
        'an e-mail as customer',
        () => customer({ id: 'a@b.co' }),
        422,
        'validation_failed',
        '/customer/id',
      ],
      [
        'a bad e-mail',
        () => customer({ email: 'nobody' }),
        422,
        'validation_failed',
        '/customer/email',
      ],
      ['an unknown field', () => order({ amout: 1 }), 422, 'validation_failed', '/amout'],
      [
        'an unknown field inside',
        () => customer({ nickname: 'x' }),
        422,
        'validation_failed',
        '/customer/nickname',
      ],
      ['NUL', () => order({ description: 'a\0b' }), 422, 'validation_failed', '/description'],
      [
        'a lone surrogate',
        () => order({ description: '\ud800' }),
        422,
        'validation_failed',
        '/description',
      ],
      [
        'a long description',
        () => order({ description: 'x'.repeat(501) }),
        422,
        'validation_failed',
        '/description',
      ],
      ['51 metadata keys', () => metadata(many), 422, 'validation_failed', '/metadata'],
      ['a number in metadata', () => metadata({ a: 1 }), 422, 'validation_failed', '/metadata/a'],
      ['NUL in a metadata key', () => metadata({ 'a\0': 'x' }), 422, 'validation_failed'],
      ['no time to pay', () => order({ expiresIn: 0 }), 422, 'validation_failed', '/expiresIn'],
      ['time for ever', () => order({ expiresIn: 1e9 }), 422, 'validation_failed', '/expiresIn'],
      [
        'a card number',
        () => order({ description: '4111111111111111' }),
        422,
        'cardholder_data_rejected',
        '/description',
      ],
      ['a card field', () => order({ cvc: '123' }), 422, 'cardholder_data_rejected', '/cvc'],
    ];
    for (const [what, body, status, code, pointer] of rows)
      it(`(${what}) is refused as ${code}`, async () => {
        const answered = await post('/v1/orders', body());
        assertProblem(answered, status, code);
        if (pointer !== undefined)
          assert.deepEqual(
            answered.body.errors?.map((error) => error.pointer),
            [pointer],
          );
      });

    it('(a number beyond numbers) is refused as validation_failed', async () => {
      const body = JSON.stringify(order({ amount: 1 })).replace('"amount":1', '"amount":1e400');
      assertProblem(await post('/v1/orders', body), 422, 'validation_failed');
    });

    it('(minus zero) is refused as validation_failed', async () => {
      const body = JSON.stringify(order({ amount: 1 })).replace('"amount":1', '"amount":-0');
      assertProblem(await post('/v1/orders', body), 422, 'validation_failed');
    });

    it('creates nothing', async () => {
      const id = newOrderId();
      await post('/v1/orders', { ...orderBody(id), amount: -5 });
      assertProblem(await send({ path: `/v1/orders/${id}` }), 404, 'order_not_found');
    });

    it('with other people is a conflict that names them; with the same ones it is the same', async () => {
      const id = newOrderId();
      const { customer, shipping } = PEOPLE;
      const content = { customer: { ...customer, id: 'cus_7' }, shipping };
      await post('/v1/orders', orderBody(id, content));
      assert.equal((await post('/v1/orders', orderBody(id, content))).status, 200);
      const other = { customer: { ...customer, id: 'cus_7', name: 'Grace' } };
      const answered = await post('/v1/orders', orderBody(id, other));
      assertProblem(answered, 409, 'order_conflict');
      assert.deepEqual(
        answered.body.errors?.map(({ pointer }) => pointer),
        ['/customer/name', '/shipping'],
      );
    });

    it('that differs from the first is a conflict that names the fields', async () => {
      const first = orderBody(newOrderId());
      assert.equal((await post('/v1/orders', first)).status, 201);
      const changed = { ...first, amount: 1, metadata: { a: 'b' } };
      const answered = await post('/v1/orders', changed);
      assertProblem(answered, 409, 'order_conflict');
      assert.deepEqual(
        answered.body.errors?.map(({ pointer }) => pointer),
        ['/amount', '/metadata'],
      );
    });
  });

  describe('in the form of a body', () => {
    const good = () => JSON.stringify(orderBody(newOrderId()));
    const rows: [string, () => Partial<Exchange>, number, string][] = [
      ['no content type', () => ({ headers: {} }), 415, 'content_type_unsupported'],
      [
        'text',
        () => ({ headers: { 'content-type': 'text/plain' } }),
        415,
        'content_type_unsupported',
      ],
      [
        'another charset',
        () => ({ headers: { 'content-type': 'application/json; charset=utf-16' } }),
        415,
        'content_type_unsupported',
      ],
      [
        'gzip',
        () => ({ headers: { ...JSON_TYPE, 'content-encoding': 'gzip' } }),
        415,
        'content_encoding_unsupported',
      ],
      ['nothing', () => ({ body: '' }), 400, 'json_invalid'],
      ['half of it', () => ({ body: good().slice(0, -5) }), 400, 'json_invalid'],
      ['an array', () => ({ body: '[]' }), 400, 'json_invalid'],
      ['no UTF-8', () => ({ body: Buffer.from([0x7b, 0xff, 0x7d]) }), 400, 'json_invalid'],
      ['a key twice', () => ({ body: '{"id": "a", "id": "b"}' }), 400, 'json_duplicate_key'],
      ['__proto__', () => ({ body: '{"__proto__": {}}' }), 400, 'json_forbidden_key'],
      [
        'too deep',
        () => ({ body: `{"a":${'['.repeat(17)}${']'.repeat(17)}}` }),
        400,
        'json_too_complex',
      ],
      [
        '33 KiB announced',
        () => ({ body: `{"a":"${'x'.repeat(33 * 1024)}"}` }),
        413,
        'body_too_large',
      ],
      [
        '33 KiB streamed',
        () => ({
          body: `{"a":"${'x'.repeat(33 * 1024)}"}`,
          headers: { ...JSON_TYPE, 'transfer-encoding': 'chunked' },
        }),
        413,
        'body_too_large',
      ],
    ];
    for (const [what, request, status, code] of rows)
      it(`(${what}) is refused as ${code}`, async () => {
        const sent = { method: 'POST', path: '/v1/orders', headers: JSON_TYPE, body: good() };
        assertProblem(await send({ ...sent, ...request() }), status, code);
      });
  });

  describe('in a path', () => {
    const rows: [string, number, string][] = [
      ['/v1/orders/a%2Fb', 400, 'invalid_order_id'],
      ['/v1/orders/%00', 400, 'invalid_order_id'],
      ['/v1/orders/%zz', 400, 'invalid_order_id'],
      ['/v1/orders/a%0d%0aX', 400, 'invalid_order_id'],
      [`/v1/orders/${'a'.repeat(65)}`, 400, 'invalid_order_id'],
      ['/v1/orders/%C0%AE%C0%AE', 400, 'invalid_order_id'],
      ['/v1/orders/ord_unknown', 404, 'order_not_found'],
      ['/v1/orders/ord_unknown/events', 404, 'order_not_found'],
      ['/v1/orders/ord_unknown/invoice.pdf', 404, 'order_not_found'],
      ['/v1/customers/%zz/entitlements', 400, 'malformed_url'],
      ['/v1/customers/a%40b/entitlements', 400, 'invalid_path_parameter'],
      ['/v1/order', 404, 'route_not_found'],
      ['/V1/orders', 404, 'route_not_found'],
      ['/v1/orders/', 404, 'route_not_found'],
    ];
    for (const [path, status, code] of rows)
      it(`(${path}) is refused as ${code}`, async () => {
        assertProblem(await send({ path }), status, code);
      });

    it('(an order without an invoice) is refused as invoice_not_found', async () => {
      const answered = await send({ path: `/v1/orders/${orderId}/invoice.pdf` });
      assertProblem(answered, 404, 'invoice_not_found');
    });
  });

  describe('in a method', () => {
    const rows: [string, string, string][] = [
      ['DELETE', '/v1/orders/ord_1', 'GET, HEAD'],
      ['PUT', '/v1/orders', 'POST, GET, HEAD'],
      ['OPTIONS', '/v1/orders', 'POST, GET, HEAD'],
      ['TRACE', '/v1/orders', 'POST, GET, HEAD'],
      ['GET', '/v1/orders/ord_1/payments', 'POST'],
      ['GET', '/webhooks/sandbox', 'POST'],
      ['POST', '/healthz', 'GET, HEAD'],
    ];
    for (const [method, path, allow] of rows)
      it(`(${method} ${path}) is refused with Allow: ${allow}`, async () => {
        const answered = await send({ method, path });
        assertProblem(answered, 405, 'method_not_allowed');
        assert.equal(answered.headers.allow, allow);
      });
  });

  describe('in credentials', () => {
    const samplePath = (path: string) => path.replace(/\{\w+\}/g, 'x1');

    for (const { method, path, scope } of ROUTES) {
      const request = { method: method.toUpperCase(), path: samplePath(path) };

      it(`(none for ${request.method} ${path}) is refused`, async () => {
        const answered = await exchange(baseUrl, request);
        assertProblem(answered, 401, 'credentials_missing');
        assert.equal(answered.headers['www-authenticate'], 'Bearer');
      });

      if (scope !== 'client')
        it(`(client's for ${request.method} ${path}) is refused`, async () => {
          const headers = { authorization: `Bearer ${keys.client}` };
          assertProblem(await send({ ...request, headers }), 403, 'scope_insufficient');
        });
    }

    it('(unknown, one letter off) is refused alike', async () => {
      const wrong = [`Bearer ${'x'.repeat(32)}`, `Bearer ${keys.ops}x`];
      const bodies = await Promise.all(
        wrong.map(async (authorization) => {
          const answered = await send({ path: '/v1/orders', headers: { authorization } });
          assertProblem(answered, 401, 'credentials_invalid');
          return { ...answered.body, request_id: '', instance: '' };
        }),
      );
      for (const body of bodies) assert.deepEqual(body, bodies[0]);
    });

    for (const [what, authorization] of [
      ['without a scheme', () => keys.ops],
      ['without a key', () => 'Bearer'],
      ['of another scheme', () => `Basic ${Buffer.from(`${keys.ops}:`).toString('base64')}`],
      ['with something after the key', () => `Bearer ${keys.ops} x`],
    ] as const)
      it(`(${what}) is refused with how to send a key`, async () => {
        const headers = { authorization: authorization() };
        const answered = await send({ path: '/v1/orders', headers });
        assertProblem(answered, 401, 'credentials_invalid');
        assert.match(answered.body.detail, /send Authorization: Bearer <API key>/);
      });

    it('(a key in the query) is refused', async () => {
      const path = `/v1/orders?key=${keys.ops}`;
      assertProblem(await exchange(baseUrl, { path }), 401, 'credentials_missing');
    });
  });

  describe('in a query', () => {
    const rows: [string, string][] = [
      ['state=lost', 'query_invalid'],
      ['state=paid&state=failed', 'query_invalid'],
      ['state[]=paid', 'query_invalid'],
      ['colour=red', 'query_invalid'],
      ['limit=0', 'query_invalid'],
      ['limit=201', 'query_invalid'],
      ['limit=ten', 'query_invalid'],
      ['needsReview=yes', 'query_invalid'],
      ['cursor=nonsense', 'cursor_invalid'],
    ];
    for (const [query, code] of rows)
      it(`(${query}) is refused as ${code}`, async () => {
        assertProblem(await send({ path: `/v1/orders?${query}` }), 422, code);
      });

    const named: [query: string, parameter: string, advice: RegExp][] = [
      ['paymentId=', 'paymentId', /1 to 255 visible/],
      ['refundId=re%201', 'refundId', /1 to 255 visible/],
      ['email=ada', 'email', /e-mail address/],
      ['email=ada+shop@example.com', 'email', /write \+ as %2B/],
      [`email=${'a'.repeat(64)}@${`${'b'.repeat(60)}.`.repeat(5)}com`, 'email', /at most 320/],
      ['createdFrom=yesterday', 'createdFrom', /such as 2026-01-31/],
      ['createdFrom=2026-02-30', 'createdFrom', /such as 2026-01-31/],
      ['createdFrom=2026-01-31T10:00:00', 'createdFrom', /2026-01-31T10:00:00Z/],
      ['createdTo=2026-01-31T10:00:00+01:00', 'createdTo', /write \+ as %2B/],
      ['createdTo=0000-01-01', 'createdTo', /1970 to 9999/],
      ['createdTo=9999-12-31T23:00:00-02:00', 'createdTo', /1970 to 9999/],
      ['createdFrom=2026-02-01&createdTo=2026-01-31', 'createdTo', /before createdFrom/],
      ['gateway=', 'gateway', /1 to 32/],
      ['currency=inr', 'currency', /upper-case ISO 4217/],
      ['amount=49.99', 'amount', /minor units/],
      ['amount=999999999999999', 'amount', /minor units/],
      ['reviewReason=overpayed', 'reviewReason', /one of .*overpaid/],
      ['invoiceNumber=INV-', 'invoiceNumber', /INV-000042 or 42/],
      ['email=a@example.com&email=b@example.com', 'email', /once/],
      ['paymentID=pay_1', 'paymentID', /not known here; remove it/],
    ];
    for (const [query, parameter, advice] of named)
      it(`(${query}) is refused by its name, with what to do`, async () => {
        const answered = await send({ path: `/v1/orders?${query}` });
        assertProblem(answered, 422, 'query_invalid');
        const { errors } = answered.body as { errors: { pointer: string; message: string }[] };
        assert.deepEqual(
          errors.map(({ pointer }) => pointer),
          [`/${parameter}`],
        );
        assert.match(errors[0]?.message ?? '', advice);
      });
  });

  describe('in a command', () => {
    const rows: [string, string, unknown, object, number, string][] = [
      ['a pay body', 'payments', { amount: 1 }, {}, 422, 'validation_failed'],
      ['a signature alone', 'verify', { signature: 'x' }, {}, 422, 'validation_failed'],
      ['a payment id with a space', 'verify', { paymentId: 'a b' }, {}, 422, 'validation_failed'],
      ['an empty reason', 'cancel', { reason: '' }, {}, 422, 'validation_failed'],
      ['no key', 'refunds', {}, {}, 400, 'idempotency_key_missing'],
      [
        'a short key',
        'refunds',
        {},
        { 'idempotency-key': 'short' },
        400,
        'idempotency_key_invalid',
      ],
      [
        'two keys',
        'refunds',
        {},
        { 'idempotency-key': ['k'.repeat(16), 'l'.repeat(16)] },
        400,
        'idempotency_key_invalid',
      ],
      ['a refund of 0', 'refunds', { amount: 0 }, KEY, 422, 'amount_out_of_range'],
      ['a refund below 0', 'refunds', { amount: -1 }, KEY, 422, 'amount_out_of_range'],
      ['a refund in quotes', 'refunds', { amount: '1' }, KEY, 422, 'validation_failed'],
      [
        'a third decision',
        'reviews/r1',
        { decision: 'maybe', version: 1, note: 'n' },
        {},
        422,
        'validation_failed',
      ],
      ['no note', 'reviews/r1', { decision: 'approve', version: 1 }, {}, 422, 'validation_failed'],
      [
        'a review of version 0',
        'reviews/r1',
        { decision: 'approve', version: 0, note: 'n' },
        {},
        422,
        'validation_failed',
      ],
      [
        'no such review',
        'reviews/r1',
        { decision: 'approve', version: 1, note: 'n' },
        {},
        404,
        'review_not_found',
      ],
      ['nothing to verify', 'verify', {}, {}, 409, 'no_payment_attempt'],
      [
        'a proof for no payment',
        'verify',
        { paymentId: 'p', signature: 's' },
        {},
        409,
        'no_payment_attempt',
      ],
      [
        'nothing to refund',
        'refunds',
        {},
        { 'idempotency-key': 'bad-input-key-0002' },
        409,
        'order_not_paid',
      ],
      ['no such effect', 'effects/x/retry', {}, {}, 409, 'effect_not_failed'],
    ];
    for (const [what, command, body, headers, status, code] of rows)
      it(`(${what}) is refused as ${code}`, async () => {
        assertProblem(await post(`/v1/orders/${orderId}/${command}`, body, headers), status, code);
      });

    for (const command of ['payments', 'verify', 'cancel', 'refunds'])
      it(`(${command} of no order) is refused as order_not_found`, async () => {
        const path = `/v1/orders/ord_unknown/${command}`;
        const headers = { 'idempotency-key': `unknown-order-${command}` };
        assertProblem(await post(path, {}, headers), 404, 'order_not_found');
      });
  });

  describe('in a webhook', () => {
    const event = () =>
      signedEvent('payment.captured', { orderId, paymentId: 'sbx_pay_x', amount: 1 });
    const deliver = (headers: object, body?: string, path = '/webhooks/sandbox') => {
      const signed = event();
      const sent = { ...signed.headers, ...headers } as Record<string, string>;
      const kept = Object.entries(sent).filter(([, value]) => value !== '');
      return exchange(baseUrl, {
        method: 'POST',
        path,
        headers: Object.fromEntries(kept),
        body: body ?? signed.body,
      });
    };

    const rows: [string, () => Promise<Answered>, number, string][] = [
      [
        'an unknown gateway',
        () => deliver({}, undefined, '/webhooks/acme'),
        404,
        'gateway_unknown',
      ],
      [
        'a gateway of Object',
        () => deliver({}, undefined, '/webhooks/toString'),
        404,
        'gateway_unknown',
      ],
      ['no signature', () => deliver({ 'webhook-signature': '' }), 401, 'signature_missing'],
      [
        'a malformed signature',
        () => deliver({ 'webhook-signature': 'abc' }),
        400,
        'signature_malformed',
      ],
      [
        'a malformed time',
        () => deliver({ 'webhook-timestamp': 'now' }),
        400,
        'signature_malformed',
      ],
      [
        'a wrong signature',
        () => deliver({ 'webhook-signature': 'v1,AAAA' }),
        401,
        'signature_invalid',
      ],
      ['another body', () => deliver({}, '{}'), 401, 'signature_invalid'],
      [
        'an old time',
        () => deliver({ 'webhook-timestamp': '1' }),
        401,
        'timestamp_out_of_tolerance',
      ],
      [
        'a future time',
        () => deliver({ 'webhook-timestamp': '99999999999' }),
        401,
        'timestamp_out_of_tolerance',
      ],
      ['text', () => deliver({ 'content-type': 'text/plain' }), 415, 'content_type_unsupported'],
      ['gzip', () => deliver({ 'content-encoding': 'gzip' }), 415, 'content_encoding_unsupported'],
      ['more than 1 MiB', () => deliver({}, 'x'.repeat(1024 * 1024 + 1)), 413, 'body_too_large'],
    ];
    for (const [what, sent, status, code] of rows)
      it(`(${what}) is refused as ${code}`, async () => {
        assertProblem(await sent(), status, code);
      });
  });

  describe('in a request for the documentation', () => {
    const css = '/docs/swagger-ui.css';
    const rows: [string, Exchange, number, string][] = [
      ['a file that is none', { path: '/docs/nothing.css' }, 404, 'route_not_found'],
      ['a file of the package', { path: '/docs/package.json' }, 404, 'route_not_found'],
      ['a way out of the folder', { path: '/docs/%2e%2e/index.js' }, 404, 'route_not_found'],
      ['a broken escape', { path: '/docs/%zz' }, 404, 'route_not_found'],
      ['another method', { path: '/docs/', method: 'POST' }, 405, 'method_not_allowed'],
    ];
    for (const [what, request, status, code] of rows)
      it(`(${what}) is refused as ${code}`, async () => {
        assertProblem(await exchange(baseUrl, request), status, code);
      });

    for (const [name, value] of Object.entries({ range: 'bytes=9-2', 'if-match': '"x"' }))
      it(`(${name}) is left unheard`, async () => {
        const answered = await exchange(baseUrl, { path: css, headers: { [name]: value } });
        assert.equal(answered.status, 200);
      });
  });

  describe('in a request line', () => {
    it('(no Host) is refused as malformed_http', async () => {
      const { port } = new URL(baseUrl);
      const socket = connect(Number(port), '127.0.0.1');
      await once(socket, 'connect');
      socket.write('GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n');
      assert.match(await text(socket), /^HTTP\/1\.1 400 [\s\S]*"code":"malformed_http"/);
    });
  });
});
