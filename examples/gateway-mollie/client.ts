/**
 * Mollie's API v2, call by call, as far as an order needs it. Each call is made once and ends in time: the repeats are
 * Temporal's.
 */
import {
  createOutboundFetch,
  GatewayMisconfigured,
  GatewayOutcomeUnknown,
  GatewayRefusal,
  isKeyRefused,
} from 'payonce/gateway';
import { z } from 'zod';
import {
  type Chargeback,
  captureSchema,
  chargebackSchema,
  listOf,
  type Payment,
  paymentSchema,
  type Refund,
  refundSchema,
} from './payloads.ts';

const CALL_TIMEOUT_MS = 8_000;
/** The most that Mollie lists on one page. */
const PAGE_SIZE = 250;
/** Nobody knows whether it was done: a time-out, a key that is in use, a repeat that is too soon, too many calls. */
const TRANSIENT = new Set([408, 409, 425, 429]);
const UNPROCESSABLE = 422;

export interface Amount {
  currency: string;
  value: string;
}

export interface MollieClient {
  /** Lists one payment, whatever it is. */
  listPayments(): Promise<void>;
  createPayment(body: object, key: string): Promise<Payment>;
  /** Null for one that Mollie does not know. */
  findPayment(id: string): Promise<Payment | null>;
  cancelPayment(id: string, key: string): Promise<void>;
  releaseAuthorization(id: string, key: string): Promise<void>;
  capture(id: string, amount: Amount, key: string): Promise<void>;
  refund(id: string, body: { amount: Amount; metadata: object }, key: string): Promise<Refund>;
  listRefunds(id: string): Promise<Refund[]>;
  listChargebacks(id: string): Promise<Chargeback[]>;
}

export function createMollieClient({
  apiKey,
  baseUrl,
}: {
  apiKey: string;
  baseUrl: string;
}): MollieClient {
  const outbound = createOutboundFetch(baseUrl);

  async function ask<T>(
    schema: z.ZodType<T>,
    { method, path, body, key }: { method: string; path: string; body?: object; key?: string },
  ): Promise<T> {
    const what = `${method} ${path.split('?')[0]}`;
    const { status, answer } = await send(method, path, body, key).catch((error: unknown) => {
      throw new GatewayOutcomeUnknown(`Mollie did not answer ${what}: ${nameOf(error)}`);
    });
    const error = errorOf(status, answer);
    if (error !== null) throw error;
    const read = schema.safeParse(answer);
    if (read.success) return read.data;
    const field = read.error.issues[0]?.path.join('.') || 'the body';
    throw new GatewayOutcomeUnknown(`Mollie answered ${what} in an unknown form: ${field}`);
  }

  async function send(method: string, path: string, body?: object, key?: string) {
    const response = await outbound(new URL(path, baseUrl), {
      method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        accept: 'application/hal+json',
        ...(key !== undefined && { 'idempotency-key': key }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
    const text = await response.text();
    return { status: response.status, answer: text === '' ? null : (JSON.parse(text) as unknown) };
  }

  const pathOf = (id: string, more = ''): string => `/v2/payments/${encodeURIComponent(id)}${more}`;

  return {
    async listPayments() {
      await ask(z.looseObject({}), { method: 'GET', path: '/v2/payments?limit=1' });
    },
    createPayment: (body, key) =>
      ask(paymentSchema, { method: 'POST', path: '/v2/payments', body, key }),
    async findPayment(id) {
      try {
        return await ask(paymentSchema, { method: 'GET', path: pathOf(id) });
      } catch (error) {
        if (error instanceof GatewayRefusal && error.isGone) return null;
        throw error;
      }
    },
    async cancelPayment(id, key) {
      await ask(z.unknown(), { method: 'DELETE', path: pathOf(id), key });
    },
    async releaseAuthorization(id, key) {
      await ask(z.unknown(), { method: 'POST', path: pathOf(id, '/release-authorization'), key });
    },
    async capture(id, amount, key) {
      const path = pathOf(id, '/captures');
      await ask(captureSchema, { method: 'POST', path, body: { amount }, key });
    },
    refund: (id, body, key) =>
      ask(refundSchema, { method: 'POST', path: pathOf(id, '/refunds'), body, key }),
    listRefunds: (id) =>
      ask(listOf('refunds', refundSchema), {
        method: 'GET',
        path: pathOf(id, `/refunds?limit=${PAGE_SIZE}`),
      }),
    listChargebacks: (id) =>
      ask(listOf('chargebacks', chargebackSchema), {
        method: 'GET',
        path: pathOf(id, `/chargebacks?limit=${PAGE_SIZE}`),
      }),
  };
}

/** What an answer means; null for one that says what was asked for. It repeats nothing that a customer typed. */
function errorOf(status: number, answer: unknown): Error | null {
  if (status < 400) return null;
  if (isKeyRefused(status))
    return new GatewayMisconfigured('Mollie', { status, variables: 'MOLLIE_API_KEY' });
  if (status >= 500 || TRANSIENT.has(status))
    return new GatewayOutcomeUnknown(`Mollie answered ${status}`);
  const { field } = z.object({ field: z.string() }).safeParse(answer).data ?? {};
  const isGone = status === 404 || status === 410;
  const code = isGone ? 'not_found' : codeOf(status, field);
  return new GatewayRefusal(code, `Mollie refused: ${code} (HTTP ${status})`, {
    isGone,
    isUnpayable: status === UNPROCESSABLE,
    // More is asked for than is left: a refund was made in the dashboard.
    isOutdated: status === UNPROCESSABLE && field === 'amount',
  });
}

/** Mollie has no codes but the field that is wrong. */
function codeOf(status: number, field: string | undefined): string {
  return field !== undefined && /^\w{1,40}$/.test(field) ? `${field}_refused` : `http_${status}`;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown error';
}
