/**
 * PayPal behind the common interface. An attempt of ours is one PayPal order, and its id is the domain's payment id; the
 * buyer agrees to it at PayPal, and we take the money.
 */
import type { SingleEventGateway, WebhookEndpoint } from '../gateway.ts';
import {
  capturePayment,
  createPayment,
  fetchPayments,
  refundPayment,
  voidPayment,
} from './calls.ts';
import { createCertificates } from './certificates.ts';
import { createClient, type PayPalClient } from './client.ts';
import { EVENT_TYPES } from './events.ts';
import { prepareWebhook, readPayPalWebhook } from './webhook.ts';

export type Mode = 'live' | 'sandbox';

const API_BASE: Readonly<Record<Mode, string>> = {
  live: 'https://api-m.paypal.com',
  sandbox: 'https://api-m.sandbox.paypal.com',
};

/** Where PayPal has its certificates: the hosts of its API, of now and of before. */
const CERTIFICATE_ORIGINS: Readonly<Record<Mode, readonly string[]>> = {
  live: ['https://api.paypal.com', API_BASE.live],
  sandbox: ['https://api.sandbox.paypal.com', API_BASE.sandbox],
};

const ALL_EVENTS = '*';

export interface PayPalSettings {
  clientId: string;
  clientSecret: string;
  /** One or two, newest first, with a comma between them. */
  webhookIds: string;
  mode: Mode;
  /** Our own account: events of others are ignored. */
  merchantId?: string;
  returnUrl?: string;
  /** Another place than PayPal's own, for tests; its certificates are taken from there as well. */
  apiBase?: string;
}

export function createPayPalGateway(settings: PayPalSettings): SingleEventGateway {
  const { clientId, clientSecret, mode, merchantId, returnUrl = null } = settings;
  const webhookIds = settings.webhookIds.split(',');
  const baseUrl = settings.apiBase ?? API_BASE[mode];
  const client = createClient({ baseUrl, clientId, clientSecret });
  const certificates = createCertificates(
    settings.apiBase === undefined ? CERTIFICATE_ORIGINS[mode] : [new URL(baseUrl).origin],
  );
  return {
    checkAccess: client.checkAccess,
    webhookEndpoints: () => listEndpoints(client),
    createPayment: (request) => createPayment({ client, clientId, returnUrl }, request),
    fetchPayments: (request) => fetchPayments(client, request),
    capturePayment: (request) => capturePayment(client, request),
    voidPayment: ({ paymentId }) => voidPayment(client, paymentId),
    refundPayment: (request) => refundPayment(client, request),
    // PayPal hands nothing to the browser that would prove a payment.
    isProofValid: () => true,
    prepareWebhook: (headers) => prepareWebhook(certificates, headers),
    readWebhook: (rawBody, headers) =>
      readPayPalWebhook({ certificates, webhookIds, merchantId }, rawBody, headers),
  };
}

async function listEndpoints(client: PayPalClient): Promise<WebhookEndpoint[]> {
  return (await client.listWebhooks()).map(({ url, eventTypes }) => ({
    url,
    isEnabled: true,
    missing: eventTypes.includes(ALL_EVENTS)
      ? []
      : EVENT_TYPES.filter((type) => !eventTypes.includes(type)),
  }));
}
