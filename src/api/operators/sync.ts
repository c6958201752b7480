/** Syncs an order with its gateway, whatever its state, and says what has changed. */
import { z } from 'zod';
import { orderPath } from '../http/request-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { syncedSchema } from '../orders/order-schemas.ts';
import { orderPathOf, representOrder } from '../orders/represent-order.ts';
import { isUnsettled, requireOrder, submit } from '../orders/submit.ts';

export const sync = defineRoute({
  operationId: 'syncOrder',
  method: 'post',
  path: '/v1/orders/{id}/sync',
  scope: 'ops',
  summary: 'Ask the gateway for the present truth of an order, also when it is paid or closed',
  params: orderPath,
  body: z.strictObject({}),
  answers: {
    200: { description: "The order with the gateway's answer in it.", schema: syncedSchema },
    202: { description: 'The order; the answer is not in yet.', schema: syncedSchema },
  },
  problems: ['order_not_found', 'no_payment_attempt'],
  async run({ params: { id }, ...sender }, dependencies) {
    await requireOrder(dependencies, id);
    const command = { orderId: id, name: 'sync', payload: {} } as const;
    const answered = await submit(dependencies, sender, command);
    const order = representOrder(answered.order);
    if (isUnsettled(answered))
      return {
        status: 202,
        body: { changes: [], order },
        headers: { location: orderPathOf(id) },
        isUnsettled: true,
      };
    return { status: 200, body: { changes: answered.outcome?.answer?.changes ?? [], order } };
  },
});
