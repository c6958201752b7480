/** Cancels what is not paid in full; what came of a part is refunded. Whether a capture was faster is for the gateway to say. */
import { z } from 'zod';
import { decidedOn, orderPath, seenVersion, text } from '../http/request-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { orderSchema } from './order-schemas.ts';
import { answerWithOrder, requireOrder, submit } from './submit.ts';

export const cancel = defineRoute({
  operationId: 'cancelOrder',
  method: 'post',
  path: '/v1/orders/{id}/cancel',
  scope: 'client',
  summary: 'Cancel an order that is not paid in full; a part that was paid is refunded',
  params: orderPath,
  body: z.strictObject({
    reason: text(500).optional().meta({ description: 'Why; kept with the order.' }),
    ...seenVersion,
  }),
  answers: {
    200: { description: 'The order, cancelled now or before.', schema: orderSchema },
    202: { description: 'The order; the gateway has not said yet.', schema: orderSchema },
  },
  problems: ['order_not_found', 'order_already_paid', 'order_disputed', 'order_changed'],
  async run({ params: { id }, body: { reason, ...seen }, ...sender }, dependencies) {
    await requireOrder(dependencies, id);
    const payload = { ...(reason === undefined ? {} : { reason }), ...decidedOn(seen) };
    const command = { orderId: id, name: 'cancel', payload } as const;
    return answerWithOrder(await submit(dependencies, sender, command));
  },
});
