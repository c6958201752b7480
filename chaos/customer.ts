/**
 * The customer, the bank and the merchant's people at the sandbox gateway itself. What they do happens
 * exactly once, whatever the gateway's answers look like: they ask again under the same key.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

export interface SandboxPayment {
  id: string;
  orderId: string;
  status: string;
  amount: number;
  amountCaptured: number;
  amountRefunded: number;
}

export interface Customer {
  /** `authorize`, `capture`, `fail`, `expire`, `void` or `dispute`, with the body that it takes. */
  act(paymentId: string, what: string, body?: object): Promise<number>;
  /** A payment that Payonce has made for the order, and whose answer got lost. */
  makePayment(order: { orderId: string; amount: number; currency: string }): Promise<string>;
  allPayments(): Promise<SandboxPayment[]>;
  setFaults(plan: object): Promise<void>;
}

/** The gateway answers in milliseconds when it answers at all. */
const TIMEOUT_MS = 2_000;
const RETRY_PAUSE_MS = 200;

export function createCustomer(sandboxUrl: string, installation: string): Customer {
  /** Asks until there is an answer that is neither a 5xx nor a 429. */
  async function ask(method: string, path: string, body?: object) {
    const key = randomUUID();
    for (;;) {
      const response = await fetch(`${sandboxUrl}${path}`, {
        method,
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      }).catch(() => null);
      const text = await response?.text().catch(() => null);
      if (response && text !== null && text !== undefined && isAnswer(response.status))
        return { status: response.status, body: JSON.parse(text) as unknown };
      await sleep(RETRY_PAUSE_MS);
    }
  }

  return {
    act: async (paymentId, what, body = {}) =>
      (await ask('POST', `/payments/${paymentId}/${what}`, body)).status,
    makePayment: async (order) =>
      (
        (await ask('POST', '/payments', { ...order, metadata: { installation } }))
          .body as SandboxPayment
      ).id,
    allPayments: async () => {
      const { body } = await ask('GET', '/payments');
      return (body as { payments: SandboxPayment[] }).payments;
    },
    setFaults: async (plan) => {
      await ask('PUT', '/faults', plan);
    },
  };
}

const isAnswer = (status: number): boolean => status < 500 && status !== 429;
