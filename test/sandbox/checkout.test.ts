import assert from 'node:assert/strict';
import { type Gateway, startGateway } from './support/gateway.ts';

describe('checkout page of the sandbox gateway', () => {
  let gateway: Gateway;
  before(async () => {
    gateway = await startGateway();
  });
  after(() => gateway.close());

  const click = async (url: string, button: string) => {
    const response = await fetch(`${url}/${button}`, { method: 'POST' });
    return response.text();
  };

  it('offers Pay, Decline and Leave, and loads nothing from elsewhere', async () => {
    const { checkoutUrl } = await gateway.create();
    const response = await fetch(checkoutUrl);
    const html = await response.text();
    assert.match(html, />Pay 49\.99 INR<\/button>/);
    assert.match(html, />Decline<\/button>/);
    assert.match(html, />Leave<\/button>/);
    assert.match(response.headers.get('content-security-policy') ?? '', /default-src 'none'/);
    assert.doesNotMatch(html, /(src|href)="(https?:)?\/\//);
  });

  it('confirms a payment, and pays once for two clicks', async () => {
    const { id, orderId, checkoutUrl } = await gateway.create();
    await click(checkoutUrl, 'pay');
    const html = await click(checkoutUrl, 'pay');
    assert.match(html, /Payment received/);
    assert.doesNotMatch(html, /<button/);
    assert.equal((await gateway.payment(id)).amountCaptured, 4_999);
    assert.equal((await gateway.webhooksOf(orderId)).length, 1);
  });

  it('declines', async () => {
    const { id, checkoutUrl } = await gateway.create();
    assert.match(await click(checkoutUrl, 'decline'), /Payment declined/);
    assert.equal((await gateway.payment(id)).status, 'failed');
  });

  it('changes nothing for a customer who leaves', async () => {
    const { id, checkoutUrl } = await gateway.create();
    const html = await (await fetch(`${checkoutUrl}/left`)).text();
    assert.match(html, /Nothing was charged/);
    assert.equal((await gateway.payment(id)).status, 'created');
  });

  it('shows what an order is called, and never runs it', async () => {
    const { checkoutUrl } = await gateway.create('<script>alert(1)</script>');
    const html = await (await fetch(checkoutUrl)).text();
    assert.ok(html.includes('&lt;script&gt;alert(1)&lt;/script&gt;'));
    assert.ok(!html.includes('<script'));
  });

  for (const [currency, text] of [
    ['JPY', '>4,999 JPY<'],
    ['KWD', '>4.999 KWD<'],
    ['HUF', '>49.99 HUF<'],
  ] as const) {
    it(`writes ${currency} with the digits of ISO 4217`, async () => {
      const body = { orderId: `ord_${currency}`, amount: 4_999, currency };
      const reply = await gateway.post('/payments', body, { 'idempotency-key': currency });
      const html = await (await fetch(String(reply.body.checkoutUrl))).text();
      assert.ok(html.includes(text), html);
    });
  }

  it('says so when there is no such payment', async () => {
    const response = await fetch(`${gateway.sandbox.url}/checkout/sbx_pay_none`);
    assert.equal(response.status, 404);
    assert.match(await response.text(), /Payment not found/);
  });
});
