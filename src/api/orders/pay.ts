/**
 * The pay button: however often it is pressed, one attempt is open at a time. A click that could only
 * return the open attempt is answered from the record, without a worker.
 */
import { z } from 'zod';
import type { CommandAnswer } from '../../domain/events.ts';
import { transition } from '../../domain/transition.ts';
import { type OrderView, viewOf } from '../../domain/view.ts';
import { loadRecord } from '../../store/orders/record.ts';
import type { ApiDependencies } from '../api-dependencies.ts';
import { orderPath } from '../http/request-schemas.ts';
import { type Answer, defineRoute } from '../http/route.ts';
import { Problem } from '../problems/problem.ts';
import type { ProblemCode } from '../problems/problem-table.ts';
import { type Payment, paymentSchema } from './order-schemas.ts';
import { orderPathOf, representPayment } from './represent-order.ts';
import { isUnsettled, type Sender, submit } from './submit.ts';

/** What the gateway may have against an order's first attempt. */
export const PROBLEMS_OF_A_CLICK: ProblemCode[] = [
  'gateway_declined',
  'payment_refused',
  'gateway_misconfigured',
];

export const pay = defineRoute({
  operationId: 'payOrder',
  method: 'post',
  path: '/v1/orders/{id}/payments',
  scope: 'client',
  summary: 'Open a payment attempt, or get the one that is open',
  params: orderPath,
  body: z.strictObject({}),
  answers: {
    201: { description: 'A new attempt.', schema: paymentSchema },
    200: { description: 'The attempt that is open already.', schema: paymentSchema },
    202: { description: 'The gateway has not said yet.', schema: paymentSchema },
  },
  problems: [
    'order_not_found',
    ...PROBLEMS_OF_A_CLICK,
    'order_already_paid',
    'order_closed',
    'order_in_review',
    'attempt_in_progress',
    'too_many_attempts',
  ],
  run: ({ params: { id }, ...sender }, dependencies) =>
    dependencies.turns.take(`pay ${id}`, sender.waitMs, ({ leftMs }) =>
      click(dependencies, id, { ...sender, waitMs: leftMs }),
    ),
});

async function click(dependencies: ApiDependencies, id: string, sender: Sender): Promise<Answer> {
  const open = await readOpen(dependencies, id, sender.commandId);
  if (open !== null) {
    await dependencies.duplicates.count({ orderId: id, eventId: 'pay', type: 'pay' });
    return { status: 200, body: open };
  }
  const answered = await submit(dependencies, sender, { orderId: id, name: 'pay', payload: {} });
  const { order, outcome } = answered;
  const body = paymentOf(order.view, outcome?.answer);
  if (isUnsettled(answered))
    return { status: 202, body, headers: { location: orderPathOf(id) }, isUnsettled: true };
  return { status: outcome?.outcome === 'duplicate' ? 200 : 201, body };
}

/**
 * The attempt that is open, where the order would say nothing else: the state machine is pure, and is asked
 * what it makes of this click in the ledger that is on record.
 *
 * @throws Problem `order_not_found`
 */
async function readOpen(
  { database }: ApiDependencies,
  orderId: string,
  id: string,
): Promise<Payment | null> {
  const ledger = await loadRecord(database, orderId);
  if (ledger === null) throw new Problem('order_not_found');
  const { records } = transition(ledger, { type: 'pay', source: 'client', id, at: Date.now() });
  const { outcome, answer } = records.at(-1) ?? {};
  const isOpen = outcome === 'duplicate' && answer?.attempt !== undefined && !answer.unsettled;
  return isOpen ? paymentOf(viewOf(ledger), answer) : null;
}

/** The attempt that the click got; before the order has said which, the newest one, as far as known. */
function paymentOf(
  { payments, amount, amountPaid, amountDiscounted = 0 }: OrderView,
  answer: CommandAnswer | null | undefined,
): Payment {
  const number = answer?.attempt;
  const attempts = payments.filter(({ attempt }) => attempt !== null);
  const found = number === undefined ? attempts.at(-1) : attempts.find((p) => p.attempt === number);
  const awaited: Payment = {
    id: null,
    attempt: number ?? null,
    status: 'created',
    amount: Math.max(0, amount - amountPaid - amountDiscounted),
    amountRefunded: 0,
    amountAuthorized: 0,
    captureBefore: null,
    amountDiscounted: 0,
    amountFees: 0,
    checkout: null,
    manual: null,
  };
  return found === undefined ? awaited : representPayment(found);
}
