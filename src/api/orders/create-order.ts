/**
 * Creates an order: first the row, which guards the id for ever, then the workflow. A row whose
 * workflow did not start is started by the next request; no order is ever created twice.
 */
import { type Ledger, openLedger } from '../../domain/ledger.ts';
import type { ManualCapture, OrderTerms } from '../../domain/order.ts';
import { PRESENT_RULES } from '../../domain/rules.ts';
import { keyWindowOf } from '../../domain/schedule/deadlines.ts';
import { viewOf } from '../../domain/view.ts';
import type { GatewayCapabilities } from '../../gateways/capabilities.ts';
import { brokenRule } from '../../money/amounts.ts';
import { isWithdrawn, withdrawnFrom } from '../../money/currencies.ts';
import { priceLines } from '../../money/line-items.ts';
import { failpoint } from '../../process/failpoints.ts';
import {
  insertOrder,
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
import { linesMismatch, linesOf } from './line-items.ts';
import { type NewOrderBody, newOrderSchema } from './new-order-schema.ts';
import { orderConflict } from './order-conflict.ts';
import { orderSchema } from './order-schemas.ts';
import { PROBLEMS_OF_A_CLICK } from './pay.ts';
import { orderAnswer, orderPathOf } from './represent-order.ts';
import { isUnsettled, requireOrder, type Sender, submit, untilOutcome } from './submit.ts';

export const createOrder = defineRoute({
  operationId: 'createOrder',
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
    ...PROBLEMS_OF_A_CLICK,
    'gateway_unsupported',
    'capture_unsupported',
    'amount_out_of_range',
    'amount_unsupported',
    'currency_unsupported',
    'line_items_mismatch',
  ],
  async run({ body: { pay, ...body }, ...sender }, dependencies) {
    if (!Object.hasOwn(dependencies.gateways, body.gateway)) throw unsupported(dependencies);
    // What the order is, whether or not it is to be paid at once.
    const fingerprint = fingerprintOf(body);
    return dependencies.turns.take(`create ${body.id}`, sender.waitMs, ({ leftMs }) => {
      const asked = { body, fingerprint, isClicked: pay === true };
      return create(dependencies, { ...sender, waitMs: leftMs }, asked);
    });
  },
});

interface Asked {
  body: NewOrderBody;
  fingerprint: string;
  /** The click on "pay" comes with it. */
  isClicked: boolean;
}

async function create(
  dependencies: ApiDependencies,
  sender: Sender,
  { body, fingerprint, isClicked }: Asked,
): Promise<Answer> {
  const asked = newOrder(body, fingerprint, dependencies);
  const refusal = refusalOf(body, asked, dependencies);
  // An order from before the rule keeps its answer; only a new one is refused.
  if (refusal !== null && (await readOrder(dependencies.database, body.id)) === null) throw refusal;
  const inserted = await insertOrder(dependencies.database, asked);
  failpoint('order.afterInsert');
  if (inserted !== null) {
    const answer = await start(dependencies, sender, { asked, inserted, isClicked });
    return { ...answer, headers: { ...answer.headers, location: orderPathOf(body.id) } };
  }
  const order = await requireOrder(dependencies, body.id);
  const { id } = order;
  if (order.fingerprint !== fingerprint)
    throw orderConflict(body, order, await requireLedger(dependencies, id));
  if (order.startedAt === null)
    await startOrder(dependencies, { id, ledger: await requireLedger(dependencies, id) });
  const answer = isClicked
    ? await clickAgain(dependencies, sender, order)
    : orderAnswer(200, order);
  return { ...answer, headers: { ...answer.headers, 'idempotent-replayed': 'true' } };
}

interface Inserted {
  asked: NewOrder;
  inserted: StoredOrder;
  isClicked: boolean;
}

async function start(
  dependencies: ApiDependencies,
  sender: Sender,
  { asked, inserted, isClicked }: Inserted,
): Promise<Answer> {
  if (asked.amount === 0)
    return orderAnswer(201, await startPaid(dependencies, asked, sender.waitMs));
  if (isClicked) return startPaying(dependencies, sender, asked);
  await startOrder(dependencies, asked);
  return orderAnswer(201, inserted);
}

/** One message to Temporal: the click starts the order. */
async function startPaying(
  dependencies: ApiDependencies,
  sender: Sender,
  { id, ledger }: NewOrder,
): Promise<Answer> {
  dependencies.orders.expect(ledger);
  const answered = await submit(dependencies, sender, { orderId: id, name: 'pay', payload: {} });
  dependencies.starts.note(id);
  return { ...orderAnswer(201, answered.order), isUnsettled: isUnsettled(answered) };
}

/** The click belongs to the creation: where an attempt was opened since, there is nothing to click. */
async function clickAgain(
  dependencies: ApiDependencies,
  sender: Sender,
  order: StoredOrder,
): Promise<Answer> {
  const isUnclicked = order.view.state === 'initiated' && order.view.payments.length === 0;
  if (!isUnclicked) return orderAnswer(200, order);
  const click = { orderId: order.id, name: 'pay', payload: {} } as const;
  const answered = await submit(dependencies, sender, click);
  return { ...orderAnswer(200, answered.order), isUnsettled: isUnsettled(answered) };
}

type Starting = Pick<ApiDependencies, 'orders' | 'starts'>;

/** Starts the workflow of an order that has none yet. */
export async function startOrder(
  { orders, starts }: Starting,
  { id, ledger }: { id: string; ledger: Ledger },
): Promise<void> {
  await orders.start(ledger);
  failpoint('order.afterStart');
  starts.note(id);
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

async function requireLedger(
  { database }: Pick<ApiDependencies, 'database'>,
  id: string,
): Promise<Ledger> {
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
    notifiesCrmOfEvents: true,
    ...(policy.holdsAccessWhileDisputed && { holdsAccessWhileDisputed: true as const }),
    ...termsOf(gateways[body.gateway]?.capabilities, body.capture === 'manual'),
  };
  const ledger = openLedger(terms);
  const lines = linesOf(body);
  return {
    id,
    fingerprint,
    amount,
    currency: terms.currency,
    gateway: terms.gateway,
    customer,
    shipping,
    description,
    lines: lines && priceLines(lines),
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
  isCapturedByHand: boolean,
): Pick<OrderTerms, 'voidsWhenFailed' | 'keyWindowMs' | 'webhooksOnly' | 'manualCapture'> {
  if (capabilities === undefined) return {};
  const { rememberedMs } = capabilities.idempotencyKeys;
  return {
    ...(capabilities.void === 'final' && { voidsWhenFailed: true as const }),
    ...(rememberedMs < DAY_MS && { keyWindowMs: keyWindowOf(rememberedMs) }),
    ...(capabilities.truth === 'webhooks' && { webhooksOnly: true as const }),
    ...(isCapturedByHand && { manualCapture: manualCaptureOf(capabilities) }),
  };
}

function manualCaptureOf({ capture, expiry }: GatewayCapabilities): ManualCapture {
  const parts = capture.multiple ? 'parts' : 'part';
  return {
    takes: capture.partial ? parts : 'whole',
    ...(expiry.authorizationMs !== null && { heldForMs: expiry.authorizationMs }),
  };
}

/** What is wrong with a new order, as far as is known before the gateway is asked. */
function refusalOf(
  { amount, currency, gateway, capture }: NewOrderBody,
  { lines, ledger }: NewOrder,
  { gateways }: ApiDependencies,
): Problem | null {
  const mismatch = linesMismatch({ amount, currency }, lines ?? null);
  if (mismatch !== null) return mismatch;
  if (isWithdrawn(currency, ledger.terms.createdAt)) {
    const message = `was withdrawn on ${withdrawnFrom(currency)}: send a currency that is in use`;
    return new Problem('currency_unsupported', { errors: [{ pointer: '/currency', message }] });
  }
  const { amounts, currencies, capture: captures } = gateways[gateway]?.capabilities ?? {};
  if (capture === 'manual' && captures?.manual === false) {
    const message = `${gateway} captures by itself: leave it out, or name another gateway`;
    return new Problem('capture_unsupported', { errors: [{ pointer: '/capture', message }] });
  }
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
