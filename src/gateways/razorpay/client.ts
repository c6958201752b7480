/**
 * Razorpay's API, call by call, as far as an order needs it. Amounts are minor units everywhere. Every call ends in time,
 * and ends as data, as a refusal or with an unknown outcome; nothing is tried again here, because the activity does that.
 */
import { z } from 'zod';
import { GatewayOutcomeUnknown, GatewayRefusal } from '../gateway.ts';
import { createOutboundFetch, type OutboundFetch } from '../outbound.ts';
import { errorOf } from './errors.ts';
import {
  collectionOf,
  disputeSchema,
  orderSchema,
  paymentSchema,
  type RazorpayDispute,
  type RazorpayOrder,
  type RazorpayPayment,
  type RazorpayRefund,
  refundSchema,
} from './payloads.ts';
import { type ReconItem, reconItemSchema } from './settlements.ts';

/** The most that Razorpay lists on one page. */
const PAGE_SIZE = 100;
/** The same of settled items, whose notes may be some kilobytes each. */
const RECON_PAGE_SIZE = 1_000;
const MAX_RECON_BYTES = 32 * 1024 * 1024;
/** A thousand disputes since one payment is more than an account with so many would keep. */
const MAX_DISPUTE_PAGES = 10;

export interface RazorpayClient {
  /** Lists one order, whatever it is. */
  checkAccess(): Promise<void>;
  createOrder(body: {
    amount: number;
    currency: string;
    receipt: string;
    notes: Record<string, string>;
  }): Promise<RazorpayOrder>;
  findOrder(orderId: string): Promise<RazorpayOrder | null>;
  findOrderByReceipt(receipt: string): Promise<RazorpayOrder | null>;
  /** Replaces all notes of an order; nothing else of an order can be changed. */
  replaceNotes(orderId: string, notes: Record<string, unknown>): Promise<RazorpayOrder>;
  listPayments(orderId: string): Promise<RazorpayPayment[]>;
  findPayment(paymentId: string): Promise<RazorpayPayment | null>;
  capture(paymentId: string, money: { amount: number; currency: string }): Promise<RazorpayPayment>;
  refund(paymentId: string, amount: number, idempotencyKey: string): Promise<RazorpayRefund>;
  listRefunds(paymentId: string): Promise<RazorpayRefund[]>;
  /** Disputes cannot be asked for by payment: all since a time, in Unix seconds. */
  listDisputes(sinceS: number): Promise<RazorpayDispute[]>;
  /** What was settled on a day of the account, `YYYY-MM-DD`: one page behind those that are skipped. */
  listRecon(day: string, skip: number): Promise<{ items: ReconItem[]; isFull: boolean }>;
}

export interface ClientSettings {
  baseUrl: string;
  keyId: string;
  keySecret: string;
}

export function createClient({ baseUrl, keyId, keySecret }: ClientSettings): RazorpayClient {
  const ask = createHttp({ baseUrl, keyId, keySecret });
  const askForRecon = createHttp(
    { baseUrl, keyId, keySecret },
    { timeoutMs: RECON_TIMEOUT_MS, maxAnswerBytes: MAX_RECON_BYTES },
  );
  const orderPath = (orderId: string): string => `/v1/orders/${encodeURIComponent(orderId)}`;
  const paymentPath = (id: string): string => `/v1/payments/${encodeURIComponent(id)}`;

  return {
    async checkAccess() {
      await ask(z.looseObject({}), { method: 'GET', path: '/v1/orders?count=1' });
    },
    createOrder: (body) =>
      // With `unique_receipt` a repeated receipt gets the order that it made before.
      ask(orderSchema, {
        method: 'POST',
        path: '/v1/orders',
        body: { ...body, unique_receipt: true },
      }),
    findOrder: (orderId) =>
      nullIfNotFound(ask(orderSchema, { method: 'GET', path: orderPath(orderId) })),
    async findOrderByReceipt(receipt) {
      const path = `/v1/orders?receipt=${encodeURIComponent(receipt)}`;
      const { items } = await ask(collectionOf(orderSchema), { method: 'GET', path });
      return items.find((order) => order.receipt === receipt) ?? null;
    },
    replaceNotes: (orderId, notes) =>
      ask(orderSchema, { method: 'PATCH', path: orderPath(orderId), body: { notes } }),
    async listPayments(orderId) {
      const path = `${orderPath(orderId)}/payments`;
      return (await ask(collectionOf(paymentSchema), { method: 'GET', path })).items;
    },
    findPayment: (paymentId) =>
      nullIfNotFound(ask(paymentSchema, { method: 'GET', path: paymentPath(paymentId) })),
    capture: (paymentId, money) =>
      ask(paymentSchema, {
        method: 'POST',
        path: `${paymentPath(paymentId)}/capture`,
        body: money,
      }),
    refund: (paymentId, amount, idempotencyKey) =>
      ask(refundSchema, {
        method: 'POST',
        path: `${paymentPath(paymentId)}/refund`,
        body: { amount, receipt: idempotencyKey },
        headers: { 'x-refund-idempotency': idempotencyKey },
      }),
    async listRefunds(paymentId) {
      const path = `${paymentPath(paymentId)}/refunds?count=${PAGE_SIZE}`;
      return (await ask(collectionOf(refundSchema), { method: 'GET', path })).items;
    },
    async listDisputes(sinceS) {
      const disputes: RazorpayDispute[] = [];
      for (let page = 0; page < MAX_DISPUTE_PAGES; page += 1) {
        const path = `/v1/disputes?from=${sinceS}&count=${PAGE_SIZE}&skip=${disputes.length}`;
        const { items } = await ask(collectionOf(disputeSchema), { method: 'GET', path });
        disputes.push(...items);
        if (items.length < PAGE_SIZE) break;
      }
      return disputes;
    },
    async listRecon(day, skip) {
      const [year = '', month = '', ofMonth = ''] = day.split('-');
      const query = new URLSearchParams({ year, month, day: ofMonth });
      query.set('count', String(RECON_PAGE_SIZE));
      query.set('skip', String(skip));
      const path = `/v1/settlements/recon/combined?${query}`;
      const { items } = await askForRecon(collectionOf(reconItemSchema), { method: 'GET', path });
      return { items, isFull: items.length === RECON_PAGE_SIZE };
    },
  };
}

async function nullIfNotFound<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof GatewayRefusal && error.code === 'not_found') return null;
    throw error;
  }
}

/** Two calls in a row fit into an activity's ten seconds; Razorpay usually takes less than one. */
const CALL_TIMEOUT_MS = 4_500;
/** Nobody waits for a page of a thousand items. */
const RECON_TIMEOUT_MS = 30_000;

interface Call {
  method: 'GET' | 'POST' | 'PATCH';
  path: string;
  body?: object;
  headers?: Record<string, string>;
}

/** @throws GatewayRefusal for a definite no, GatewayOutcomeUnknown for everything unclear. */
type Ask = <T>(schema: z.ZodType<T>, call: Call) => Promise<T>;

function createHttp(
  { baseUrl, keyId, keySecret }: ClientSettings,
  {
    timeoutMs = CALL_TIMEOUT_MS,
    maxAnswerBytes,
  }: { timeoutMs?: number; maxAnswerBytes?: number } = {},
): Ask {
  const fetchRazorpay = createOutboundFetch(baseUrl, maxAnswerBytes);
  const authorization = `Basic ${Buffer.from(`${keyId}:${keySecret}`).toString('base64')}`;
  return async (schema, { method, path, body, headers }) => {
    const json = body === undefined ? {} : { 'content-type': 'application/json' };
    const reply = await send(fetchRazorpay, new URL(path, baseUrl), {
      signal: AbortSignal.timeout(timeoutMs),
      method,
      headers: { authorization, ...json, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (reply.status >= 400) throw errorOf(reply.status, reply.body);
    const parsed = schema.safeParse(reply.body);
    if (!parsed.success) throw new GatewayOutcomeUnknown('Razorpay answered in an unknown form');
    return parsed.data;
  };
}

async function send(
  fetchRazorpay: OutboundFetch,
  url: URL,
  init: RequestInit,
): Promise<{ status: number; body: unknown }> {
  try {
    const response = await fetchRazorpay(url, init);
    return { status: response.status, body: parseJson(await response.text()) };
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown error';
    throw new GatewayOutcomeUnknown(
      `Razorpay did not answer ${init.method} ${url.pathname}: ${name}`,
    );
  }
}

/** A proxy in between may answer in HTML; then the status alone speaks. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
