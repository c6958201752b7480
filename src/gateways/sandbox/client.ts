/** Calls to the sandbox gateway's HTTP API. A definite no becomes a refusal, everything unclear an unknown outcome. */
import type { z } from 'zod';
import { GatewayOutcomeUnknown } from '../gateway.ts';
import { createOutboundFetch, type OutboundFetch } from '../outbound.ts';
import { codeOf, errorOf, type Reply } from './errors.ts';
import { paymentSchema, paymentsSchema, refundSchema, type SandboxPayment } from './payloads.ts';

/** Longer than a slow gateway takes, shorter than an activity may: the retry is the activity's. */
const CALL_TIMEOUT_MS = 8_000;

export interface SandboxClient {
  createPayment(
    body: { orderId: string; amount: number; currency: string; metadata: Record<string, string> },
    idempotencyKey: string,
  ): Promise<SandboxPayment>;
  findPayment(paymentId: string): Promise<SandboxPayment | null>;
  listPayments(orderId: string): Promise<SandboxPayment[]>;
  /** Captures part of a payment, or all of it where no amount is given. */
  capture(
    paymentId: string,
    amount: number | undefined,
    idempotencyKey: string,
  ): Promise<SandboxPayment>;
  void(paymentId: string, idempotencyKey: string): Promise<SandboxPayment>;
  refund(
    paymentId: string,
    amount: number,
    idempotencyKey: string,
  ): Promise<z.infer<typeof refundSchema>>;
}

export function createSandboxClient(baseUrl: string): SandboxClient {
  const fetchSandbox = createOutboundFetch(baseUrl);
  const post = (path: string, body: object, idempotencyKey: string): Promise<Reply> =>
    call(fetchSandbox, new URL(path, baseUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
      body: JSON.stringify(body),
    });
  const get = (path: string): Promise<Reply> =>
    call(fetchSandbox, new URL(path, baseUrl), { method: 'GET' });
  const paymentPath = (paymentId: string): string => `/payments/${encodeURIComponent(paymentId)}`;

  return {
    createPayment: async (body, key) => read(await post('/payments', body, key), paymentSchema),
    async findPayment(paymentId) {
      const reply = await get(paymentPath(paymentId));
      return reply.status === 404 ? null : read(reply, paymentSchema);
    },
    async listPayments(orderId) {
      const reply = await get(`/payments?orderId=${encodeURIComponent(orderId)}`);
      return read(reply, paymentsSchema).payments;
    },
    capture: async (paymentId, amount, key) =>
      read(await post(`${paymentPath(paymentId)}/capture`, { amount }, key), paymentSchema),
    async void(paymentId, key) {
      const reply = await post(`${paymentPath(paymentId)}/void`, {}, key);
      // The capture had won: what counts is the payment as it is now.
      if (codeOf(reply) === 'payment_captured')
        return read(await get(paymentPath(paymentId)), paymentSchema);
      return read(reply, paymentSchema);
    },
    refund: async (paymentId, amount, key) =>
      read(await post(`${paymentPath(paymentId)}/refunds`, { amount }, key), refundSchema),
  };
}

async function call(fetchSandbox: OutboundFetch, url: URL, init: RequestInit): Promise<Reply> {
  try {
    const signal = AbortSignal.timeout(CALL_TIMEOUT_MS);
    const response = await fetchSandbox(url, { ...init, signal });
    return { status: response.status, body: await response.json() };
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown error';
    throw new GatewayOutcomeUnknown(
      `sandbox gateway did not answer ${init.method} ${url.pathname}: ${name}`,
    );
  }
}

function read<T>(reply: Reply, schema: z.ZodType<T>): T {
  const error = errorOf(reply);
  if (error !== null) throw error;
  const parsed = schema.safeParse(reply.body);
  if (!parsed.success)
    throw new GatewayOutcomeUnknown('sandbox gateway answered in an unknown form');
  return parsed.data;
}
