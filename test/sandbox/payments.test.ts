import assert from 'node:assert/strict';
import { type Gateway, type Payment, startGateway } from './support/gateway.ts';

describe('payments at the sandbox gateway', () => {
  let gateway: Gateway;
  before(async () => {
    gateway = await startGateway();
  });
  after(() => gateway.close());

  const act = (id: string, action: string, body = {}) =>
    gateway.post(`/payments/${id}/${action}`, body);
  const created = async (...actions: string[]): Promise<Payment> => {
    const { id } = await gateway.create();
    for (const action of actions) await act(id, action);
    return gateway.payment(id);
  };
  const typesOf = async ({ orderId }: Payment) =>
    (await gateway.webhooksOf(orderId)).map(({ type }) => type);

  it('shows a new payment with all of its fields', async () => {
    const payment = await gateway.create('ord_shape');
    const { id, createdAt, ...rest } = payment as Payment & { createdAt: string };
    assert.match(id, /^sbx_pay_[0-9a-f]{24}$/);
    assert.equal(new Date(createdAt).toISOString(), createdAt);
    assert.deepEqual(rest, {
      orderId: 'ord_shape',
      status: 'created',
      amount: 4_999,
      currency: 'INR',
      metadata: {},
      capture: 'automatic',
      authorizedUntil: null,
      amountCaptured: 0,
      amountRefunded: 0,
      checkoutUrl: `${gateway.sandbox.url}/checkout/${id}`,
      captures: [],
      refunds: [],
      disputes: [],
    });
  });

  it('takes the payment id for the capture id of a payment captured whole', async () => {
    const payment = await created('capture');
    assert.equal(payment.status, 'captured');
    const whole = { captureId: payment.id, amount: 4_999, reversed: false };
    assert.deepEqual(payment.captures, [whole]);
  });

  it('changes nothing when what is wholly captured is captured again', async () => {
    const payment = await created('capture', 'capture', 'capture');
    assert.equal(payment.amountCaptured, 4_999);
    assert.deepEqual(await typesOf(payment), ['payment.captured']);
  });

  it('gives parts capture ids of their own and captures the rest without an amount', async () => {
    const { id } = await gateway.create();
    await act(id, 'capture', { amount: 1_000 });
    await act(id, 'capture');
    const { captures } = await gateway.payment(id);
    assert.deepEqual(
      captures.map(({ amount }) => amount),
      [1_000, 3_999],
    );
    for (const { captureId } of captures) assert.match(captureId, /^sbx_cap_/);
  });

  it('holds what is captured by hand until the last part, and a void lets go of the rest', async () => {
    const pay = (id: string) =>
      fetch(`${gateway.sandbox.url}/checkout/${id}/pay`, { method: 'POST', redirect: 'manual' });
    const given = async (): Promise<string> => {
      const { id } = await gateway.create('ord_by_hand', { capture: 'manual' });
      await pay(id);
      return id;
    };
    const statusOf = async (id: string) => (await gateway.payment(id)).status;
    const id = await given();
    assert.equal(await statusOf(id), 'authorized');
    await act(id, 'capture', { amount: 1_000 });
    assert.equal(await statusOf(id), 'authorized');
    await act(id, 'capture');
    assert.equal(await statusOf(id), 'captured');
    const other = await given();
    await act(other, 'capture', { amount: 1_000 });
    await act(other, 'void');
    const { status, amountCaptured } = await gateway.payment(other);
    assert.deepEqual([status, amountCaptured], ['voided', 1_000]);
  });

  it('says until when the bank holds what it has authorized', async () => {
    const { id } = await gateway.create();
    const until = '2026-02-02T10:00:00.000Z';
    await act(id, 'authorize', { until });
    assert.equal((await gateway.payment(id)).authorizedUntil, until);
  });

  it('allows more to be captured than was asked for', async () => {
    const { id } = await gateway.create();
    await act(id, 'capture', { amount: 9_000 });
    assert.equal((await gateway.payment(id)).amountCaptured, 9_000);
  });

  for (const closing of ['fail', 'expire', 'void']) {
    it(`captures late, after ${closing}`, async () => {
      assert.equal((await created(closing, 'capture')).status, 'captured');
    });

    it(`refuses to ${closing} what is captured, and shows it`, async () => {
      const payment = await created('capture');
      const reply = await act(payment.id, closing);
      assert.deepEqual([reply.status, reply.body.code], [409, 'payment_captured']);
      assert.match(reply.headers.get('content-type') ?? '', /^application\/problem\+json/);
      assert.deepEqual(reply.body.payment, payment);
    });

    it(`stays as it is when voided after ${closing}`, async () => {
      const before = await created(closing);
      const reply = await act(before.id, 'void');
      assert.deepEqual([reply.status, reply.body], [200, before]);
    });
  }

  it('tells each step once', async () => {
    const payment = await created('pend', 'pend', 'authorize', 'authorize', 'capture');
    assert.deepEqual(await typesOf(payment), [
      'payment.pending',
      'payment.authorized',
      'payment.captured',
    ]);
  });

  it('reverses the only capture without being told which, and once', async () => {
    const payment = await created('capture', 'reverse', 'reverse');
    assert.equal(payment.amountCaptured, 0);
    assert.deepEqual(await typesOf(payment), ['payment.captured', 'capture.reversed']);
  });

  it('asks which of several captures to reverse', async () => {
    const { id } = await gateway.create();
    await act(id, 'capture', { amount: 1_000 });
    await act(id, 'capture');
    const unnamed = await act(id, 'reverse');
    assert.deepEqual([unnamed.status, unnamed.body.code], [422, 'capture_id_required']);
    const [first] = (await gateway.payment(id)).captures;
    await act(id, 'reverse', { captureId: first?.captureId });
    assert.equal((await gateway.payment(id)).amountCaptured, 3_999);
  });

  it('opens a dispute once and decides it later', async () => {
    const { id } = await created('capture', 'dispute', 'dispute');
    await act(id, 'dispute', { outcome: 'lost' });
    const payment = await gateway.payment(id);
    const shown = payment.disputes.map(({ status, amount }) => ({ status, amount }));
    assert.deepEqual(shown, [{ status: 'lost', amount: 4_999 }]);
    assert.deepEqual((await typesOf(payment)).slice(1), ['dispute.opened', 'dispute.lost']);
  });

  it('opens and decides a dispute in one call', async () => {
    const { id } = await created('capture');
    await act(id, 'dispute', { outcome: 'won' });
    const types = await typesOf(await gateway.payment(id));
    assert.deepEqual(types.slice(1), ['dispute.opened', 'dispute.won']);
  });

  it('refuses what it does not understand, by name', async () => {
    const { id } = await gateway.create();
    const unknown = await act(id, 'capture', { amout: 1 });
    const fraction = await act(id, 'capture', { amount: 0.5 });
    const missing = await act('sbx_pay_none', 'capture');
    assert.deepEqual([unknown.status, unknown.body.code], [422, 'validation_failed']);
    assert.match(String(fraction.body.detail), /^amount: /);
    assert.deepEqual([missing.status, missing.body.code], [404, 'payment_not_found']);
    assert.equal((await gateway.payment(id)).status, 'created');
  });

  it('never takes a form for a capture of everything', async () => {
    const { id } = await gateway.create();
    const form = new URLSearchParams({ amount: '100' });
    const url = `${gateway.sandbox.url}/payments/${id}/capture`;
    const response = await fetch(url, { method: 'POST', body: form });
    assert.equal(response.status, 415);
    assert.equal((await gateway.payment(id)).status, 'created');
  });
});
