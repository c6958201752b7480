/** What Adyen is asked, by its own OpenAPI file, and what its answers are taken for. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdyenGateway } from '../../../src/gateways/adyen/index.ts';
import { readReference } from '../../../src/gateways/adyen/payloads.ts';
import {
  type Gateway,
  GatewayMisconfigured,
  GatewayOutcomeUnknown,
  GatewayRefusal,
} from '../../../src/gateways/gateway.ts';
import { type FakeAdyen, openFakeAdyen } from '../../fakes/adyen/fake-adyen.ts';
import { PEOPLE } from '../../support/people.ts';
import { adyenAt, INSTALLATION, referenceFor, request } from './support.ts';

describe('a payment at Adyen', () => {
  let fake: FakeAdyen;
  let gateway: Gateway;
  beforeEach(async () => {
    fake = await openFakeAdyen();
    gateway = adyenAt(fake);
  });
  afterEach(async () => {
    assert.deepEqual(fake.violations, []);
    await fake.close();
  });

  const linkOf = (reference: string) =>
    [...fake.account.links.values()].find((link) => link.reference === reference);

  it('is a link under a reference that names order, installation and manner of capture', async () => {
    const { payment, checkout } = await gateway.createPayment(request());
    assert.deepEqual(readReference(payment.paymentId), {
      ...{ orderId: 'ord_1', installationId: INSTALLATION, isManual: false },
    });
    assert.match(checkout.url ?? '', /^https:/);
    const { asked } = linkOf(payment.paymentId) ?? {};
    assert.deepEqual(
      { ...asked },
      {
        ...{ reference: payment.paymentId, merchantAccount: 'PayonceECOM', reusable: false },
        ...{ amount: { value: 1_000, currency: 'EUR' }, manualCapture: false },
        captureDelayHours: 0,
        metadata: { orderId: 'ord_1', installation: INSTALLATION, attempt: '1' },
      },
    );
  });

  it('says what it is for and whom to write to, within the limits, and nothing else of a person', async () => {
    const { customer, shipping, description } = PEOPLE;
    const details = { ...customer, shipping, description };
    const { payment } = await gateway.createPayment({ ...request(), details });
    const asked = JSON.stringify(linkOf(payment.paymentId)?.asked);
    assert.ok(asked.includes(customer.email) && asked.includes(description));
    assert.ok(!asked.includes(customer.name) && !asked.includes(shipping.address.line1));
  });

  it('goes back to the page of the shop, with the order', async () => {
    const returning = adyenAt(fake, { returnUrl: 'https://shop.example/thanks?lang=nl' });
    const { payment } = await returning.createPayment(request());
    const { asked } = linkOf(payment.paymentId) ?? {};
    const { returnUrl } = asked as { returnUrl: string };
    assert.equal(returnUrl, 'https://shop.example/thanks?lang=nl&orderId=ord_1');
  });

  it('waits to be captured where the order or the setting says so', async () => {
    const byOrder = await gateway.createPayment({ ...request(), capture: 'manual' });
    const bySetting = await adyenAt(fake, { captureMethod: 'manual' }).createPayment(
      request('ord_2'),
    );
    for (const { payment } of [byOrder, bySetting]) {
      assert.equal(linkOf(payment.paymentId)?.manualCapture, true);
      assert.equal(readReference(payment.paymentId)?.isManual, true);
    }
  });

  it('has a reference within its 80 characters, however long the id of its order is', async () => {
    for (const [length, isNamed] of [
      [54, true],
      [55, false],
      [64, false],
    ] as const) {
      const orderId = 'o'.repeat(length);
      const { payment } = await gateway.createPayment(request(orderId));
      assert.ok(payment.paymentId.length <= 80);
      assert.equal(payment.orderId, isNamed ? orderId : null);
    }
  });

  it('of another installation with the same order ids is not answered in its place', async () => {
    const ours = await gateway.createPayment(request());
    const other = { ...request(), installationId: `ins_${'8'.repeat(32)}` };
    const theirs = await gateway.createPayment(other);
    assert.notEqual(theirs.payment.gatewayIds?.link, ours.payment.gatewayIds?.link);
  });

  it('that is captured, canceled or refunded is only received', async () => {
    const { payment } = await gateway.createPayment({ ...request(), capture: 'manual' });
    const { paymentId } = payment;
    const link = linkOf(paymentId);
    assert.ok(link);
    const { psp } = fake.account.authorise(link);
    const named = { paymentId, gatewayIds: { ...payment.gatewayIds, payment: psp } };
    const change = { ...named, amountMinor: 400, currency: 'EUR' };
    const captured = await gateway.capturePayment({ ...change, idempotencyKey: 'capture' });
    const voided = await gateway.voidPayment({ ...named, idempotencyKey: 'void' });
    const refund = await gateway.refundPayment({ ...change, idempotencyKey: 'refund' });
    assert.deepEqual([captured, voided, refund.status], [null, null, 'pending']);
  });

  it('is ended for good as long as nobody has paid it', async () => {
    const { payment } = await gateway.createPayment(request());
    const { paymentId, gatewayIds = {} } = payment;
    const left = await gateway.voidPayment({ paymentId, gatewayIds, idempotencyKey: 'void' });
    assert.deepEqual([left?.status, linkOf(paymentId)?.status], ['voided', 'expired']);
  });

  it('that was paid before its webhook came is canceled by our own reference', async () => {
    const { payment } = await gateway.createPayment({ ...request(), capture: 'manual' });
    const { paymentId, gatewayIds = {} } = payment;
    const link = linkOf(paymentId);
    assert.ok(link);
    const { psp } = fake.account.authorise(link);
    const left = await gateway.voidPayment({ paymentId, gatewayIds, idempotencyKey: 'void' });
    assert.equal(left, null);
    assert.equal(fake.account.paymentOf(psp).status, 'cancelled');
  });

  for (const [status, known] of [
    ['active', 'created'],
    ['paymentPending', 'pending'],
    ['completed', 'pending'],
    ['expired', 'expired'],
  ] as const)
    it(`whose link is ${status} is ${known} when it is asked about`, async () => {
      const { payment } = await gateway.createPayment(request());
      const { paymentId, gatewayIds = {} } = payment;
      Object.assign(linkOf(paymentId) ?? {}, { status });
      const asked = { orderId: 'ord_1', paymentIds: [paymentId] };
      const { payments, missing } = await gateway.fetchPayments({
        ...asked,
        gatewayIds: { [paymentId]: gatewayIds },
      });
      assert.deepEqual([payments[0]?.status, missing], [known, []]);
    });

  it('of which a webhook has told is known by webhooks alone', async () => {
    const paymentId = referenceFor('ord_1', true);
    const gatewayIds = { [paymentId]: { link: 'PL1', payment: 'QFQTPCQ8HXSKGK82' } };
    const asked = { orderId: 'ord_1', paymentIds: [paymentId], gatewayIds };
    assert.deepEqual(await gateway.fetchPayments(asked), { payments: [], missing: [] });
    assert.deepEqual(fake.calls, []);
  });
});

/** A place that answers each call in the same way. */
async function answering(
  status: number,
  body: string,
  headers: Record<string, string> = {},
): Promise<{ gateway: Gateway; close(): void; calls: string[] }> {
  const calls: string[] = [];
  const server = createServer((incoming, response) => {
    calls.push(`${incoming.method} ${incoming.url}`);
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const gateway = createAdyenGateway({
    ...{ apiKey: 'key', merchantAccount: 'Shop', environment: 'test' },
    ...{ webhookSecrets: ['AB'.repeat(32)], apiBase: `http://127.0.0.1:${port}` },
  });
  return { gateway, calls, close: () => void server.close() };
}

describe('an answer of Adyen, T27', () => {
  const error = (errorCode: string, status = 422): string =>
    JSON.stringify({ status, errorCode, message: 'of card 4111', errorType: 'validation' });

  for (const [what, status, body, headers, expected] of [
    ['401', 401, error('000', 401), {}, GatewayMisconfigured],
    ['403', 403, error('901', 403), {}, GatewayMisconfigured],
    ['429', 429, error('000', 429), {}, GatewayOutcomeUnknown],
    ['500', 500, error('905', 500), {}, GatewayOutcomeUnknown],
    ['a key that is in use', 422, error('704'), {}, GatewayOutcomeUnknown],
    [
      'one that it calls transient',
      422,
      error('1'),
      { 'transient-error': 'true' },
      GatewayOutcomeUnknown,
    ],
    ['no JSON', 200, '<html>', {}, GatewayOutcomeUnknown],
    ['an unknown form', 201, '{}', {}, GatewayOutcomeUnknown],
    ['an invalid amount', 422, error('137'), {}, GatewayRefusal],
  ] as const)
    it(`${what} is a ${expected.name}, and repeats nothing of what was sent`, async () => {
      const { gateway, close } = await answering(status, body, headers);
      const warned: unknown[] = [];
      const { warn } = console;
      console.warn = (...words: unknown[]) => warned.push(words);
      try {
        await assert.rejects(gateway.createPayment(request()), (thrown) => {
          assert.ok(thrown instanceof expected, String(thrown));
          assert.equal(thrown instanceof GatewayRefusal, expected === GatewayRefusal);
          assert.ok(!thrown.message.includes('4111'));
          return true;
        });
        assert.deepEqual(warned, []);
      } finally {
        console.warn = warn;
        close();
      }
    });

  it('that leads elsewhere is not followed, with the key in hand', async () => {
    const { gateway, calls, close } = await answering(308, '', {
      location: 'https://checkout.adyen.com/elsewhere',
    });
    await assert.rejects(gateway.checkAccess(), GatewayOutcomeUnknown);
    assert.equal(calls.length, 1);
    close();
  });
});
