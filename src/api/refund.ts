/** Gives money back. The key of the request is part of the refund's own identity, for ever. */
import { z } from 'zod';
import type { OrderView } from '../domain/view.ts';
import { derivedId } from './canonical-json.ts';
import { isUnsettled, requireOrder, submit } from './commands.ts';
import { refundSchema } from './order-schemas.ts';
import { orderPathOf } from './represent-order.ts';
import { orderPath, refundAmount, text } from './request-schemas.ts';
import { defineRoute } from './route.ts';

export const refund = defineRoute({
  method: 'post',
  path: '/v1/orders/{id}/refunds',
  scope: 'ops',
  summary: 'Refund all that is left, or a part of it',
  params: orderPath,
  body: z.strictObject({ amount: refundAmount.optional(), reason: text(500).optional() }),
  isIdempotencyKeyRequired: true,
  answers: {
    201: { description: 'The refund.', schema: refundSchema },
    202: { description: 'The refund; the gateway has not said yet.', schema: refundSchema },
  },
  problems: [
    'order_not_found',
    'idempotency_key_missing',
    'order_not_paid',
    'order_disputed',
    'refund_exceeds_captured',
    'amount_out_of_range',
  ],
  async run({ params: { id }, body, ...sender }, dependencies) {
    await requireOrder(dependencies, id);
    // Not of the caller: a retry after an API key was replaced is still the same refund.
    const requestKey = derivedId('refund', sender.idempotencyKey ?? '');
    const payload = {
      requestKey,
      ...(body.amount === undefined ? {} : { amountMinor: body.amount }),
      ...(body.reason === undefined ? {} : { reason: body.reason }),
    };
    const answered = await submit(dependencies, sender, { orderId: id, name: 'refund', payload });
    const made = refundOf(answered.order.view, requestKey, body);
    if (isUnsettled(answered))
      return { status: 202, body: made, headers: { location: orderPathOf(id) }, isUnsettled: true };
    return { status: 201, body: made };
  },
});

/** The refund as the record has it; as it was asked for, before the order has taken it up. */
function refundOf(
  view: OrderView,
  requestKey: string,
  { amount, reason }: { amount?: number | undefined; reason?: string | undefined },
): object {
  const made = view.refunds.find(({ id }) => id === requestKey);
  if (made !== undefined) return made;
  return {
    id: requestKey,
    refundId: null,
    paymentId: '',
    status: 'requested',
    amount: amount ?? view.amountPaid - view.amountRefunded,
    currency: view.currency,
    origin: 'api',
    reason: reason ?? null,
  };
}
