import assert from 'node:assert/strict';
import {
  validatePaymentVerification,
  validateWebhookSignature,
} from 'razorpay/dist/utils/razorpay-utils.js';
import { isSigned } from '../../../src/gateways/razorpay/webhook.ts';
import { KEY_SECRET } from '../../fakes/razorpay/fake.ts';
import { signedHeaders } from '../../fakes/razorpay/webhooks.ts';
import { gatewayWithoutNetwork, refusing, WEBHOOK_SECRET } from './support.ts';

const ORDER = 'order_Qk3TxPayonce1';
const PAYMENT = 'pay_Qk3TzPayonce01';

/** Razorpay's own helper has no signing half: it accepts exactly one signature, so that one is found. */
function checkoutSignature(orderId: string, paymentId: string): string {
  const signature = signedHeaders(`${orderId}|${paymentId}`, KEY_SECRET)['x-razorpay-signature'];
  const parts = { order_id: orderId, payment_id: paymentId };
  assert.equal(validatePaymentVerification(parts, signature, KEY_SECRET), true);
  return signature;
}

describe("a checkout's proof", () => {
  const { isProofValid } = gatewayWithoutNetwork();
  const signature = checkoutSignature(ORDER, PAYMENT);

  it("is accepted where Razorpay's own helper accepts it", () => {
    const proof = { paymentId: PAYMENT, orderPaymentIds: ['order_other', ORDER], signature };
    assert.equal(isProofValid(proof), true);
  });

  it('proves nothing for an order that is not among ours', () => {
    const proof = { paymentId: PAYMENT, orderPaymentIds: ['order_other'], signature };
    assert.equal(isProofValid(proof), false);
  });

  it('proves nothing for another payment', () => {
    const proof = { paymentId: 'pay_other', orderPaymentIds: [ORDER], signature };
    assert.equal(isProofValid(proof), false);
  });

  for (const [what, wrong] of [
    ['one changed digit', signature.replace(/^./, (first) => (first === '0' ? '1' : '0'))],
    ['another length', signature.slice(1)],
    ['no hexadecimal digits', 'z'.repeat(64)],
    ['nothing in it', ''],
    ['the parts the other way round', checkoutSignature(PAYMENT, ORDER)],
  ] as const)
    it(`is refused with ${what}`, () => {
      const proof = { paymentId: PAYMENT, orderPaymentIds: [ORDER], signature: wrong };
      assert.equal(isProofValid(proof), false);
    });
});

describe("the signature of Razorpay's webhooks, T43 T45", () => {
  const body = '{"event":"payment.captured","payload":{"text":"₹ and \\u20b9"}}';
  const signature = signedHeaders(body, WEBHOOK_SECRET)['x-razorpay-signature'];

  it("is accepted where Razorpay's own helper accepts it, over the raw bytes", () => {
    assert.equal(validateWebhookSignature(body, signature, WEBHOOK_SECRET), true);
    assert.equal(isSigned(Buffer.from(body), signature, [WEBHOOK_SECRET]), true);
  });

  it('is accepted under the older of two secrets', () => {
    assert.equal(isSigned(Buffer.from(body), signature, ['the new one', WEBHOOK_SECRET]), true);
  });

  it('is refused for a body that differs in one byte', () => {
    const tampered = body.replace('captured', 'Captured');
    assert.equal(isSigned(Buffer.from(tampered), signature, [WEBHOOK_SECRET]), false);
  });
});

describe('a webhook without a good signature', () => {
  const { readWebhook } = gatewayWithoutNetwork();
  const body = Buffer.from('{}');

  it('is refused when the signature is missing', () => {
    assert.throws(() => readWebhook(body, {}), refusing('signature_missing'));
  });

  it('is refused when the signature has not the form of one', () => {
    const headers = { 'x-razorpay-signature': 'abc' };
    assert.throws(() => readWebhook(body, headers), refusing('signature_malformed'));
  });

  it('is refused when the signature is of another secret', () => {
    const headers = signedHeaders('{}', 'somebody else');
    assert.throws(() => readWebhook(body, headers), refusing('signature_invalid'));
  });
});
