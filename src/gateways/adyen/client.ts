/**
 * Adyen's SDK for its requests and addresses, over our own way out: the SDK's has no time-out, follows redirects with the
 * API key, and cannot be pointed at a stand-in. Each call is made once; the repeats are Temporal's, under the same key.
 */
import type { PaymentLinkRequest } from '@adyen/api-library/lib/src/typings/checkout/paymentLinkRequest.js';
import type { IRequest } from '@adyen/api-library/lib/src/typings/requestOptions.js';
import * as hmacValidator from '@adyen/api-library/lib/src/utils/hmacValidator.js';
import { z } from 'zod';
import { GatewayOutcomeUnknown } from '../gateway.ts';
import { createOutboundFetch } from '../outbound.ts';
import type { AdyenAmount } from './amounts.ts';
import { errorOf } from './errors.ts';
import { linkSchema, type PaymentLink, receivedSchema } from './payloads.ts';

const CALL_TIMEOUT_MS = 4_500;

export interface AdyenClient {
  /** Lists the methods of the account, whatever they are. */
  checkAccess(): Promise<void>;
  createLink(
    body: Omit<PaymentLinkRequest, 'merchantAccount'>,
    idempotencyKey: string,
  ): Promise<PaymentLink>;
  findLink(id: string): Promise<PaymentLink>;
  /** A link that was paid is refused. */
  expireLink(id: string): Promise<PaymentLink>;
  capture(payment: string, change: Change & { amount: AdyenAmount }): Promise<Received>;
  cancel(payment: string, change: Change): Promise<Received>;
  /** The payment is known by our reference alone. */
  cancelByReference(change: Change): Promise<Received>;
  refund(payment: string, change: Change & { amount: AdyenAmount }): Promise<Received>;
}

interface Change {
  /** Comes back with the webhook, signed. */
  reference: string;
  idempotencyKey: string;
}

type Received = z.infer<typeof receivedSchema>;

export interface ClientSettings {
  apiKey: string;
  merchantAccount: string;
  environment: 'test' | 'live';
  livePrefix?: string | undefined;
  /** Another place than Adyen's own, for tests. */
  apiBase?: string | undefined;
}

export function createAdyenClient(settings: ClientSettings): AdyenClient {
  const { merchantAccount } = settings;
  let opened: ReturnType<typeof openSdk> | undefined;
  const sdk = (): ReturnType<typeof openSdk> => {
    opened ??= openSdk(settings);
    return opened;
  };
  const changed = async (call: (apis: Apis) => Promise<unknown>): Promise<Received> =>
    read(receivedSchema, await call(await sdk()));
  return {
    async checkAccess() {
      const { payments } = await sdk();
      read(z.looseObject({}), await payments.paymentMethods({ merchantAccount }));
    },
    async createLink(body, idempotencyKey) {
      const { links } = await sdk();
      const request = { ...body, merchantAccount };
      return read(linkSchema, await links.paymentLinks(request, { idempotencyKey }));
    },
    async findLink(id) {
      const { links } = await sdk();
      return read(linkSchema, await links.getPaymentLink(id));
    },
    async expireLink(id) {
      const { links, expired } = await sdk();
      return read(linkSchema, await links.updatePaymentLink(id, { status: expired }));
    },
    capture: (payment, { idempotencyKey, ...change }) =>
      changed(({ modifications }) =>
        modifications.captureAuthorisedPayment(
          payment,
          { ...change, merchantAccount },
          { idempotencyKey },
        ),
      ),
    cancel: (payment, { idempotencyKey, reference }) =>
      changed(({ modifications }) =>
        modifications.cancelAuthorisedPaymentByPspReference(
          payment,
          { reference, merchantAccount },
          { idempotencyKey },
        ),
      ),
    cancelByReference: ({ idempotencyKey, reference }) =>
      changed(({ modifications }) =>
        modifications.cancelAuthorisedPayment(
          { reference, paymentReference: reference, merchantAccount },
          { idempotencyKey },
        ),
      ),
    refund: (payment, { idempotencyKey, ...change }) =>
      changed(({ modifications }) =>
        modifications.refundCapturedPayment(
          payment,
          { ...change, merchantAccount },
          { idempotencyKey },
        ),
      ),
  };
}

type Apis = Awaited<ReturnType<typeof openSdk>>;

async function openSdk(settings: ClientSettings) {
  const { Client, CheckoutAPI, EnvironmentEnum, UpdatePaymentLinkRequest } = await loadSdk();
  const { apiKey, environment, livePrefix, apiBase } = settings;
  const adyen = new Client(
    {
      apiKey,
      environment: environment === 'live' ? EnvironmentEnum.LIVE : EnvironmentEnum.TEST,
      ...(livePrefix !== undefined && { liveEndpointUrlPrefix: livePrefix }),
    },
    {
      request: (endpoint, json, _config, _isKeyRequired, options) => send(endpoint, json, options),
    },
  );

  async function send(
    endpoint: string,
    json: string | Buffer,
    { method = 'POST', idempotencyKey }: IRequest.Options = {},
  ): Promise<string> {
    const own = new URL(endpoint);
    const url = apiBase === undefined ? own : new URL(own.pathname, apiBase);
    const what = `${method} ${own.pathname}`;
    const { status, headers, text } = await answerTo(url, {
      method,
      headers: {
        'x-api-key': apiKey,
        'content-type': 'application/json',
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      },
      ...(method !== 'GET' && { body: String(json) }),
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    }).catch((error: unknown) => {
      const name = error instanceof Error ? error.name : 'unknown error';
      throw new GatewayOutcomeUnknown(`Adyen did not answer ${what}: ${name}`);
    });
    const body = parseJson(text);
    if (status >= 400) throw errorOf(status, body, headers.get('transient-error') === 'true');
    // The SDK would warn on the console of what it cannot parse, with all of it.
    if (body === null) throw new GatewayOutcomeUnknown(`Adyen answered ${what} in no JSON`);
    return text;
  }

  const checkout = new CheckoutAPI(adyen);
  return {
    payments: checkout.PaymentsApi,
    links: checkout.PaymentLinksApi,
    modifications: checkout.ModificationsApi,
    expired: UpdatePaymentLinkRequest.StatusEnum.Expired,
  };
}

async function answerTo(url: URL, init: RequestInit) {
  const response = await createOutboundFetch(url.origin)(url, init);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function read<T>(schema: z.ZodType<T>, answer: unknown): T {
  const answered = schema.safeParse(answer);
  if (answered.success) return answered.data;
  const field = answered.error.issues[0]?.path.join('.') || 'the body';
  throw new GatewayOutcomeUnknown(`Adyen answered in an unknown form: ${field}`);
}

/** Its models take some ten megabytes, which a process without Adyen does without. */
export async function loadSdk() {
  const [client, checkout, config, update] = await Promise.all([
    import('@adyen/api-library/lib/src/client.js'),
    import('@adyen/api-library/lib/src/services/checkout/index.js'),
    import('@adyen/api-library/lib/src/config.js'),
    import('@adyen/api-library/lib/src/typings/checkout/updatePaymentLinkRequest.js'),
  ]);
  return {
    Client: exportsOf(client).default,
    CheckoutAPI: exportsOf(checkout).default,
    EnvironmentEnum: exportsOf(config).EnvironmentEnum,
    UpdatePaymentLinkRequest: exportsOf(update).UpdatePaymentLinkRequest,
  };
}

/** What checks signatures is small, and is there from the start. */
export function createHmacValidator() {
  const { default: HmacValidator } = exportsOf(hmacValidator);
  return new HmacValidator();
}

/** It is CommonJS: one runtime gives its exports by name, and another all of them as the default. */
function exportsOf<T extends object>(loaded: T | { default: T }): T {
  const { default: inner } = loaded as { default?: unknown };
  const isAll = typeof inner === 'object' && inner !== null && '__esModule' in inner;
  return isAll ? (inner as T) : (loaded as T);
}
