/** One try to hand one of the gateway's events to an API, signed as of now. */
import { Webhook } from 'standardwebhooks';
import type { Delivery } from './evidence.ts';

export interface GatewayEvent {
  id: string;
  orderId: string;
  type: string;
  body: string;
}

export type WebhookAnswer = Pick<Delivery, 'status' | 'outcome' | 'code'>;

/** The strictest gateway's patience. */
const TIMEOUT_MS = 5_000;
const NOBODY: WebhookAnswer = { status: null, outcome: null, code: null };

/** @returns nulls where no answer came */
export function createWebhookSender(
  secret: string,
): (apiUrl: string, event: GatewayEvent) => Promise<WebhookAnswer> {
  const signer = new Webhook(secret);
  return async (apiUrl, { id, body }) => {
    const now = new Date();
    try {
      const response = await fetch(`${apiUrl}/webhooks/sandbox`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
          'webhook-signature': signer.sign(id, now, body),
        },
        body,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const answer = (await response.json()) as { status?: unknown; code?: string };
      const outcome = typeof answer.status === 'string' ? answer.status : null;
      return { status: response.status, outcome, code: answer.code ?? null };
    } catch {
      return NOBODY;
    }
  };
}

export function isAcknowledged({ status }: Pick<Delivery, 'status'>): boolean {
  return status !== null && status >= 200 && status < 300;
}
