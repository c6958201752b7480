/**
 * Creates an order: first the row, which guards the id for ever, then the workflow. A row whose
 * workflow did not start is started by the next request; no order is ever created twice.
 */
import { type Ledger, openLedger } from '../../domain/ledger.ts';
import type { OrderTerms } from '../../domain/order.ts';
import { PRESENT_RULES } from '../../domain/rules.ts';
import { keyWindowOf } from '../../domain/schedule/deadlines.ts';
import { viewOf } from '../../domain/view.ts';
import type { GatewayCapabilities } from '../../gateways/capabilities.ts';
import { brokenRule } from '../../money/amounts.ts';
import { isWithdrawn, withdrawnFrom } from '../../money/currencies.ts';
import { failpoint } from '../../process/failpoints.ts';
import {
  insertOrder,
  markStarted,
  type NewOrder,
  readOrder,
  type StoredOrder,
} from '../../store/orders/orders.ts';
import { loadRecord } from '../../store/orders/record.ts';
import { NOTHING_DUE_ID } from '../../workflows/inbox/messages.ts';
import type { ApiDependencies } from '../api-dependencies.ts';
import { fingerprintOf } from '../http/canonical-json.ts';
import { type Answer, defineRoute } from '../http/route.ts';
import { amountUnsupported } from '../problems/amount-unsupported.ts';
import { Problem } from '../problems/problem.ts';
import { type NewOrderBody, newOrderSchema } from './new-order-schema.ts';
import { orderConflict } from './order-conflict.ts';
import { orderSchema } from './order-schemas.ts';
import { orderAnswer, orderPathOf } from './represent-order.ts';
import { requireOrder, untilOutcome } from './submit.ts';

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
    'amount_unsupported',
    'currency_unsupported',
  ],
  async run({ body, waitMs }, dependencies) {
    if (!Object.hasOwn(dependencies.gateways, body.gateway)) throw unsupported(dependencies);
    const fingerprint = fingerprintOf(body);
    return dependencies.turns.take(`create ${body.id}`, waitMs, () =>
      create(dependencies, { body, fingerprint, waitMs }),
    );
  },
});

async function create(
  dependencies: ApiDependencies,
  { body, fingerprint, waitMs }: { body: NewOrderBody; fingerprint: string; waitMs: number },
): Promise<Answer> {
  const asked = newOrder(body, fingerprint, dependencies);
  const refusal = refusalOf(body, asked.ledger.terms.createdAt, dependencies);
  // An order from before the rule keeps its answer; only a new one is refused.
  if (refusal !== null && (await readOrder(dependencies.database, body.id)) === null) throw refusal;
  const inserted = await insertOrder(dependencies.database, asked);
  failpoint('order.afterInsert');
  if (inserted !== null) {
    const created =
      body.amount === 0
        ? await startPaid(dependencies, asked, waitMs)
        : await startOrder(dependencies, asked).then(() => inserted);
    const answer = orderAnswer(201, created);
    return { ...answer, headers: { ...answer.headers, location: orderPathOf(body.id) } };
  }
  const order = await requireOrder(dependencies, body.id);
  const { id } = order;
  if (order.fingerprint !== fingerprint)
    throw orderConflict(body, order, await requireLedger(dependencies, id));
  if (order.startedAt === null)
    await startOrder(dependencies, { id, ledger: await requireLedger(dependencies, id) });
  const answer = orderAnswer(200, order);
  return { ...answer, headers: { ...answer.headers, 'idempotent-replayed': 'true' } };
}

type Starting = Pick<ApiDependencies, 'database' | 'orders'>;

/** Starts the workflow of an order that has none yet. */
export async function startOrder(
  { database, orders }: Starting,
  { id, ledger }: { id: string; ledger: Ledger },
): Promise<void> {
  await orders.start(ledger);
  failpoint('order.afterStart');
  await markStarted(database, id);
}

/** Nothing is to be paid: the order says at once that it is paid. */
async function startPaid(
  dependencies: ApiDependencies,
  asked: { id: string; ledger: Ledger },
  waitMs: number,
): Promise<StoredOrder> {
  const { order } = await untilOutcome(dependencies, { orderId: asked.id, waitMs }, async () => {
    await startOrder(dependencies, asked);
    return NOTHING_DUE_ID;
  });
  return order;
}

async function requireLedger({ database }: Starting, id: string): Promise<Ledger> {
  const ledger = await loadRecord(database, id);
  if (ledger === null) throw new Problem('order_not_found');
  return ledger;
}

function newOrder(
  body: NewOrderBody,
  fingerprint: string,
  { policy, gateways }: ApiDependencies,
): NewOrder {
  const { id, amount, customer, shipping, description, metadata = {}, expiresIn } = body;
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
    rules: PRESENT_RULES,
    syncsWhenPaid: true,
    ...termsOf(gateways[body.gateway]?.capabilities),
  };
  const ledger = openLedger(terms);
  return {
    id,
    fingerprint,
    amount,
    currency: terms.currency,
    gateway: terms.gateway,
    customer,
    shipping,
    description,
    metadata,
    ledger,
    view: viewOf(ledger),
    expiresAt: terms.expiresAt,
    settlementWindowMs: terms.settlementWindowMs,
  };
}

const DAY_MS = 24 * 60 * 60 * 1_000;

/** What the order has to know of its gateway for good; nothing where that is what most gateways do. */
function termsOf(
  capabilities: GatewayCapabilities | undefined,
): Pick<OrderTerms, 'voidsWhenFailed' | 'keyWindowMs'> {
  if (capabilities === undefined) return {};
  const { rememberedMs } = capabilities.idempotencyKeys;
  return {
    ...(capabilities.void === 'final' && { voidsWhenFailed: true as const }),
    ...(rememberedMs < DAY_MS && { keyWindowMs: keyWindowOf(rememberedMs) }),
  };
}

/** What is wrong with the money of a new order, as far as is known before the gateway is asked. */
function refusalOf(
  { amount, currency, gateway }: NewOrderBody,
  now: number,
  { gateways }: ApiDependencies,
): Problem | null {
  if (isWithdrawn(currency, now)) {
    const message = `was withdrawn on ${withdrawnFrom(currency)}: send a currency that is in use`;
    return new Problem('currency_unsupported', { errors: [{ pointer: '/currency', message }] });
  }
  const { amounts, currencies } = gateways[gateway]?.capabilities ?? {};
  if (currencies !== undefined && !currencies.includes(currency)) {
    const message = `is not taken by ${gateway}: send one of ${currencies.join(', ')}`;
    return new Problem('currency_unsupported', { errors: [{ pointer: '/currency', message }] });
  }
  const rules = amount === 0 ? undefined : amounts;
  const rule = rules === undefined ? null : brokenRule(rules, amount, currency);
  return rule === null ? null : amountUnsupported(rule);
}

function unsupported({ gateways }: ApiDependencies): Problem {
  const names = Object.keys(gateways).join(', ');
  const errors = [{ pointer: '/gateway', message: `must be one of: ${names}` }];
  return new Problem('gateway_unsupported', { errors });
}
