/** Webhooks of the sandbox gateway as the bench sends them: signed as Standard Webhooks. */
import { Webhook } from 'standardwebhooks';
import { type Delivery, PRICE } from './side.ts';

export interface SignedWebhook {
  body: string;
  headers: Record<string, string>;
}

/** Any fixed time: the body of a repeated event must not differ from the first. */
const EVENT_TIME = '2026-01-26T10:00:00.000Z';

/** `payment.captured`; the same delivery gives the same body, signed anew. */
export function createWebhookSigner(secret: string): (delivery: Delivery) => SignedWebhook {
  const webhook = new Webhook(secret);
  return ({ orderId, paymentId, eventId }) => {
    const { amountMinor: amount, currency } = PRICE;
    const data = { orderId, paymentId, amount, currency };
    const body = JSON.stringify({ type: 'payment.captured', timestamp: EVENT_TIME, data });
    const now = new Date();
    const headers = {
      'webhook-id': eventId,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': webhook.sign(eventId, now, body),
    };
    return { body, headers };
  };
}
