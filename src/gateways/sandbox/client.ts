/** Calls to the sandbox gateway's HTTP API. A definite no becomes a refusal, everything unclear a silence. */
import { z } from 'zod';
import {
  GatewayMisconfigured,
  GatewayOutcomeUnknown,
  GatewayRefusal,
  isKeyRefused,
} from '../gateway.ts';
import { createOutboundFetch, type OutboundFetch } from '../outbound.ts';
import { paymentSchema, paymentsSchema, refundSchema, type SandboxPayment } from './payloads.ts';

/** Longer than a slow gateway takes, shorter than an activity may: the retry is the activity's. */
const CALL_TIMEOUT_MS = 8_000;

/** Answers that say nothing about the outcome: time-out, key in progress, too early, too many. */
const TRANSIENT_STATUSES = new Set([408, 409, 425, 429]);

/** The request is wrong in itself. */
const UNPROCESSABLE = 422;

const problemSchema = z.object({ code: z.string() });

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

interface Reply {
  status: number;
  body: unknown;
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

function codeOf(reply: Reply): string | null {
  const problem = problemSchema.safeParse(reply.body);
  return problem.success && reply.status >= 400 ? problem.data.code : null;
}

function read<T>(reply: Reply, schema: z.ZodType<T>): T {
  if (reply.status >= 500 || TRANSIENT_STATUSES.has(reply.status))
    throw new GatewayOutcomeUnknown(`sandbox gateway answered ${reply.status}`);
  if (isKeyRefused(reply.status))
    throw new GatewayMisconfigured('The sandbox gateway', {
      status: reply.status,
      variables: 'SANDBOX_PORT',
    });
  if (reply.status >= 400) {
    const code = codeOf(reply) ?? `http_${reply.status}`;
    const isUnpayable = reply.status === UNPROCESSABLE;
    const isGone = code === 'payment_not_found';
    // Somebody has refunded it at the gateway: what the order knows is old.
    const isOutdated = code === 'refund_exceeds_captured';
    const kind = { isUnpayable, isGone, isOutdated };
    throw new GatewayRefusal(code, `sandbox gateway refused: ${code}`, kind);
  }
  const parsed = schema.safeParse(reply.body);
  if (!parsed.success)
    throw new GatewayOutcomeUnknown('sandbox gateway answered in an unknown form');
  return parsed.data;
}
