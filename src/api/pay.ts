/** The pay button: however often it is pressed, one attempt is open at a time. */
import { z } from 'zod';
import type { OrderView } from '../domain/view.ts';
import { type CommandOutcome, isUnsettled, requireOrder, submit } from './commands.ts';
import { type Payment, paymentSchema } from './order-schemas.ts';
import { orderPathOf } from './represent-order.ts';
import { orderPath } from './request-schemas.ts';
import { defineRoute } from './route.ts';

export const pay = defineRoute({
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
    'order_already_paid',
    'order_closed',
    'order_in_review',
    'attempt_in_progress',
    'gateway_declined',
    'too_many_attempts',
  ],
  async run({ params: { id }, ...sender }, dependencies) {
    await requireOrder(dependencies, id);
    const outcome = await submit(dependencies, sender, { orderId: id, name: 'pay', payload: {} });
    const { view } = await requireOrder(dependencies, id);
    const body = paymentOf(view, outcome);
    if (isUnsettled(outcome))
      return { status: 202, body, headers: { location: orderPathOf(id) }, isUnsettled: true };
    return { status: outcome?.outcome === 'duplicate' ? 200 : 201, body };
  },
});

/** The attempt that the click got; before the order has said which, the newest one, as far as known. */
function paymentOf({ payments, amount, amountPaid }: OrderView, outcome: CommandOutcome): Payment {
  const number = outcome?.answer?.attempt;
  const attempts = payments.filter(({ attempt }) => attempt !== null);
  const found = number === undefined ? attempts.at(-1) : attempts.find((p) => p.attempt === number);
  const awaited: Payment = {
    id: null,
    attempt: number ?? null,
    status: 'created',
    amount: Math.max(0, amount - amountPaid),
    amountRefunded: 0,
    checkout: null,
  };
  return found ?? awaited;
}
