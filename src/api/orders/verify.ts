/**
 * What the frontend calls after the checkout. A proof only shows that the caller speaks of this
 * order's payment; whether money came is asked of the gateway, never believed.
 */
import { z } from 'zod';
import { orderOfPayment } from '../../store/orders/gateway-payments.ts';
import { readOrder, type StoredOrder } from '../../store/orders/orders.ts';
import type { ApiDependencies } from '../api-dependencies.ts';
import { orderPath, visibleId } from '../http/request-schemas.ts';
import { type Answer, defineRoute } from '../http/route.ts';
import { Problem } from '../problems/problem.ts';
import type { Turn } from '../temporal/turns.ts';
import { orderSchema } from './order-schemas.ts';
import { orderAnswer } from './represent-order.ts';
import { answerWithOrder, requireOrder, type Sender, submit } from './submit.ts';

const verifySchema = z
  .strictObject({
    paymentId: visibleId.optional(),
    signature: visibleId
      .optional()
      .meta({ description: 'The proof that the checkout gave, where the gateway gives one.' }),
  })
  .refine(({ paymentId, signature }) => signature === undefined || paymentId !== undefined, {
    path: ['paymentId'],
    error: 'is needed with a signature',
  });

export const verify = defineRoute({
  operationId: 'verifyOrder',
  method: 'post',
  path: '/v1/orders/{id}/verify',
  scope: 'client',
  summary: 'Ask the gateway what became of the payment',
  params: orderPath,
  body: verifySchema,
  answers: {
    200: { description: "The order, with the gateway's answer in it.", schema: orderSchema },
    202: { description: 'The order; the answer is not in yet.', schema: orderSchema },
  },
  problems: [
    'order_not_found',
    'payment_signature_invalid',
    'payment_belongs_to_other_order',
    'foreign_payment',
    'no_payment_attempt',
  ],
  async run({ params: { id }, body: { paymentId, signature }, ...sender }, dependencies) {
    const order = await requireOrder(dependencies, id);
    await checkPayment(dependencies, order, { paymentId, signature });
    if (isKnownToBePaid(order, paymentId)) return answerFromRecord(dependencies, order);
    return dependencies.turns.take(`verify ${id}`, sender.waitMs, async (turn) => {
      const paid = await readDeliveredOutcome(dependencies, { id, paymentId, ...turn });
      if (paid !== null) return answerFromRecord(dependencies, paid);
      return ask(dependencies, { id, paymentId, ...sender, waitMs: turn.leftMs });
    });
  },
});

interface Question {
  id: string;
  paymentId: string | undefined;
}

async function ask(
  dependencies: ApiDependencies,
  { id, paymentId, ...sender }: Question & Sender,
): Promise<Answer> {
  const payload = paymentId === undefined ? {} : { paymentId };
  const command = { orderId: id, name: 'verify', payload } as const;
  return answerWithOrder(await submit(dependencies, sender, command));
}

/** A healthy order takes up an event in a tenth of this. */
const NEWS_WAIT_MS = 1_000;

interface Proof {
  paymentId?: string | undefined;
  signature?: string | undefined;
}

/** What the record alone can refuse without being wrong. */
async function checkPayment(
  { database, gateways }: ApiDependencies,
  { id, view }: StoredOrder,
  { paymentId, signature }: Proof,
): Promise<void> {
  if (paymentId === undefined) return;
  const owner = await orderOfPayment(database, view.gateway, paymentId);
  if (owner !== null && owner !== id) throw new Problem('payment_belongs_to_other_order');
  if (signature === undefined) return;
  const orderPaymentIds = view.payments.flatMap((payment) => payment.id ?? []);
  if (orderPaymentIds.length === 0) throw new Problem('no_payment_attempt');
  const gateway = gateways[view.gateway];
  if (gateway?.isProofValid({ paymentId, orderPaymentIds, signature }) === false)
    throw new Problem('payment_signature_invalid');
}

/**
 * The order, when the record says by now that it is paid. The frontend often comes back while the webhook is
 * being taken up: then the order's next step is waited for, which is sooner there than an answer of the gateway.
 */
async function readDeliveredOutcome(
  { database, feed, inFlightDeliveries }: ApiDependencies,
  { id, paymentId, leftMs, hasWaited }: Question & Turn,
): Promise<StoredOrder | null> {
  const readIfPaid = async (): Promise<StoredOrder | null> => {
    const present = await readOrder(database, id);
    return present !== null && isKnownToBePaid(present, paymentId) ? present : null;
  };
  if (!inFlightDeliveries.isExpected(id)) return hasWaited ? readIfPaid() : null;
  const stopWaiting = new AbortController();
  try {
    const change = feed.next(id, Math.min(leftMs, NEWS_WAIT_MS), stopWaiting.signal);
    // It may have changed before anybody listened.
    const paid = await readIfPaid();
    if (paid !== null) return paid;
    await change;
    return await readIfPaid();
  } finally {
    stopWaiting.abort();
  }
}

/** The gateway has nothing more to say: the duplicate is counted in the database, without a signal. */
async function answerFromRecord({ duplicates }: ApiDependencies, order: StoredOrder) {
  await duplicates.count({ orderId: order.id, eventId: 'verify', type: 'verify' });
  return orderAnswer(200, { ...order, duplicates: order.duplicates + 1 });
}

function isKnownToBePaid({ view }: StoredOrder, paymentId: string | undefined): boolean {
  const isKnown = paymentId === undefined || view.payments.some(({ id }) => id === paymentId);
  return isKnown && (view.state === 'paid' || view.state === 'refunded');
}
