/** What the plots of the console's first page show. */
import { z } from 'zod';
import { readLastHours } from '../../store/last-day.ts';
import { defineRoute } from '../http/route.ts';

const HOURS = 24;

const count = z.int().meta({ description: 'How many there are.' });
const minor = z.int().meta({ description: 'Minor units, as posted in this hour.' });

const times = z.array(
  z.object({
    withinMs: z.int().nullable().meta({
      description: 'Milliseconds; null for those that took longer than all others here.',
    }),
    count,
  }),
);

const lastDaySchema = z
  .object({
    hours: z
      .array(
        z.object({
          from: z.iso.datetime().meta({ description: 'When the hour began.' }),
          ordersCreated: z.int().meta({ description: 'Orders that were created in it.' }),
          repeatedEvents: z.int().meta({
            description:
              'Events that changed nothing as they had come before, and last came in this hour.',
          }),
          money: z
            .array(
              z.object({
                currency: z.string().meta({ description: 'ISO 4217.' }),
                captured: minor,
                refunded: minor,
              }),
            )
            .meta({ description: 'By currency; one that nothing was posted in is left out.' }),
        }),
      )
      .meta({ description: `The last ${HOURS} hours, oldest first; the last one is not over.` }),
    waitingEffects: z
      .array(z.object({ name: z.string().meta({ description: 'The kind of effect.' }), count }))
      .meta({ description: 'Effects that have failed and are tried again by themselves.' }),
    webhooks: z
      .object({
        since: z.iso.datetime().meta({ description: 'When the API that answers was started.' }),
        answered: times.meta({
          description: 'How many were answered within so long, and not sooner.',
        }),
        taken: times.meta({
          description:
            'How many were first taken so long after their events at the gateway, by its own clock, and not sooner.',
        }),
      })
      .meta({ description: 'How long webhooks took, as the API that answers has measured it.' }),
  })
  .meta({ id: 'LastDay' });

export const getLastDay = defineRoute({
  operationId: 'getLastDay',
  method: 'get',
  path: '/v1/overview/day',
  scope: 'support',
  summary: 'Say what happened in the last 24 hours, by the hour',
  answers: { 200: { description: 'What happened.', schema: lastDaySchema } },
  problems: [],
  async run(_request, { database, metrics }) {
    const [{ hours, waitingEffects }, answered, taken] = await Promise.all([
      readLastHours(database, { now: Date.now(), hours: HOURS }),
      metrics.webhookTimes(),
      metrics.webhookLags(),
    ]);
    return {
      status: 200,
      body: {
        hours: hours.map((hour) => ({ ...hour, from: hour.from.toISOString() })),
        waitingEffects,
        webhooks: {
          since: new Date(Date.now() - process.uptime() * 1_000).toISOString(),
          answered,
          taken,
        },
      },
    };
  },
});
