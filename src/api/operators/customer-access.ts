/** Grants or revokes the access of an order's customer by a person's decision. */
import { z } from 'zod';
import { decidedOn, orderPath, seenVersion, text } from '../http/request-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { orderSchema } from '../orders/order-schemas.ts';
import { answerWithOrder, requireOrder, submit } from '../orders/submit.ts';

export const decideAccess = defineRoute({
  operationId: 'decideAccess',
  method: 'post',
  path: '/v1/orders/{id}/access',
  scope: 'ops',
  summary: "Grant or revoke the customer's access by hand, whatever the order would do by itself",
  params: orderPath,
  body: z.strictObject({
    action: z.enum(['grant', 'revoke']).meta({
      description:
        '`grant` lasts until the order is refunded or cancelled, `revoke` until somebody grants.',
    }),
    note: text(500).meta({ description: 'Why; kept with the order.' }),
    ...seenVersion,
  }),
  answers: {
    200: { description: 'The order, with its access as decided.', schema: orderSchema },
    202: { description: 'The order; it is not taken up yet.', schema: orderSchema },
  },
  problems: ['order_not_found', 'access_not_granted', 'order_changed'],
  async run({ params: { id }, body: { action, note, ...seen }, ...sender }, dependencies) {
    await requireOrder(dependencies, id);
    const payload = { action, note, ...decidedOn(seen) };
    const command = { orderId: id, name: 'access', payload } as const;
    return answerWithOrder(await submit(dependencies, sender, command));
  },
});
