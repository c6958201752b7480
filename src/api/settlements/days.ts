/** Days that are fetched from gateways' APIs: to ask for one, and to see what came of each. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { SETTLEMENT_DAY_STATES } from '../../store/schema/books.ts';
import {
  listDays,
  noteNotStarted,
  requestDay,
  type SettlementDay,
} from '../../store/settlements/days.ts';
import type { DayInput } from '../../workflows/reconciliation.ts';
import type { ApiDependencies } from '../api-dependencies.ts';
import { defineRoute } from '../http/route.ts';
import { pageQuery } from '../openapi/page-query.ts';
import { Problem } from '../problems/problem.ts';
import { dayAccount, gatewaysWithDays } from './daily.ts';
import { gatewayName } from './settlement-schemas.ts';

const date = z.iso
  .date('must be a date such as 2026-01-31')
  // PostgreSQL knows no year 0, and no gateway lists days of the last century: such a date is a slip.
  .refine((day) => day >= '2000', 'must be a date such as 2026-01-31')
  .meta({ description: 'A day in the zone of the gateway’s account.', example: '2026-01-31' });

const daySchema = z
  .object({
    gateway: gatewayName,
    date,
    state: z.enum(SETTLEMENT_DAY_STATES).meta({
      description:
        'requested, fetching, imported, or failed: then it is tried again by the next run of the schedule.',
    }),
    fetchedItems: z
      .int()
      .meta({ description: 'Lines that were fetched and are not imported yet.' }),
    tries: z.int().meta({ description: 'How often the present fetch was tried.' }),
    problem: z
      .string()
      .nullable()
      .meta({ description: 'Why the last try failed; null where it has not.' }),
    importId: z
      .string()
      .nullable()
      .meta({ description: 'The import that it was last imported as; null before.' }),
    requestedBy: z.string().meta({ description: 'Names the API key, or is `schedule`.' }),
    requestedAt: z.iso.datetime().meta({ description: 'When it was asked for.' }),
    changedAt: z.iso.datetime().meta({ description: 'When anything of this last changed.' }),
  })
  .meta({ id: 'SettlementDay' });

function represent({ day, importId, ...rest }: SettlementDay): z.infer<typeof daySchema> {
  return {
    ...rest,
    date: day,
    importId: importId === null ? null : String(importId),
    requestedAt: rest.requestedAt.toISOString(),
    changedAt: rest.changedAt.toISOString(),
  };
}

export const getDays = defineRoute({
  operationId: 'listSettlementDays',
  method: 'get',
  path: '/v1/settlements/days',
  scope: 'ops',
  summary: 'List the days that were fetched from gateways’ APIs, newest first',
  query: z.strictObject({
    gateway: gatewayName.optional(),
    date: date.optional(),
    state: z
      .enum(SETTLEMENT_DAY_STATES, `must be one of ${SETTLEMENT_DAY_STATES.join(', ')}`)
      .optional()
      .meta({ description: 'Only days in this state.' }),
    limit: pageQuery.limit,
  }),
  answers: {
    200: {
      description: 'The newest ones.',
      schema: z.object({
        days: z.array(daySchema).meta({ description: 'The newest days.' }),
      }),
    },
  },
  problems: ['query_invalid'],
  async run({ query: { date: day, ...query } }, { database }) {
    const days = await listDays(database, { ...query, day });
    return { status: 200, body: { days: days.map(represent) } };
  },
});

export const fetchDay = defineRoute({
  operationId: 'fetchSettlementDay',
  method: 'post',
  path: '/v1/settlements/days',
  scope: 'ops',
  summary: 'Fetch a day from a gateway’s API and import it, as a report of that day is imported',
  body: z.strictObject({ gateway: gatewayName, date }),
  answers: {
    200: { description: 'The day, imported or failed.', schema: daySchema },
    202: { description: 'It is being fetched.', schema: daySchema },
  },
  problems: ['gateway_unsupported'],
  async run({ body, caller, waitMs }, dependencies) {
    const { database } = dependencies;
    const { gateway, date: day } = body;
    const account = await dayAccount(dependencies, gateway);
    if (account === null) throw withoutDays(dependencies);
    requireOver(day, account.zone);
    const requestedBy = caller.actor;
    await requestDay(database, { gateway, day, requestedBy });
    await start(dependencies, { ...account, day, requestedBy }).catch(async (error) => {
      await noteNotStarted(database, { gateway, day });
      throw error;
    });
    const known = await untilOver(dependencies, { gateway, day, waitMs });
    const isOver = known.state === 'imported' || known.state === 'failed';
    return { status: isOver ? 200 : 202, body: represent(known), isUnsettled: !isOver };
  },
});

const LOOK_EVERY_MS = 250;
/** A run that has imported its day is over a moment later. */
const CLOSING_MS = 5_000;

/** Starts the day's run, unless one is under way that will bring what is asked for. */
async function start(
  { database, reconciliations }: ApiDependencies,
  input: DayInput,
): Promise<void> {
  const { gateway, day } = input;
  const deadlineAt = Date.now() + CLOSING_MS;
  while (!(await reconciliations.startDay(input))) {
    const [known] = await listDays(database, { gateway, day, limit: 1 });
    // Where the day still waits, that run has not begun it yet, or it closes and never will.
    if (known?.state !== 'requested' || Date.now() + LOOK_EVERY_MS > deadlineAt) return;
    await sleep(LOOK_EVERY_MS);
  }
}

function withoutDays({ gateways }: ApiDependencies): Problem {
  const names = gatewaysWithDays(gateways);
  return new Problem('gateway_unsupported', {
    detail:
      names.length === 0
        ? 'No gateway that is configured here has an API that lists days: import its reports.'
        : `Days are listed by the API of ${names.join(', ')} alone: import the reports of others.`,
    errors: [{ pointer: '/gateway', message: 'has no API that lists days' }],
  });
}

/** Of a day that goes on, a part would be imported, and the rest be missing. */
function requireOver(day: string, zone: string): void {
  if (day < today(zone)) return;
  throw new Problem('validation_failed', {
    errors: [{ pointer: '/date', message: `is not over yet in ${zone}: name a day before today` }],
  });
}

/** `YYYY-MM-DD`, put together here: how a locale writes a date changes with the data of Node.js. */
function today(zone: string): string {
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone: zone, calendar: 'gregory', numberingSystem: 'latn' },
    ...{ year: 'numeric', month: '2-digit', day: '2-digit' },
  });
  const parts = format.formatToParts(new Date());
  const part = (type: 'year' | 'month' | 'day') => parts.find((one) => one.type === type)?.value;
  return `${part('year')}-${part('month')}-${part('day')}`;
}

async function untilOver(
  { database }: ApiDependencies,
  { gateway, day, waitMs }: { gateway: string; day: string; waitMs: number },
): Promise<SettlementDay> {
  const deadlineAt = Date.now() + waitMs;
  for (;;) {
    const [known] = await listDays(database, { gateway, day, limit: 1 });
    if (known === undefined) throw new Error(`the day ${day} of ${gateway} is gone`);
    const isOver = known.state === 'imported' || known.state === 'failed';
    if (isOver || Date.now() + LOOK_EVERY_MS > deadlineAt) return known;
    await sleep(LOOK_EVERY_MS);
  }
}
