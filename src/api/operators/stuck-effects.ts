/** What does not get on by itself, or not yet: with the last error and the next try. */
import { z } from 'zod';
import { listStuckEffects, STUCK_STATUSES } from '../../store/effects/stuck-effects.ts';
import { defineRoute } from '../http/route.ts';
import { pageQuery } from '../openapi/page-query.ts';

export const stuckEffectsSchema = z.object({
  effects: z
    .array(
      z
        .object({
          key: z.string().meta({ description: 'Its idempotency key.' }),
          orderId: z.string(),
          effect: z.string().meta({ description: 'What is to be done, such as update_crm.' }),
          status: z.enum(STUCK_STATUSES).meta({
            description:
              'failed: refused for good, until it is retried. waiting: tried again by itself.',
          }),
          attempts: z.int().meta({ description: 'How often it was tried.' }),
          error: z.string().nullable().meta({ description: 'Of the last try.' }),
          since: z.iso
            .datetime()
            .nullable()
            .meta({ description: 'When the first try of a waiting effect failed.' }),
          nextTryAt: z.iso.datetime().nullable(),
        })
        .meta({ id: 'StuckEffect' }),
    )
    .meta({ description: 'The effects of this page, by their keys.' }),
  nextCursor: z.string().nullable(),
});

export const getStuckEffects = defineRoute({
  operationId: 'listStuckEffects',
  method: 'get',
  path: '/v1/effects',
  scope: 'support',
  summary: 'List effects that were refused or that are tried again and again',
  query: z.strictObject({
    status: z
      .enum(STUCK_STATUSES, `must be one of ${STUCK_STATUSES.join(', ')}`)
      .optional()
      .meta({ description: 'Only effects of this status.' }),
    ...pageQuery,
  }),
  answers: { 200: { description: 'One page.', schema: stuckEffectsSchema } },
  problems: ['query_invalid', 'cursor_invalid'],
  async run({ query }, { database }) {
    const { items, nextCursor } = await listStuckEffects(database, query);
    const body: z.infer<typeof stuckEffectsSchema> = {
      effects: items.map(({ since, nextTryAt, ...effect }) => ({
        ...effect,
        since: since?.toISOString() ?? null,
        nextTryAt: nextTryAt?.toISOString() ?? null,
      })),
      nextCursor,
    };
    return { status: 200, body };
  },
});
