/** Lets a failed effect run again, once its cause has been removed. */
import { z } from 'zod';
import { isUnsettled, requireOrder, submit } from './commands.ts';
import { orderSchema } from './order-schemas.ts';
import { orderAnswer } from './represent-order.ts';
import { orderId, visibleId } from './request-schemas.ts';
import { defineRoute } from './route.ts';

export const retryEffect = defineRoute({
  method: 'post',
  path: '/v1/orders/{id}/effects/{key}/retry',
  scope: 'ops',
  summary: 'Run a failed effect again',
  params: z.strictObject({ id: orderId, key: visibleId }),
  answers: { 202: { description: 'The order; the effect runs again.', schema: orderSchema } },
  problems: ['order_not_found', 'effect_not_failed'],
  async run({ params: { id, key }, ...sender }, dependencies) {
    await requireOrder(dependencies, id);
    const command = { orderId: id, name: 'retry', payload: { key } } as const;
    const answered = await submit(dependencies, sender, command);
    return { ...orderAnswer(202, answered.order), isUnsettled: isUnsettled(answered) };
  },
});
