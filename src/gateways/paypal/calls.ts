/**
 * What an order asks of PayPal. Every call looks at what is there first: PayPal forgets the keys of orders after six
 * hours, a void has none, and what was done is told by the state.
 */
import type { RefundSnapshot } from '../../domain/facts/facts.ts';
import {
  type CreatedPayment,
  type CreatePayment,
  type FetchedPayments,
  type FetchPayments,
  GatewayMisconfigured,
  GatewayOutcomeUnknown,
  type GatewayPayment,
  GatewayRefusal,
  type RefundPayment,
  type SingleEventGateway,
} from '../gateway.ts';
import { minorOf, moneyOf } from './amounts.ts';
import type { PayPalClient } from './client.ts';
import { detailFields } from './details.ts';
import { isBuyersRefusal } from './errors.ts';
import { type Ending, markOf, markText } from './mark.ts';
import {
  authorizationOf,
  captureIdOf,
  capturesOf,
  heldOf,
  isCaptured,
  type PayPalCapture,
  type PayPalDispute,
  type PayPalOrder,
  type PayPalRefund,
  refundSnapshotOf,
  refundsOf,
  snapshotOf,
  statusOf,
  unitOf,
} from './payloads.ts';

interface Dependencies {
  client: PayPalClient;
  clientId: string;
  /** The page of the shop to which buyers come back; null where PayPal's buttons are on it. */
  returnUrl: string | null;
}

/** A create whose answer was lost is harmless: nobody can agree to it without its id. */
export async function createPayment(
  { client, clientId, returnUrl }: Dependencies,
  request: CreatePayment,
): Promise<CreatedPayment> {
  const { orderId, installationId, amountMinor, currency, details, idempotencyKey } = request;
  const amount = moneyOf(amountMinor, currency);
  for (const earlier of request.supersedes ?? []) {
    const order = await client.findOrder(earlier);
    // One that PayPal no longer knows cannot be paid.
    if (order === null) continue;
    const payment = await end(client, order, 'voided');
    if (payment.status === 'captured' || payment.status === 'pending')
      return { payment, checkout: {} };
  }
  const order = await client.createOrder(
    {
      isHeld: request.capture === 'manual',
      unit: {
        ...detailFields(details),
        amount,
        customId: markText({ orderId, installationId, ending: null }),
      },
      returnUrl: returnUrl === null ? null : `${returnUrl}?${new URLSearchParams({ orderId })}`,
    },
    idempotencyKey,
  );
  const url = order.links?.find(({ rel }) => rel === 'payer-action' || rel === 'approve')?.href;
  return {
    payment: snapshotOf(order, []),
    checkout: { orderId: order.id, clientId, ...(url !== undefined && { url }) },
  };
}

/** PayPal has no list by order; a payment whose creation was not answered has no buyer. */
export async function fetchPayments(
  client: PayPalClient,
  { orderId, paymentIds }: FetchPayments,
): Promise<FetchedPayments> {
  const found = await Promise.all(
    paymentIds.map(async (id) => {
      const order = await findOrderBehind(client, id);
      if (order === null) return null;
      // What others have made at the same account is theirs to authorize.
      const isNamed = markOf(unitOf(order).customId).orderId === orderId;
      return completed(client, isNamed ? await authorized(client, order) : order);
    }),
  );
  const byId = new Map(
    found.flatMap((payment) => (payment === null ? [] : [[payment.paymentId, payment] as const])),
  );
  return {
    payments: [...byId.values()],
    missing: paymentIds.filter((_, index) => found[index] === null),
  };
}

/** A refund and a dispute name a capture, and an order here knows the order at PayPal alone. */
async function findOrderBehind(client: PayPalClient, id: string): Promise<PayPalOrder | null> {
  const order = await client.findOrder(id);
  if (order !== null) return order;
  const orderId = await client.orderIdOfPart(id);
  return orderId === null ? null : client.findOrder(orderId);
}

/** Takes what the buyer has agreed to, or a part of what is held; what was taken already is answered as it is. */
export async function capturePayment(
  client: PayPalClient,
  request: Parameters<SingleEventGateway['capturePayment']>[0],
): Promise<GatewayPayment> {
  const order = await authorized(client, await requireOrder(client, request.paymentId));
  if (order.intent === 'AUTHORIZE') await captureHeld(client, order, request);
  else await captureApproved(client, order, request);
  return completed(client, await requireOrder(client, order.id));
}

async function captureApproved(
  client: PayPalClient,
  order: PayPalOrder,
  { amountMinor, idempotencyKey }: Parameters<SingleEventGateway['capturePayment']>[0],
): Promise<void> {
  if (capturesOf(order).length > 0) return;
  if (statusOf(order) !== 'authorized')
    throw new GatewayRefusal('order_not_approved', `nothing to capture in ${order.id}`);
  const { amount } = unitOf(order);
  // Such an order is captured whole: where less is due, it has to be one of less.
  if (amountMinor < minorOf(amount))
    await client.changeOrder(order.id, { amount: moneyOf(amountMinor, amount.currencyCode) });
  await takenOrDeclined(client, order, client.captureOrder(order.id, idempotencyKey));
}

async function captureHeld(
  client: PayPalClient,
  order: PayPalOrder,
  { amountMinor, idempotencyKey }: Parameters<SingleEventGateway['capturePayment']>[0],
): Promise<void> {
  const held = authorizationOf(order);
  if (held === undefined)
    throw new GatewayRefusal('order_not_approved', `nothing to capture in ${order.id}`);
  if (held.status === 'CAPTURED') return;
  const amount = moneyOf(amountMinor, held.amount.currencyCode);
  await client.captureAuthorization(held.id, amount, idempotencyKey);
}

/**
 * PayPal takes the money for an order when we ask for it, and it asks the bank then. What the bank refuses is a failed
 * try: this order is ended, so that nothing more can come of it, and the buyer's next click opens another.
 */
async function takenOrDeclined(
  client: PayPalClient,
  order: PayPalOrder,
  taking: Promise<void>,
): Promise<void> {
  try {
    await taking;
  } catch (error) {
    if (isBuyersRefusal(error)) await note(client, order, 'declined');
    else if (!(error instanceof GatewayRefusal && DONE_ALREADY.has(error.code))) throw error;
  }
}

/** Of two calls at once, the other one was faster. */
const DONE_ALREADY: ReadonlySet<string> = new Set([
  'order_already_captured',
  'order_already_authorized',
]);

/**
 * Money that is to be held is held when we ask for it. The buyer's approval is only the permission, and ends after some
 * hours: so it is used as soon as it is known.
 */
async function authorized(client: PayPalClient, order: PayPalOrder): Promise<PayPalOrder> {
  const { ending } = markOf(unitOf(order).customId);
  const isDue =
    order.intent === 'AUTHORIZE' &&
    order.status === 'APPROVED' &&
    ending === null &&
    authorizationOf(order) === undefined;
  if (!isDue) return order;
  await takenOrDeclined(client, order, client.authorizeOrder(order.id, `authorize-${order.id}`));
  return requireOrder(client, order.id);
}

/** Ends a payment; one that was faster is answered as it then is. */
export async function voidPayment(
  client: PayPalClient,
  paymentId: string,
): Promise<GatewayPayment> {
  return end(client, await requireOrder(client, paymentId), 'voided');
}

async function end(
  client: PayPalClient,
  order: PayPalOrder,
  ending: Ending,
): Promise<GatewayPayment> {
  const held = heldOf(order);
  if (held !== undefined) await unlessFaster(client.voidAuthorization(held.id), VOID_IS_LATE);
  else if (authorizationOf(order) === undefined && capturesOf(order).length === 0)
    await note(client, order, ending);
  const left = await requireOrder(client, order.id);
  const payment = await completed(client, left);
  if (payment.status === 'authorized')
    throw new GatewayOutcomeUnknown(`PayPal still holds what was voided of ${order.id}`);
  return payment;
}

/** It was captured or voided before. A void has no key, so that its repeat ends here as well. */
const VOID_IS_LATE: ReadonlySet<string> = new Set(['previously_captured', 'previously_voided']);
/** Nothing can be changed of an order that was captured meanwhile. */
const NOTE_IS_LATE: ReadonlySet<string> = new Set(['order_already_completed']);

async function unlessFaster(call: Promise<void>, late: ReadonlySet<string>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof GatewayRefusal) || !late.has(error.code)) throw error;
  }
}

/**
 * PayPal cannot cancel an order, and takes no money for one that we do not capture: so this note ends it for good, as
 * nothing that carries it is ever captured or authorized here.
 */
async function note(client: PayPalClient, order: PayPalOrder, ending: Ending): Promise<void> {
  const mark = markOf(unitOf(order).customId);
  if (mark.ending === 'voided' || mark.ending === ending) return;
  const customId = markText({ ...mark, ending });
  await unlessFaster(client.changeOrder(order.id, { customId }), NOTE_IS_LATE);
}

/** The key is also the refund's `custom_id`, so that one that was made is found however long ago that was. */
export async function refundPayment(
  client: PayPalClient,
  { paymentId, amountMinor, currency, idempotencyKey }: RefundPayment,
): Promise<RefundSnapshot> {
  const amount = moneyOf(amountMinor, currency);
  const order = await requireOrder(client, paymentId);
  const refunds = refundsOf(order);
  const made = refunds.find(({ customId }) => customId === idempotencyKey);
  if (made !== undefined) return knownRefund(made, paymentId);
  const capture = payerOf(capturesOf(order).filter(isCaptured), refunds, amountMinor);
  if (capture === undefined)
    throw new GatewayRefusal('payment_not_captured', `nothing to refund in ${paymentId}`);
  return knownRefund(await client.refundCapture(capture.id, amount, idempotencyKey), paymentId);
}

/** It was made; its status is fetched again. */
function knownRefund(refund: PayPalRefund, paymentId: string): RefundSnapshot {
  const snapshot = refundSnapshotOf(refund, paymentId);
  if (snapshot !== null) return snapshot;
  throw new GatewayOutcomeUnknown('PayPal says of a refund what is not known');
}

/** Nearly always the only one; of several, one that still holds as much. */
function payerOf(
  captured: PayPalCapture[],
  refunds: PayPalRefund[],
  amountMinor: number,
): PayPalCapture | undefined {
  const left = captured.map((capture) => ({ capture, minor: leftOf(capture, refunds) }));
  const payer = left.find(({ minor }) => minor >= amountMinor);
  if (payer !== undefined) return payer.capture;
  if (left.length > 1 && left.reduce((sum, { minor }) => sum + minor, 0) >= amountMinor)
    throw new GatewayRefusal(
      'refund_spans_captures',
      `no single capture holds as much: ${left.map(({ minor }) => minor).join(', ')} are left`,
    );
  return captured[0];
}

function leftOf({ id, amount }: PayPalCapture, refunds: PayPalRefund[]): number {
  return refunds
    .filter((refund) => captureIdOf(refund) === id && COUNTS.has(refund.status))
    .reduce((left, refund) => left - minorOf(refund.amount), minorOf(amount));
}

const COUNTS: ReadonlySet<string> = new Set(['COMPLETED', 'PENDING']);

async function requireOrder(client: PayPalClient, id: string): Promise<PayPalOrder> {
  const order = await client.findOrder(id);
  if (order === null)
    throw new GatewayRefusal('not_found', `PayPal has no order ${id}`, { isGone: true });
  return order;
}

/** Only what was captured can be disputed. */
async function completed(client: PayPalClient, order: PayPalOrder): Promise<GatewayPayment> {
  const captured = capturesOf(order).filter(isCaptured);
  try {
    const disputes = await Promise.all(captured.map(({ id }) => client.listDisputes(id)));
    return snapshotOf(order, disputes.flat() satisfies PayPalDispute[]);
  } catch (error) {
    // Payments must be known all the same, and that disputes are not has to be seen.
    if (error instanceof GatewayMisconfigured || error instanceof GatewayRefusal)
      return snapshotOf(order, [], ['its disputes, which the app at PayPal may not list']);
    throw error;
  }
}
