/** The sandbox gateway, which runs in the stack itself, as a gateway under test. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { Webhook } from 'standardwebhooks';
import type { OpenStandIn } from '../../src/gateway-test/actor.ts';
import type { FaultPlan } from '../../src/sandbox/faults/fault-plan.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type {
  GatewayDriver,
  GatewayUnderTest,
  SignedRequest,
  StackPlace,
  Trouble,
} from './gateway-driver.ts';
import { markOf } from './installation.ts';
import { fetchPatiently } from './patient-fetch.ts';
import { type SandboxPayment, stored } from './sandbox-payment.ts';
import { AMOUNT, CURRENCY } from './shop.ts';
import { WEBHOOK_SECRET } from './stack.ts';
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
  cannot: {
    'refuse to void': 'it voids whatever nobody has captured',
    'give a payment a status of tomorrow': 'it is of the same release',
  },
  start: async () => ({ env: {}, connect: createDriver, close: async () => {} }),
};

/** A sandbox of its own, outside of any stack. */
export const openSandbox: OpenStandIn = async (place) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'payonce-sandbox-'));
  const started = await startSandbox({
    port: 0,
    store: { directory },
    webhooks: { url: `${place.apiUrls[0]}/webhooks/sandbox`, secret: WEBHOOK_SECRET },
    log: pino({ level: 'silent' }),
  });
  return {
    env: {
      SANDBOX_PORT: String(started.port),
      SANDBOX_WEBHOOK_SECRETS: `${WEBHOOK_SECRET},${SECRET_BEFORE}`,
    },
    cannot: sandbox.cannot,
    actor: createDriver({ ...place, sandboxUrl: started.url }),
    async close() {
      await started.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
};

const SECRET_BEFORE = `whsec_${Buffer.alloc(32, 4).toString('base64')}`;
const SECRET_OF_ANOTHER = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;

function createDriver(place: StackPlace): GatewayDriver {
  const { sandboxUrl } = place;
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
    async pay(paymentId) {
      const path = `${sandboxUrl}/checkout/${paymentId}/pay`;
      await fetchPatiently(path, { method: 'POST', redirect: 'manual' });
    },
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
      const metadata = await markOf(place, terms.maker ?? 'this installation');
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
    unknownPaymentId: 'sbx_pay_unknown',
    becomeUnknown: () => Promise.reject(new Error('the sandbox has no other statuses')),
    sign: (body) => requestOf(signedBody(body)),
    signedAnew: (request, how) => ({ ...request, headers: headersOf(request, how) }),
    ofTomorrow(body, what) {
      const event = JSON.parse(body) as { type: string };
      if (what === 'another status') return null;
      const changed = what === 'another type' ? { type: 'payment.of_tomorrow' } : { ofTomorrow: 1 };
      return JSON.stringify({ ...event, ...changed });
    },
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

function headersOf(
  { headers, body }: SignedRequest,
  how: Parameters<GatewayDriver['signedAnew']>[1],
): Record<string, string> {
  const { 'webhook-signature': _, ...unsigned } = headers;
  if (how === 'not at all') return unsigned;
  if (how === 'in no known form') return { ...headers, 'webhook-signature': 'v1=of-another-form' };
  const at = new Date(how === 'ten minutes ago' ? Date.now() - 600_000 : Date.now());
  const secrets: Partial<Record<typeof how, string>> = {
    'with the secret before': SECRET_BEFORE,
    'with another secret': SECRET_OF_ANOTHER,
  };
  const signing = new Webhook(secrets[how] ?? WEBHOOK_SECRET);
  return {
    ...headers,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': signing.sign(headers['webhook-id'] ?? '', at, body),
  };
}

const SETTLE = { succeeded: 'succeed', failed: 'fail', reversed: 'reverse' } as const;

function requestOf({ headers, body }: SignedEvent): SignedRequest {
  return { path: '/webhooks/sandbox', headers, body };
}
