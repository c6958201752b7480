/** The sandbox gateway, which runs in the stack itself, as a gateway under test. */
import { randomUUID } from 'node:crypto';
import type { Stack } from '../../src/dev/stack/stack.ts';
import type { FaultPlan } from '../../src/sandbox/faults/fault-plan.ts';
import type { GatewayDriver, GatewayUnderTest, SignedRequest, Trouble } from './gateway-driver.ts';
import { markOf } from './installation.ts';
import { fetchPatiently } from './patient-fetch.ts';
import { type SandboxPayment, stored } from './sandbox-payment.ts';
import { AMOUNT, CURRENCY } from './shop.ts';
import { untilActivityRuns } from './temporal.ts';
import { type SignedEvent, signedBody, signedEvent } from './webhooks.ts';

const TROUBLES: Readonly<Record<Trouble, FaultPlan['api']>> = {
  'breaks down': { error500: 1 },
  'cuts the connection': { reset: 1 },
  'is down': { error500: 1 },
  'has too much to do': { error429: 1 },
  hangs: { timeoutAfter: 0.5, hang: 1 },
  'refuses the key': { error401: 1 },
};

export const sandbox: GatewayUnderTest = {
  name: 'sandbox',
  cannot: { 'refuse to void': 'it voids whatever nobody has captured' },
  start: async () => ({ env: {}, connect: createDriver, close: async () => {} }),
};

function createDriver({ sandboxUrl, databaseUrl }: Stack): GatewayDriver {
  async function call<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetchPatiently(`${sandboxUrl}${path}`, {
      method,
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`sandbox gateway: ${method} ${path}: ${answer}`);
    return (answer === '' ? null : JSON.parse(answer)) as T;
  }
  const act = async (paymentId: string, deed: string, body: object = {}): Promise<void> => {
    await call('POST', `/payments/${paymentId}/${deed}`, body);
  };
  let faults: FaultPlan = {};
  const plan = (more: FaultPlan): Promise<void> => {
    faults = { ...faults, ...more };
    return call('PUT', '/faults', faults);
  };
  const answerAgain = (): Promise<void> => plan({ api: {} });
  return {
    name: 'sandbox',
    authorize: (paymentId) => act(paymentId, 'authorize'),
    capture: (paymentId) => act(paymentId, 'capture'),
    captureAmount: (paymentId, amount) => act(paymentId, 'capture', { amount }),
    reverse: (paymentId) => act(paymentId, 'reverse'),
    pend: (paymentId) => act(paymentId, 'pend'),
    fail: (paymentId) => act(paymentId, 'fail'),
    async refund(paymentId, amount, status) {
      const made = await call<{ id: string }>('POST', `/payments/${paymentId}/refunds`, {
        amount,
        status,
      });
      return { refundId: made.id };
    },
    endRefund: (refundId, end) => call('POST', `/refunds/${refundId}/${SETTLE[end]}`, {}),
    dispute: (paymentId) => act(paymentId, 'dispute'),
    endDispute: (paymentId, outcome) => act(paymentId, 'dispute', { outcome }),
    async strangePayment(orderId, terms = {}) {
      const { amountMinor: amount = AMOUNT, currency = CURRENCY } = terms;
      const metadata = await markOf(databaseUrl, terms.maker ?? 'this installation');
      const body = { orderId, amount, currency, metadata };
      return (await call<{ id: string }>('POST', '/payments', body)).id;
    },
    async paymentsOf(orderId) {
      const path = `/payments?orderId=${orderId}`;
      return (await call<{ payments: SandboxPayment[] }>('GET', path)).payments.map(stored);
    },
    async eventsOf(paymentId) {
      const payment = await call<SandboxPayment>('GET', `/payments/${paymentId}`);
      const { orderId, amount, metadata } = payment;
      const data = { orderId, paymentId, amount, metadata };
      // The same event has the same id, however often it is asked for.
      return ['pending', 'authorized', 'captured'].map((word) =>
        requestOf(signedEvent(`payment.${word}`, data, `evt_${word}_${orderId}`)),
      );
    },
    eventFor({ type, amountMinor: amount = AMOUNT, ...ids }) {
      const things = { refundId: `sbx_ref_${randomUUID()}`, disputeId: `sbx_dis_${randomUUID()}` };
      return requestOf(signedEvent(type, { ...things, ...ids, amount }));
    },
    sign: (body) => requestOf(signedBody(body)),
    loseWebhooks: () => plan({ webhooks: { drop: 1 } }),
    repeatWebhooks: () => plan({ webhooks: { duplicate: 1 } }),
    loseAnswers: () => plan({ api: { timeoutAfter: 1 } }),
    async untilAnswerLost(orderId) {
      await untilActivityRuns(orderId, 'createPayment');
      await answerAgain();
    },
    disturb: (trouble) => plan({ api: TROUBLES[trouble] }),
    answerAgain,
    calm: () => plan({ api: {}, webhooks: {} }),
  };
}

const SETTLE = { succeeded: 'succeed', failed: 'fail', reversed: 'reverse' } as const;

function requestOf({ headers, body }: SignedEvent): SignedRequest {
  return { path: '/webhooks/sandbox', headers, body };
}
