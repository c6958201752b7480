/** Stripe behind the common interface, through its own SDK. */
import type { SingleEventGateway } from '../gateway.ts';
import {
  type CaptureMethod,
  cancelIntent,
  captureIntent,
  checkAccess,
  createIntent,
  findPayment,
  listEndpoints,
  refundIntent,
} from './calls.ts';
import { createStripeClient } from './client.ts';
import { fetchSettlement } from './settlements.ts';
import { readStripeWebhook } from './webhook.ts';

/** A hundred charges, each with all of its metadata, may be some megabytes. */
const MAX_LISTED_BYTES = 32 * 1024 * 1024;

export interface StripeSettings {
  secretKey: string;
  /** One or two, newest first. */
  webhookSecrets: string[];
  /** `automatic` where none is given. */
  captureMethod?: CaptureMethod;
  /** Our own account, `acct_…`, for endpoints whose events name the account. */
  accountId?: string;
  /** Another place than Stripe's own, for tests. */
  apiBase?: string;
}

/** @throws Error for a key of neither mode: what is live and what is a test must never be in doubt. */
export function createStripeGateway(settings: StripeSettings): SingleEventGateway {
  const {
    secretKey,
    webhookSecrets: secrets,
    captureMethod = 'automatic',
    apiBase,
    accountId,
  } = settings;
  const isLive = isLiveKey(secretKey);
  const stripe = createStripeClient(secretKey, apiBase);
  const listing = createStripeClient(secretKey, apiBase, MAX_LISTED_BYTES);
  return {
    checkAccess: () => checkAccess(stripe),
    webhookEndpoints: () => listEndpoints(stripe),
    createPayment: (request) => createIntent(stripe, request, captureMethod),
    async fetchPayments({ paymentIds }) {
      // Stripe has no dependable list by order; a payment whose creation was not answered has no customer.
      const found = await Promise.all(paymentIds.map((id) => findPayment(stripe, id)));
      return {
        payments: found.filter((payment) => payment !== null),
        missing: paymentIds.filter((_, i) => found[i] === null),
      };
    },
    capturePayment: (request) => captureIntent(stripe, request),
    voidPayment: (request) => cancelIntent(stripe, request),
    refundPayment: (request) => refundIntent(stripe, request),
    fetchSettlement: (request) => fetchSettlement(listing, request),
    isProofValid: () => true,
    readWebhook: (rawBody, headers) =>
      readStripeWebhook(
        { webhooks: stripe.webhooks, secrets, isLive, accountId },
        rawBody,
        headers,
      ),
  };
}

function isLiveKey(secretKey: string): boolean {
  const mode = /^(?:sk|rk)_(?:org_)?(live|test)_/.exec(secretKey)?.[1];
  if (mode === undefined)
    throw new Error('STRIPE_SECRET_KEY must begin with sk_ or rk_, then test_ or live_');
  return mode === 'live';
}
