/**
 * Creates an order: first the row, which guards the id for ever, then the workflow. A row whose
 * workflow did not start is started by whoever comes next; no order is ever created twice.
 */
import { z } from 'zod';
import { openLedger } from '../domain/ledger.ts';
import type { OrderTerms } from '../domain/order.ts';
import { viewOf } from '../domain/view.ts';
import { insertOrder, markStarted, type NewOrder, type StoredOrder } from '../store/orders.ts';
import type { ApiDependencies } from './api-dependencies.ts';
import { fingerprintOf } from './canonical-json.ts';
import { requireOrder } from './commands.ts';
import { orderSchema } from './order-schemas.ts';
import { Problem } from './problem.ts';
import { orderAnswer, orderPathOf } from './represent-order.ts';
import {
  currency,
  customerId,
  orderAmount,
  orderId,
  positiveInteger,
  text,
} from './request-schemas.ts';
import { defineRoute } from './route.ts';

/** As many as Stripe takes; metadata is for references, not for documents. */
const MAX_METADATA_KEYS = 50;
/** A year; whoever waits longer for money wants a new order. */
const MAX_EXPIRY_S = 365 * 24 * 3600;

const newOrderSchema = z
  .strictObject({
    id: orderId,
    amount: orderAmount,
    currency,
    gateway: text(32).meta({ example: 'sandbox' }),
    customer: z.strictObject({
      id: customerId,
      email: z.email('must be an e-mail address').optional(),
    }),
    description: text(500).optional(),
    metadata: z
      .record(text(40), text(500))
      .refine(
        (entries) => Object.keys(entries).length <= MAX_METADATA_KEYS,
        `must have at most ${MAX_METADATA_KEYS} keys`,
      )
      .optional(),
    expiresIn: positiveInteger
      .max(MAX_EXPIRY_S, `must be at most ${MAX_EXPIRY_S} seconds`)
      .optional()
      .meta({ description: 'Seconds until an unpaid order fails.' }),
  })
  .meta({ id: 'NewOrder' });

type NewOrderBody = z.infer<typeof newOrderSchema>;

export const createOrder = defineRoute({
  method: 'post',
  path: '/v1/orders',
  scope: 'client',
  summary: 'Create an order, or get it where it was created before',
  body: newOrderSchema,
  answers: {
    201: { description: 'Created.', schema: orderSchema },
    200: { description: 'Created before with the same content.', schema: orderSchema },
  },
  problems: [
    'order_conflict',
    'gateway_unsupported',
    'amount_out_of_range',
    'currency_unsupported',
  ],
  async run({ body }, dependencies) {
    if (!Object.hasOwn(dependencies.gateways, body.gateway)) throw unsupported(dependencies);
    const fingerprint = fingerprintOf(body);
    const isNew = await insertOrder(
      dependencies.database,
      newOrder(body, fingerprint, dependencies),
    );
    const order = await requireOrder(dependencies, body.id);
    if (order.fingerprint !== fingerprint) throw conflict(body, order);
    await startOrder(dependencies, order);
    if (isNew) {
      const answer = orderAnswer(201, order);
      return { ...answer, headers: { ...answer.headers, location: orderPathOf(order.id) } };
    }
    const answer = orderAnswer(200, order);
    return { ...answer, headers: { ...answer.headers, 'idempotent-replayed': 'true' } };
  },
});

/** Starts the workflow of an order that has none yet. */
export async function startOrder(
  { database, orders }: Pick<ApiDependencies, 'database' | 'orders'>,
  order: StoredOrder,
): Promise<void> {
  if (order.startedAt !== null) return;
  await orders.start(order.ledger);
  await markStarted(database, order.id);
}

function newOrder(body: NewOrderBody, fingerprint: string, { policy }: ApiDependencies): NewOrder {
  const { id, amount, customer, description, metadata = {}, expiresIn } = body;
  const createdAt = Date.now();
  const terms: OrderTerms = {
    orderId: id,
    amountMinor: amount,
    currency: body.currency,
    gateway: body.gateway,
    customerId: customer.id,
    createdAt,
    expiresAt: createdAt + (expiresIn === undefined ? policy.orderExpiryMs : expiresIn * 1000),
    settlementWindowMs: policy.settlementWindowMs,
  };
  const ledger = openLedger(terms);
  return {
    id,
    fingerprint,
    amount,
    currency: terms.currency,
    gateway: terms.gateway,
    customer,
    description,
    metadata,
    ledger,
    view: viewOf(ledger),
    expiresAt: terms.expiresAt,
    settlementWindowMs: terms.settlementWindowMs,
  };
}

function unsupported({ gateways }: ApiDependencies): Problem {
  const names = Object.keys(gateways).join(', ');
  const errors = [{ pointer: '/gateway', message: `must be one of: ${names}` }];
  return new Problem('gateway_unsupported', { errors });
}

function conflict(body: NewOrderBody, order: StoredOrder): Problem {
  const { view, ledger } = order;
  const lastsS = (ledger.terms.expiresAt - ledger.terms.createdAt) / 1000;
  const pairs: [string, unknown, unknown][] = [
    ['/amount', body.amount, view.amount],
    ['/currency', body.currency, view.currency],
    ['/gateway', body.gateway, view.gateway],
    ['/customer/id', body.customer.id, view.customer.id],
    ['/customer/email', body.customer.email ?? null, order.email],
    ['/description', body.description ?? null, order.description],
    ['/metadata', fingerprintOf(body.metadata ?? {}), fingerprintOf(order.metadata)],
    ['/expiresIn', body.expiresIn ?? lastsS, lastsS],
  ];
  const differing = pairs
    .filter(([, given, stored]) => given !== stored)
    .map(([pointer]) => pointer);
  // Said once and left away once, with the same meaning: still not the same request.
  const pointers = differing.length > 0 ? differing : ['/expiresIn'];
  const message = 'differs from what the order was created with';
  return new Problem('order_conflict', {
    errors: pointers.map((pointer) => ({ pointer, message })),
  });
}
