/** A gateway in front of the fake PayPal, and what the tests of it have in common. */

import type { CreatePayment } from '../../../src/gateways/gateway.ts';
import { createPayPalGateway, type PayPalSettings } from '../../../src/gateways/paypal/index.ts';
import { CLIENT_ID, CLIENT_SECRET } from '../../fakes/paypal/api.ts';
import { MERCHANT_ID } from '../../fakes/paypal/shapes.ts';
import { WEBHOOK_ID } from '../../fakes/paypal/webhooks.ts';

export const INSTALLATION = `ins_${'7'.repeat(32)}`;
export const AMOUNT = 4_999;

export function gatewayAt(apiBase: string | undefined, more: Partial<PayPalSettings> = {}) {
  return createPayPalGateway({
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    webhookIds: WEBHOOK_ID,
    mode: 'sandbox',
    merchantId: MERCHANT_ID,
    ...(apiBase !== undefined && { apiBase }),
    ...more,
  });
}

let count = 0;

/** Of a new order, under a new key. */
export function newRequest(more: Partial<CreatePayment> = {}): CreatePayment {
  count += 1;
  return {
    orderId: `ord_${count}`,
    installationId: INSTALLATION,
    attempt: 1,
    amountMinor: AMOUNT,
    currency: 'EUR',
    idempotencyKey: `key-${count}`.padEnd(32, '-'),
    ...more,
  };
}
