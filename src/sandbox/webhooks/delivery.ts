/**
 * Makes one signed delivery of a webhook, as Standard Webhooks asks, and says how it went.
 * The id stays the same over all deliveries; the timestamp, and so the signature, never does.
 */

import { Webhook as Signer } from 'standardwebhooks';
import type { Attempt, Webhook } from '../store/webhook-rows.ts';

export type Deliver = (webhook: Webhook, signal: AbortSignal) => Promise<Attempt>;

// Receivers promise an answer within four seconds; one that takes ten has none.
const DELIVERY_TIMEOUT_MS = 10_000;

const MILLISECONDS_PER_SECOND = 1_000;

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

function signedHeaders(signer: Signer, webhook: Webhook): Record<string, string> {
  const now = new Date();
  return {
    'content-type': 'application/json',
    'webhook-id': webhook.id,
    'webhook-timestamp': String(Math.floor(now.getTime() / MILLISECONDS_PER_SECOND)),
    'webhook-signature': signer.sign(webhook.id, now, webhook.body),
  };
}

/** Posts to `url`, signed with `secret` (`whsec_…`); network failures become attempts too. */
export function createDeliver(url: string, secret: string): Deliver {
  const signer = new Signer(secret);
  return async (webhook, signal) => {
    const at = new Date().toISOString();
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: signedHeaders(signer, webhook),
        body: webhook.body,
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(DELIVERY_TIMEOUT_MS)]),
      });
      // An unread body would keep its connection from being used again.
      await response.arrayBuffer();
      return { at, status: response.status, error: null };
    } catch (error) {
      return { at, status: null, error: reasonOf(error) };
    }
  };
}
