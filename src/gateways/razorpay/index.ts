/**
 * Razorpay behind the common interface. An attempt of ours is one Razorpay order, and its id is the
 * domain's payment id; a failed payment leaves that order open, so that the customer pays the same one
 * again and Razorpay itself lets only one payment succeed.
 */
import type { SingleEventGateway } from '../gateway.ts';
import {
  capturePayment,
  createPayment,
  fetchPayments,
  refundPayment,
  voidPayment,
} from './calls.ts';
import { createClient } from './client.ts';
import { fetchSettlement } from './settlements.ts';
import { isSigned, readRazorpayWebhook } from './webhook.ts';

const API_BASE = 'https://api.razorpay.com';

export interface RazorpaySettings {
  keyId: string;
  keySecret: string;
  /** One or two, newest first. */
  webhookSecrets: string[];
  /** Our own account, `acc_…`: events of others are ignored. */
  accountId?: string;
  apiBase?: string;
  /** Epoch milliseconds; how old an event is depends on it. */
  now?: () => number;
}

/** @throws Error for a key of neither mode: what is live and what is a test must never be in doubt. */
export function createRazorpayGateway(settings: RazorpaySettings): SingleEventGateway {
  const {
    keyId,
    keySecret,
    webhookSecrets,
    apiBase = API_BASE,
    accountId,
    now = Date.now,
  } = settings;
  const mode = modeOf(keyId);
  const client = createClient({ baseUrl: apiBase, keyId, keySecret });
  const deps = { client, keyId, mode };
  return {
    checkAccess: client.checkAccess,
    createPayment: (request) => createPayment(deps, request),
    fetchPayments: (request) => fetchPayments(deps, request),
    capturePayment: (request) => capturePayment(deps, request),
    voidPayment: ({ paymentId }) => voidPayment(deps, paymentId),
    refundPayment: (request) => refundPayment(deps, request),
    fetchSettlement: (request) => fetchSettlement(client, request),
    isProofValid: ({ paymentId, orderPaymentIds, signature }) =>
      // Our own order ids: what the browser says the order was proves nothing.
      orderPaymentIds
        .map((orderId) => isSigned(`${orderId}|${paymentId}`, signature, [keySecret]))
        .includes(true),
    readWebhook: (rawBody, headers) =>
      readRazorpayWebhook({ secrets: webhookSecrets, mode, accountId, now }, rawBody, headers),
  };
}

function modeOf(keyId: string): string {
  const mode = /^rzp_(test|live)_\w+$/.exec(keyId)?.[1];
  if (mode === undefined)
    throw new Error('RAZORPAY_KEY_ID must begin with rzp_test_ or rzp_live_, as Razorpay gave it');
  return mode;
}
