/** Does without the rest of an order that was paid short. */
import { z } from 'zod';
import { decidedOn, orderPath, partAmount, seenVersion, text } from '../http/request-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { orderSchema } from '../orders/order-schemas.ts';
import { answerWithOrder, requireOrder, submit } from '../orders/submit.ts';

export const writeOffRest = defineRoute({
  operationId: 'writeOffRest',
  method: 'post',
  path: '/v1/orders/{id}/write-off',
  scope: 'ops',
  summary: 'Do without the rest of an order that was paid short: it is then paid',
  params: orderPath,
  body: z.strictObject({
    amount: partAmount.meta({
      description: 'What the order still lacks, in minor units: just this is written off.',
    }),
    note: text(500).optional().meta({ description: 'Why; kept with the order.' }),
    ...seenVersion,
  }),
  answers: {
    200: { description: 'The order, paid.', schema: orderSchema },
    202: { description: 'The order; it is not taken up yet.', schema: orderSchema },
  },
  problems: [
    'order_not_found',
    'order_already_paid',
    'order_closed',
    'order_disputed',
    'capture_in_progress',
    'nothing_to_write_off',
    'write_off_differs',
    'write_off_over_limit',
    'amount_out_of_range',
    'order_changed',
  ],
  async run({ params: { id }, body: { amount, note, ...seen }, ...sender }, dependencies) {
    const { view } = await requireOrder(dependencies, id);
    const limitMinor = dependencies.policy.writeOffLimits[view.currency] ?? 0;
    const why = note === undefined ? {} : { note };
    const payload = { amountMinor: amount, limitMinor, ...why, ...decidedOn(seen) };
    const command = { orderId: id, name: 'write_off', payload } as const;
    return answerWithOrder(await submit(dependencies, sender, command));
  },
});
