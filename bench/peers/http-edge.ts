/**
 * The HTTP face that the three peers share: the framework and the signature check that Payonce has,
 * so that only what lies behind differs. It must never do a peer's work for it.
 */
import express, { type Express, type Request, type Response } from 'express';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';

export type OrderState = 'initiated' | 'pending' | 'paid';

/** How an order stands; `version` counts its changes, the first being its start. */
export interface OrderStatus {
  state: OrderState;
  version: number;
}

export interface Money {
  amountMinor: number;
  currency: string;
}

/** A `payment.captured` whose signature was valid. */
export interface Capture extends Money {
  /** The same id is the same event, delivered again. */
  eventId: string;
  orderId: string;
  paymentId: string;
}

/** What a peer does behind the edge. Each call resolves when its outcome is durable. */
export interface Orders {
  start(orderId: string, price: Money): Promise<'created' | 'known'>;
  /** @returns the gateway's payment, one for all clicks; undefined when there is no such order */
  pay(orderId: string): Promise<string | undefined>;
  receive(capture: Capture): Promise<'accepted' | 'duplicate'>;
  /** @returns undefined when there is no such order */
  verify(orderId: string): Promise<OrderStatus | undefined>;
}

/** @param webhookSecret `whsec_…`, as Standard Webhooks */
export function createEdge(orders: Orders, webhookSecret: string): Express {
  const webhook = new Webhook(webhookSecret);
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.post('/orders/:id', express.json(), async ({ params: { id }, body }, response) => {
    const { amount, currency } = body as { amount: number; currency: string };
    const outcome = await orders.start(id, { amountMinor: amount, currency });
    response.status(outcome === 'created' ? 201 : 200).json({ id });
  });
  app.post('/orders/:id/payments', async ({ params: { id } }, response) => {
    const paymentId = await orders.pay(id);
    answer(response, id, paymentId === undefined ? undefined : { paymentId });
  });
  app.post('/orders/:id/verify', async ({ params: { id } }, response) => {
    answer(response, id, await orders.verify(id));
  });
  app.post('/webhooks/sandbox', express.raw({ type: '*/*' }), async (request, response) => {
    const capture = readCapture(webhook, request);
    if (capture === undefined) response.status(401).json({ code: 'signature_invalid' });
    else response.json({ status: await orders.receive(capture) });
  });
  return app;
}

function answer(response: Response, id: string, found: object | undefined): void {
  if (found === undefined) response.status(404).json({ code: 'order_not_found' });
  else response.json({ id, ...found });
}

interface CaptureBody {
  data: { orderId: string; paymentId: string; amount: number; currency: string };
}

function readCapture(webhook: Webhook, { body, headers }: Request): Capture | undefined {
  const eventId = String(headers['webhook-id']);
  const signed = {
    'webhook-id': eventId,
    'webhook-timestamp': String(headers['webhook-timestamp']),
    'webhook-signature': String(headers['webhook-signature']),
  };
  try {
    const { data } = webhook.verify(body as Buffer, signed) as CaptureBody;
    const { orderId, paymentId, amount, currency } = data;
    return { eventId, orderId, paymentId, amountMinor: amount, currency };
  } catch (error) {
    if (error instanceof WebhookVerificationError) return undefined;
    throw error;
  }
}
