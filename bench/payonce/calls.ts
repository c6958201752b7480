/** What the bench does at Payonce's own HTTP API, as a shop's server and a gateway would. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createHttpClient } from '../http-client.ts';
import type { HttpCalls } from '../http-side.ts';
import { PRICE } from '../side.ts';
import { createWebhookSigner } from '../signed-webhook.ts';

/** The bench needs the gateway's payment id before it can go on, and clicks again until it has it. */
const PAYMENT_WAIT = 'wait=30';
const CLICK_AGAIN_MS = 250;
const MOST_CLICKS = 80;

export interface PayonceAddress {
  apiUrl: string;
  keys: { client: string };
}

export function callPayonce({ apiUrl, keys }: PayonceAddress, webhookSecret: string): HttpCalls {
  const http = createHttpClient(apiUrl);
  const sign = createWebhookSigner(webhookSecret);
  const authorization = `Bearer ${keys.client}`;
  const pathOf = (orderId: string, command: string) => `/v1/orders/${orderId}/${command}`;
  return {
    startOrder: (orderId) => http.post('/v1/orders', newOrder(orderId), { authorization }),
    async pay(orderId) {
      const headers = { authorization, prefer: PAYMENT_WAIT };
      const path = pathOf(orderId, 'payments');
      for (let clicks = 1; clicks <= MOST_CLICKS; clicks += 1) {
        const { id } = await http.post<{ id: string | null }>(path, '{}', headers);
        if (id !== null) return id;
        // 202: another click is opening the payment, and the gateway has not answered it yet.
        await sleep(CLICK_AGAIN_MS);
      }
      throw new Error(`order ${orderId} has no payment after ${MOST_CLICKS} clicks`);
    },
    deliver(delivery) {
      const { body, headers } = sign(delivery);
      return http.post('/webhooks/sandbox', body, headers);
    },
    verify: (orderId) => http.post(pathOf(orderId, 'verify'), '{}', { authorization }),
    refusals: http.refusals,
    close: () => http.close(),
  };
}

function newOrder(id: string): string {
  const { amountMinor: amount, currency } = PRICE;
  return JSON.stringify({ id, amount, currency, gateway: 'sandbox', customer: { id: `c_${id}` } });
}
