/**
 * The HTTP face that the three peers share: the same framework, paths and signature check as
 * Payonce's, so that only what lies behind differs. It must never do a peer's work for it.
 */
import express, { type Express, type Request, type Response } from 'express';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';

export type OrderState = 'initiated' | 'pending' | 'paid';

export interface NewOrder {
  orderId: string;
  amountMinor: number;
  currency: string;
}

/** A `payment.captured` whose signature was valid. */
export interface CaptureEvent {
  /** The same id is the same event, delivered again. */
  eventId: string;
  orderId: string;
  paymentId: string;
  amountMinor: number;
  currency: string;
}

/** What a peer does behind the edge. Each call resolves when its outcome is durable. */
export interface Orders {
  start(order: NewOrder): Promise<'created' | 'known'>;
  /** @returns the state after the click; undefined when there is no such order */
  pay(orderId: string): Promise<OrderState | undefined>;
  receive(event: CaptureEvent): Promise<'accepted' | 'duplicate'>;
  /** @returns the state; undefined when there is no such order */
  verify(orderId: string): Promise<OrderState | undefined>;
}

interface CaptureBody {
  data: { orderId: string; paymentId: string; amount: number; currency: string };
}

/** @param webhookSecret `whsec_…`, as Standard Webhooks */
export function createEdge(orders: Orders, webhookSecret: string): Express {
  const webhook = new Webhook(webhookSecret);
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.post('/v1/orders', express.json(), async (request, response) => {
    const { id, amount, currency } = request.body as { id: string; amount: number; currency: string };
    const outcome = await orders.start({ orderId: id, amountMinor: amount, currency });
    response.status(outcome === 'created' ? 201 : 200).json({ id, state: 'initiated' });
  });
  app.post('/v1/orders/:id/payments', async ({ params: { id } }, response) => {
    answer(response, id, await orders.pay(id));
  });
  app.post('/v1/orders/:id/verify', async ({ params: { id } }, response) => {
    answer(response, id, await orders.verify(id));
  });
  app.post('/webhooks/sandbox', express.raw({ type: '*/*' }), async (request, response) => {
    const event = readEvent(webhook, request);
    if (event === undefined) response.status(401).json({ code: 'signature_invalid' });
    else response.json({ status: await orders.receive(event) });
  });
  return app;
}

function answer(response: Response, id: string, state: OrderState | undefined): void {
  if (state === undefined) response.status(404).json({ code: 'order_not_found' });
  else response.json({ id, state });
}

function readEvent(webhook: Webhook, { body, headers }: Request): CaptureEvent | undefined {
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
