/** Disputes of all orders with their deadlines: what nobody answers in time is lost. */
import { z } from 'zod';
import { DISPUTE_STATUSES } from '../../domain/facts/facts.ts';
import { listDisputes } from '../../store/orders/disputes.ts';
import { defineRoute } from '../http/route.ts';
import { pageQuery } from '../openapi/page-query.ts';

export const disputeListSchema = z.object({
  disputes: z
    .array(
      z
        .object({
          id: z.string().meta({ description: "The dispute's id at the gateway." }),
          orderId: z.string(),
          paymentId: z.string(),
          gateway: z.string(),
          amount: z.int().meta({ description: 'Minor units of the currency.' }),
          currency: z.string(),
          status: z.enum(DISPUTE_STATUSES).meta({
            description: 'inquiry: a bank only asks; opened: it may take the money back.',
          }),
          respondBy: z.iso.datetime().nullable().meta({
            description:
              'Until when the shop may answer, at the gateway; null where no answer is awaited.',
          }),
          createdAt: z.iso.datetime(),
        })
        .meta({ id: 'Dispute' }),
    )
    .meta({ description: 'The disputes of this page, by their deadlines.' }),
  nextCursor: z.string().nullable(),
});

export const getDisputes = defineRoute({
  operationId: 'listDisputes',
  method: 'get',
  path: '/v1/disputes',
  scope: 'support',
  summary: 'List disputes of all orders, the ones that have to be answered soonest first',
  query: z.strictObject({
    status: z
      .enum(DISPUTE_STATUSES, `must be one of ${DISPUTE_STATUSES.join(', ')}`)
      .optional()
      .meta({ description: 'Only disputes of this status.' }),
    ...pageQuery,
  }),
  answers: { 200: { description: 'One page.', schema: disputeListSchema } },
  problems: ['query_invalid', 'cursor_invalid'],
  async run({ query }, { database }) {
    const { items, nextCursor } = await listDisputes(database, query);
    const body: z.infer<typeof disputeListSchema> = {
      disputes: items.map(({ disputeId, amountMinor, respondBy, createdAt, ...dispute }) => ({
        id: disputeId,
        ...dispute,
        amount: amountMinor,
        respondBy: respondBy?.toISOString() ?? null,
        createdAt: createdAt.toISOString(),
      })),
      nextCursor,
    };
    return { status: 200, body };
  },
});
