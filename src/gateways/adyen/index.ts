/** Adyen behind the common interface: payment links, and webhooks that say what became of them. */
import type { Gateway } from '../gateway.ts';
import {
  capturePayment,
  createPayment,
  fetchPayments,
  refundPayment,
  voidPayment,
} from './calls.ts';
import { createAdyenClient } from './client.ts';
import { readAdyenWebhook } from './webhook.ts';

export interface AdyenSettings {
  apiKey: string;
  merchantAccount: string;
  environment: 'test' | 'live';
  /** What live addresses begin with; there in the live environment alone. */
  livePrefix?: string;
  /** HMAC keys in hexadecimal digits: one or two, newest first. */
  webhookSecrets: string[];
  /** `automatic` where none is given. */
  captureMethod?: 'automatic' | 'manual';
  /** The page of the shop to which customers return. */
  returnUrl?: string;
  /** Another place than Adyen's own, for tests. */
  apiBase?: string;
}

/** A shorter key, or one with another letter in it, would be cut there without a word, to nothing at worst. */
const HMAC_KEY = /^[0-9a-f]{64}$/i;

/** @throws Error for what Adyen's SDK would take, and anybody could sign with or nobody be reached by. */
export function createAdyenGateway(settings: AdyenSettings): Gateway {
  const { apiKey, merchantAccount, environment, livePrefix, apiBase, returnUrl } = settings;
  const { webhookSecrets: secrets, captureMethod = 'automatic' } = settings;
  if (!secrets.every((secret) => HMAC_KEY.test(secret)))
    throw new Error(
      'ADYEN_WEBHOOK_SECRETS must be HMAC keys of 64 hexadecimal digits, as the Customer Area generates them',
    );
  if (environment === 'live' && livePrefix === undefined)
    throw new Error(
      'ADYEN_LIVE_PREFIX must be set where ADYEN_ENVIRONMENT is live: the Customer Area shows it under Developers, API URLs',
    );
  const client = createAdyenClient({ apiKey, merchantAccount, environment, livePrefix, apiBase });
  const isLive = environment === 'live';
  return {
    checkAccess: client.checkAccess,
    createPayment: (request) => createPayment({ client, captureMethod, returnUrl }, request),
    fetchPayments: (request) => fetchPayments(client, request),
    capturePayment: (request) => capturePayment(client, request),
    voidPayment: (request) => voidPayment(client, request),
    refundPayment: (request) => refundPayment(client, request),
    isProofValid: () => true,
    readWebhook: (rawBody) => readAdyenWebhook({ secrets, merchantAccount, isLive }, rawBody),
  };
}
