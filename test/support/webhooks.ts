/** Webhooks as the sandbox gateway signs them, for tests that deliver by their own hand. */
import { randomUUID } from 'node:crypto';
import pWaitFor from 'p-wait-for';
import { Webhook } from 'standardwebhooks';
import type { SignedRequest } from './gateway-driver.ts';
import { CURRENCY, type Shop } from './shop.ts';
import { WEBHOOK_SECRET } from './stack.ts';

const GLANCE_MS = 50;

export interface SignedEvent {
  id: string;
  body: string;
  headers: Record<string, string>;
}

export interface EventData {
  orderId: string;
  paymentId: string;
  amount: number;
  currency?: string;
  captureId?: string;
  refundId?: string;
  disputeId?: string;
  metadata?: Record<string, string>;
}

/** @param id the event's id; the same id and data are the same event, delivered again */
export function signedEvent(
  type: string,
  data: EventData,
  id = `evt_${randomUUID()}`,
): SignedEvent {
  const timestamp = new Date().toISOString();
  return signedBody(JSON.stringify({ type, timestamp, data: { currency: CURRENCY, ...data } }), id);
}

export function signedBody(
  body: string,
  id = `evt_${randomUUID()}`,
  secret = WEBHOOK_SECRET,
): SignedEvent {
  const now = new Date();
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, now, body),
  };
  return { id, body, headers };
}

type Apis = Pick<Shop, 'apiUrls'>;

interface WebhookAnswer {
  status: number;
  body: { status?: string };
}

/** @param turn which API process hears it */
export function deliverTo(apis: Apis, event: SignedEvent, turn = 0): Promise<WebhookAnswer> {
  return deliver(apis, { path: '/webhooks/sandbox', ...event }, turn);
}

/** Delivers a webhook of any gateway. */
export async function deliver(
  { apiUrls }: Apis,
  { path, headers, body }: SignedRequest,
  turn = 0,
): Promise<WebhookAnswer> {
  const base = apiUrls[turn % apiUrls.length] ?? '';
  const response = await fetch(`${base}${path}`, { method: 'POST', headers, body });
  return { status: response.status, body: (await response.json()) as { status?: string } };
}

/** Delivers as gateways do: an API that is too busy answers 503, and is sent the event once more. */
export async function deliverUntilTaken(
  apis: Apis,
  event: SignedRequest,
  turn = 0,
): Promise<WebhookAnswer> {
  let answer = await deliver(apis, event, turn);
  await pWaitFor(
    async () => {
      if (answer.status === 503) answer = await deliver(apis, event, turn);
      return answer.status !== 503;
    },
    { interval: 500, timeout: 60_000 },
  );
  return answer;
}

/** Waits until the gateway's own webhook of this type has been answered with 200. */
export async function untilDelivered(shop: Shop, orderId: string, type: string): Promise<void> {
  await pWaitFor(
    async () => {
      const { body } = await shop.gateway<{ webhooks: SentWebhook[] }>(
        'GET',
        `/webhooks?orderId=${orderId}`,
      );
      const sent = body.webhooks.filter((webhook) => webhook.type === type);
      return sent.some(({ attempts }) => attempts.some(({ status }) => status === 200));
    },
    { interval: GLANCE_MS },
  );
}

interface SentWebhook {
  type: string;
  attempts: { status: number | null }[];
}
