/** A person's decision on money that came where none was expected. */
import { z } from 'zod';
import { orderId, positiveInteger, text, visibleId } from '../http/request-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { orderSchema } from '../orders/order-schemas.ts';
import { orderAnswer } from '../orders/represent-order.ts';
import { isUnsettled, requireOrder, submit } from '../orders/submit.ts';

export const decideReview = defineRoute({
  operationId: 'decideReview',
  method: 'post',
  path: '/v1/orders/{id}/reviews/{reviewId}',
  scope: 'support',
  summary: 'Decide a review',
  params: z.strictObject({
    id: orderId,
    reviewId: visibleId.meta({ description: 'The review, as the order names it.' }),
  }),
  body: z.strictObject({
    decision: z
      .enum(['approve', 'reject'], 'must be approve or reject')
      .meta({ description: 'What is decided; docs/operations.md says what either does.' }),
    version: positiveInteger.meta({ description: "The review's own version, as last read." }),
    note: text(500),
  }),
  answers: {
    200: { description: 'The order; decided so, now or before.', schema: orderSchema },
    202: { description: 'The order; the decision is not taken up yet.', schema: orderSchema },
  },
  problems: [
    'order_not_found',
    'review_not_found',
    'review_already_decided',
    'review_stale',
    'order_disputed',
    'capture_in_progress',
    'capture_part_unsupported',
  ],
  async run({ params: { id, reviewId }, body, ...sender }, dependencies) {
    await requireOrder(dependencies, id);
    const payload = { reviewId, ...body };
    const answered = await submit(dependencies, sender, { orderId: id, name: 'review', payload });
    if (isUnsettled(answered)) return { ...orderAnswer(202, answered.order), isUnsettled: true };
    return orderAnswer(200, answered.order);
  },
});
