/** Sends a message that was delivered to the CRM or the access system once more, as it was. */
import { z } from 'zod';
import { text } from '../http/request-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { orderSchema } from '../orders/order-schemas.ts';
import { orderAnswer } from '../orders/represent-order.ts';
import { isUnsettled, requireOrder, submit } from '../orders/submit.ts';
import { effectPath } from './retry-effect.ts';

export const resendEffect = defineRoute({
  operationId: 'resendEffect',
  method: 'post',
  path: '/v1/orders/{id}/effects/{key}/resend',
  scope: 'ops',
  summary: 'Send a delivered message to the CRM or the access system again',
  params: effectPath,
  body: z.strictObject({
    note: text(500).optional().meta({ description: 'Why; kept with the order.' }),
  }),
  answers: { 202: { description: 'The order; the message is sent again.', schema: orderSchema } },
  problems: ['order_not_found', 'effect_not_resendable'],
  async run({ params: { id, key }, body: { note }, ...sender }, dependencies) {
    await requireOrder(dependencies, id);
    const payload = { key, ...(note === undefined ? {} : { note }) };
    const answered = await submit(dependencies, sender, { orderId: id, name: 'resend', payload });
    return { ...orderAnswer(202, answered.order), isUnsettled: isUnsettled(answered) };
  },
});
