/**
 * The HTTP calls of the sides that were written for the bench. Payonce has an API of its own and is
 * called there.
 *
 * `POST /orders/:id` `{amount, currency}`; `POST /orders/:id/payments` answers `{paymentId}`;
 * `POST /webhooks/sandbox` is signed; `POST /orders/:id/verify`. Any 2xx counts.
 */
import { createHttpClient } from './http-client.ts';
import { PRICE, type RunningSide } from './side.ts';
import { createWebhookSigner } from './signed-webhook.ts';

const ORDER = JSON.stringify({ amount: PRICE.amountMinor, currency: PRICE.currency });

type Calls = Pick<RunningSide, 'startOrder' | 'pay' | 'deliver' | 'verify' | 'refusals'>;

export interface HttpCalls extends Calls {
  close(): Promise<void>;
}

export function callOverHttp(origin: string, webhookSecret: string): HttpCalls {
  const http = createHttpClient(origin);
  const sign = createWebhookSigner(webhookSecret);
  return {
    startOrder: (orderId) => http.post(`/orders/${orderId}`, ORDER),
    async pay(orderId) {
      const { paymentId } = await http.post<{ paymentId: string }>(
        `/orders/${orderId}/payments`,
        '{}',
      );
      return paymentId;
    },
    deliver(delivery) {
      const { body, headers } = sign(delivery);
      return http.post('/webhooks/sandbox', body, headers);
    },
    verify: (orderId) => http.post(`/orders/${orderId}/verify`, '{}'),
    refusals: http.refusals,
    close: () => http.close(),
  };
}
