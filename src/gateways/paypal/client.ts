/**
 * PayPal's API, call by call, as far as an order needs it: through its own SDK where that has the call, and beside it for
 * disputes and webhooks. Both go out by `http.ts`.
 */
import type { PurchaseUnitRequest } from '@paypal/paypal-server-sdk';
import { z } from 'zod';
import { GatewayOutcomeUnknown, GatewayRefusal } from '../gateway.ts';
import type { PayPalMoney } from './amounts.ts';
import { type Call, createHttp, type HttpSettings, jsonOf } from './http.ts';
import {
  disputeSchema,
  orderSchema,
  type PayPalDispute,
  type PayPalOrder,
  type PayPalRefund,
  partSchema,
  refundSchema,
} from './payloads.ts';

/** More disputes than one capture can have in earnest; the most that PayPal lists on one page. */
const MAX_DISPUTES = 50;
/** Answers carry the whole object, and not its id alone. */
const prefer = 'return=representation';
/** PayPal calls the only unit of an order so; nothing of it can be changed under another name. */
const UNIT = "/purchase_units/@reference_id=='default'";

export interface NewOrder {
  /** Whether PayPal holds the money until it is captured, or gives it when the buyer has agreed. */
  isHeld: boolean;
  unit: PurchaseUnitRequest;
  /** Where the buyer comes back to from PayPal's own page; null where PayPal's buttons are on the shop's. */
  returnUrl: string | null;
}

export interface PayPalClient {
  /** Resolves when PayPal takes the key. */
  checkAccess(): Promise<void>;
  createOrder(order: NewOrder, key: string): Promise<PayPalOrder>;
  /** Null for one that PayPal does not know, or no longer. */
  findOrder(orderId: string): Promise<PayPalOrder | null>;
  /** Changes an order that nothing was taken of yet. */
  changeOrder(
    orderId: string,
    change: { customId: string } | { amount: PayPalMoney },
  ): Promise<void>;
  captureOrder(orderId: string, key: string): Promise<void>;
  authorizeOrder(orderId: string, key: string): Promise<void>;
  captureAuthorization(authorizationId: string, amount: PayPalMoney, key: string): Promise<void>;
  voidAuthorization(authorizationId: string): Promise<void>;
  refundCapture(captureId: string, amount: PayPalMoney, key: string): Promise<PayPalRefund>;
  /** The order of a capture or of an authorization; null where there is no such part. */
  orderIdOfPart(partId: string): Promise<string | null>;
  /** Of one capture, each with its outcome. */
  listDisputes(captureId: string): Promise<PayPalDispute[]>;
  listWebhooks(): Promise<{ url: string; eventTypes: string[] }[]>;
}

const webhooksSchema = z.object({
  webhooks: z.array(
    z.object({ url: z.string(), event_types: z.array(z.object({ name: z.string() })) }),
  ),
});
const disputesSchema = z.object({ items: z.array(z.object({ dispute_id: z.string() })).nullish() });

export function createClient(settings: HttpSettings): PayPalClient {
  const http = createHttp(settings);
  let opened: ReturnType<typeof openSdk> | undefined;
  const apis = (): ReturnType<typeof openSdk> => {
    opened ??= openSdk(http.send);
    return opened;
  };

  /** What the SDK knows nothing of. */
  async function read<T>(schema: z.ZodType<T>, path: string): Promise<T> {
    const headers = { accept: 'application/json' };
    const { body } = await http.send({ method: 'GET', path, headers });
    return readAs(schema, jsonOf(body), path.split('?')[0] ?? path);
  }

  return {
    checkAccess: http.authenticate,
    async createOrder({ isHeld, unit, returnUrl }, paypalRequestId) {
      const { orders, intents } = await apis();
      const intent = isHeld ? intents.Authorize : intents.Capture;
      const body = {
        intent,
        purchaseUnits: [unit],
        ...(returnUrl !== null && {
          paymentSource: {
            paypal: { experienceContext: { returnUrl, cancelUrl: returnUrl } },
          },
        }),
      };
      const { result } = await orders.createOrder({ body, paypalRequestId, prefer });
      return readAs(orderSchema, result, 'create an order');
    },
    async findOrder(id) {
      const { orders } = await apis();
      const found = await nullIfGone(orders.getOrder({ id }));
      return found === null ? null : readAs(orderSchema, found.result, 'read an order');
    },
    async changeOrder(id, change) {
      const [field, value] =
        'customId' in change
          ? ['custom_id', change.customId]
          : ['amount', { currency_code: change.amount.currencyCode, value: change.amount.value }];
      const { orders, replace } = await apis();
      await orders.patchOrder({ id, body: [{ op: replace, path: `${UNIT}/${field}`, value }] });
    },
    async captureOrder(id, paypalRequestId) {
      const { orders } = await apis();
      await orders.captureOrder({ id, paypalRequestId, prefer, body: {} });
    },
    async authorizeOrder(id, paypalRequestId) {
      const { orders } = await apis();
      await orders.authorizeOrder({ id, paypalRequestId, prefer, body: {} });
    },
    async captureAuthorization(authorizationId, amount, paypalRequestId) {
      // Never called the last one: a repeat has to be the same request, and what is held is let go of by a void.
      const body = { amount };
      const { payments } = await apis();
      await payments.captureAuthorizedPayment({
        authorizationId,
        paypalRequestId,
        prefer,
        body,
      });
    },
    async voidAuthorization(authorizationId) {
      // It takes no key: that it was done already, PayPal says.
      const { payments } = await apis();
      await payments.voidPayment({ authorizationId, prefer });
    },
    async refundCapture(captureId, amount, paypalRequestId) {
      const body = { amount, customId: paypalRequestId };
      const call = { captureId, paypalRequestId, prefer, body };
      const { payments } = await apis();
      const { result } = await payments.refundCapturedPayment(call);
      return readAs(refundSchema, result, 'refund a capture');
    },
    async orderIdOfPart(partId) {
      const { payments } = await apis();
      const found =
        (await nullIfGone(payments.getCapturedPayment({ captureId: partId }))) ??
        (await nullIfGone(payments.getAuthorizedPayment({ authorizationId: partId })));
      const read = partSchema.safeParse(found?.result);
      return read.success ? read.data.supplementaryData.relatedIds.orderId : null;
    },
    async listDisputes(captureId) {
      const query = new URLSearchParams({
        disputed_transaction_id: captureId,
        page_size: String(MAX_DISPUTES),
      });
      const { items } = await read(disputesSchema, `/v1/customer/disputes?${query}`);
      // The list tells no outcome.
      return Promise.all(
        (items ?? []).map((item) =>
          read(disputeSchema, `/v1/customer/disputes/${encodeURIComponent(item.dispute_id)}`),
        ),
      );
    },
    async listWebhooks() {
      const { webhooks } = await read(webhooksSchema, '/v1/notifications/webhooks');
      return webhooks.map(({ url, event_types: types }) => ({
        url,
        eventTypes: types.map(({ name }) => name),
      }));
    },
  };
}

/** As far as its adapter is asked. */
interface SdkRequest {
  method: string;
  url: string;
  headers: Readonly<Record<string, unknown>>;
  data?: unknown;
}

/**
 * The SDK can be pointed at no other address, has no time-out and bounds neither answers nor redirects: it forms requests
 * and reads answers, and what it would send goes out by `send`. Its own token is never sent.
 */
async function openSdk(send: (call: Call) => Promise<{ status: number; body: string }>) {
  const { Client, Environment, OrdersController, PaymentsController, ...enums } =
    // With its models it is large, and a process without PayPal does without.
    await import('@paypal/paypal-server-sdk');
  const adapter = async (request: SdkRequest) => {
    const { pathname, search } = new URL(request.url);
    const { status, body } = await send({
      method: request.method.toUpperCase(),
      path: pathname + search,
      headers: headersOf(request.headers),
      ...(typeof request.data === 'string' && { body: request.data }),
    });
    const headers = { 'content-type': 'application/json' };
    return { status, data: body, statusText: '', headers, config: request, request };
  };
  const client = new Client({
    environment: Environment.Production,
    clientCredentialsAuthCredentials: {
      oAuthClientId: '',
      oAuthClientSecret: '',
      oAuthToken: { accessToken: 'none', tokenType: 'Bearer' },
    },
    unstable_httpClientOptions: { adapter },
  });
  return {
    orders: new OrdersController(client),
    payments: new PaymentsController(client),
    intents: enums.CheckoutPaymentIntent,
    replace: enums.PatchOp.Replace,
  };
}

function headersOf(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name.toLowerCase(), value] as const] : [],
    ),
  );
}

function readAs<T>(schema: z.ZodType<T>, answer: unknown, what: string): T {
  const read = schema.safeParse(answer);
  if (read.success) return read.data;
  const field = read.error.issues[0]?.path.join('.') || 'the body';
  throw new GatewayOutcomeUnknown(`PayPal answered to "${what}" in an unknown form: ${field}`);
}

async function nullIfGone<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof GatewayRefusal && error.isGone) return null;
    throw error;
  }
}
