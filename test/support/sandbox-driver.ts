/** The sandbox gateway, which runs in the stack itself, as a gateway under test. */
import { randomUUID } from 'node:crypto';
import type { Stack } from '../../src/dev/stack.ts';
import type { GatewayDriver, GatewayUnderTest, SignedRequest } from './gateway-driver.ts';
import { CURRENCY } from './shop.ts';
import { untilActivityRuns } from './temporal.ts';
import { signedEvent } from './webhooks.ts';

interface SandboxPayment {
  id: string;
  orderId: string;
  amount: number;
  status: string;
  captures: { amount: number }[];
  refunds: { amount: number }[];
}

export const sandbox: GatewayUnderTest = {
  name: 'sandbox',
  start: async () => ({ env: {}, connect: createDriver, close: async () => {} }),
};

function createDriver({ sandboxUrl }: Stack): GatewayDriver {
  async function call<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${sandboxUrl}${path}`, {
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
  return {
    authorize: (paymentId) => act(paymentId, 'authorize'),
    capture: (paymentId) => act(paymentId, 'capture'),
    fail: (paymentId) => act(paymentId, 'fail'),
    refund: (paymentId, amount) => act(paymentId, 'refunds', { amount }),
    dispute: (paymentId) => act(paymentId, 'dispute'),
    async paymentsOf(orderId) {
      const listed = await call<{ payments: SandboxPayment[] }>(
        'GET',
        `/payments?orderId=${orderId}`,
      );
      return listed.payments.map((payment) => ({
        paymentId: payment.id,
        capturedMinor: payment.captures.reduce((sum, { amount }) => sum + amount, 0),
        refundsMinor: payment.refunds.map(({ amount }) => amount),
        isVoided: payment.status === 'voided',
      }));
    },
    async eventsOf(paymentId) {
      const payment = await call<SandboxPayment>('GET', `/payments/${paymentId}`);
      return ['authorized', 'captured'].map((word) => eventOf(payment, `payment.${word}`));
    },
    loseAnswers: () => call('PUT', '/faults', { api: { timeoutAfter: 1 } }),
    async untilAnswerLost(orderId) {
      await untilActivityRuns(orderId, 'createPayment');
      await call('PUT', '/faults', {});
    },
  };
}

/** The same event has the same id, however often it is asked for. */
function eventOf({ id: paymentId, orderId, amount }: SandboxPayment, type: string): SignedRequest {
  const data = { orderId, paymentId, amount, currency: CURRENCY };
  const { headers, body } = signedEvent(type, data, `evt_${type.slice(8)}_${orderId}`);
  return { path: '/webhooks/sandbox', headers, body };
}
