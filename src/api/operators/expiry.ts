/** Gives an order more time to be paid, also one that has expired. */
import { z } from 'zod';
import { decidedOn, orderPath, seenVersion, text } from '../http/request-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { MAX_EXPIRY_S } from '../orders/new-order-schema.ts';
import { orderSchema } from '../orders/order-schemas.ts';
import { answerWithOrder, requireOrder, submit } from '../orders/submit.ts';

export const extendExpiry = defineRoute({
  operationId: 'extendExpiry',
  method: 'post',
  path: '/v1/orders/{id}/expiry',
  scope: 'ops',
  summary: 'Give an order more time to be paid; one that has expired is open again',
  params: orderPath,
  body: z.strictObject({
    expiresAt: z.iso
      .datetime('must be a time in UTC, such as 2026-01-31T12:00:00Z')
      .refine(
        (time) => Date.parse(time) <= Date.now() + MAX_EXPIRY_S * 1000,
        `must be at most ${MAX_EXPIRY_S} seconds from now`,
      )
      .meta({ description: 'Until when it can be paid.' }),
    note: text(500).optional().meta({ description: 'Why; kept with the order.' }),
    ...seenVersion,
  }),
  answers: {
    200: { description: 'The order, with the new time.', schema: orderSchema },
    202: { description: 'The order; it is not taken up yet.', schema: orderSchema },
  },
  problems: [
    'order_not_found',
    'order_already_paid',
    'order_closed',
    'expiry_not_later',
    'order_changed',
  ],
  async run({ params: { id }, body: { expiresAt, note, ...seen }, ...sender }, dependencies) {
    await requireOrder(dependencies, id);
    const why = note === undefined ? {} : { note };
    const payload = { expiresAt: Date.parse(expiresAt), ...why, ...decidedOn(seen) };
    const command = { orderId: id, name: 'extend', payload } as const;
    return answerWithOrder(await submit(dependencies, sender, command));
  },
});
