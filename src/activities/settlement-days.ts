/**
 * Fetches what a gateway's API lists of a day, and imports it as a report of that day is imported. Pages are kept as
 * they come, so that a try goes on where the one before ended, in whatever worker.
 */
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { ConfiguredGateway, Gateways } from '../gateways/index.ts';
import type { JsonFormat } from '../settlements/formats/format.ts';
import { apiFormat } from '../settlements/formats/index.ts';
import { ReportError } from '../settlements/line.ts';
import { readDay } from '../settlements/read-day.ts';
import type { Database } from '../store/database.ts';
import {
  beginFetch,
  type DayFetch,
  dayItems,
  dueDays,
  holdFetch,
  type ImportedLines,
  keepPage,
  noteImported,
  noteProblem,
  outcomeOf,
  requestDueDays,
} from '../store/settlements/days.ts';
import { importReport } from '../store/settlements/import-report.ts';
import type { BookTerms } from '../store/settlements/terms.ts';
import { asActivityFailure, failureOf } from './failures.ts';

/** How the days of a gateway are fetched and judged, as the API's settings have it. */
export interface DaySettings {
  gateway: string;
  /** The zone of the gateway's account. */
  zone: string;
  /** As imports of files name the account; empty where they do not. */
  account: string;
  terms: BookTerms;
}

export interface DayRequest extends DaySettings, DayFetch {
  /** Names the API key, or the schedule. */
  requestedBy: string;
}

/** Shown in lists. */
const MAX_PROBLEM_LENGTH = 300;
/** Well within the time after which a worker that says nothing is given up. */
const IMPORT_HEARTBEAT_MS = 10_000;

export function createSettlementDays({
  database,
  gateways,
}: {
  database: Database;
  gateways: Gateways;
}) {
  return {
    /** @param at when the schedule was due, in epoch milliseconds */
    dueSettlementDays: ({ at, ...account }: { gateway: string; zone: string; at: number }) =>
      asActivityFailure(async () => {
        const days = await dueDays(database, { ...account, at });
        await requestDueDays(database, { gateway: account.gateway, days });
        return days;
      }),

    fetchSettlementDay: (request: DayRequest) =>
      noted(database, request, async () => {
        const { day } = request;
        // First, so that whatever is wrong from here on is told in the day's row.
        const begun = await beginFetch(database, request);
        if (begun === null) throw replaced();
        const { gateway } = sourceOf(gateways, request);
        let { cursor, isWhole } = begun;
        while (!isWhole) {
          Context.current().heartbeat();
          const { fromMs, toMs } = begun;
          const page = await gateway.fetchSettlement({ day, fromMs, toMs, cursor });
          if (!(await keepPage(database, request, page))) throw replaced();
          cursor = page.nextCursor;
          isWhole = cursor === null;
        }
      }),

    importSettlementDay: (request: DayRequest): Promise<ImportedLines> =>
      noted(database, request, async () => {
        // A try before this one may have imported it without Temporal hearing of that.
        const outcome = await outcomeOf(database, request);
        if (outcome === 'replaced') throw replaced();
        if (outcome !== 'open') return outcome;
        const { format } = sourceOf(gateways, request);
        const { gateway, day, zone, account, terms, requestedBy } = request;
        const { isNew, report } = await withHeartbeats(() =>
          importReport(database, {
            account,
            // The account is that of our own key, whatever else it takes money for.
            acceptUnknown: true,
            importedBy: requestedBy,
            terms,
            begin: async (client) => {
              if (!(await holdFetch(client, request))) throw overtaken();
            },
            end: async (client, { id }) => {
              if (!(await noteImported({ pool: client }, request, id))) throw overtaken();
            },
            read: (sink) =>
              readDay(dayItems(database, request), { gateway, format, zone, day }, sink),
          }),
        );
        return { lines: report.lines, newLines: isNew ? report.newLines : 0 };
      }),

    /** Notes that a day is not tried again before the next run of the schedule. */
    failSettlementDay: ({ problem, ...request }: DayFetch & { problem: string }) =>
      asActivityFailure(() => noteProblem(database, request, { problem, isOver: true })),
  };
}

export type SettlementDayActivities = ReturnType<typeof createSettlementDays>;

type Source = {
  gateway: { fetchSettlement: NonNullable<ConfiguredGateway['fetchSettlement']> };
  format: JsonFormat;
};

function sourceOf(gateways: Gateways, { gateway: name }: DaySettings): Source {
  const gateway = Object.hasOwn(gateways, name) ? gateways[name] : undefined;
  const format = apiFormat(gateway?.capabilities.settlements?.format ?? '');
  const fetchSettlement = gateway?.fetchSettlement;
  if (fetchSettlement === undefined || format === undefined)
    throw ApplicationFailure.retryable(
      `this worker has no gateway ${name} whose API lists a day: give workers the settings of gateways that the API has`,
      'GatewayMissing',
    );
  return { gateway: { fetchSettlement }, format };
}

function replaced(): ApplicationFailure {
  return ApplicationFailure.nonRetryable('another fetch of the day has begun', 'FetchReplaced');
}

/** Another try has imported it, or another fetch has begun, since it was asked for: the next try sees which. */
function overtaken(): ApplicationFailure {
  return ApplicationFailure.retryable('the day has changed under this try', 'FetchOvertaken');
}

/** A try that fails is shown at once, and not first when all tries are over. */
async function noted<T>(database: Database, fetch: DayFetch, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const failure =
      error instanceof ReportError
        ? ApplicationFailure.nonRetryable(error.message, error.name)
        : failureOf(error);
    const problem = failure.message.slice(0, MAX_PROBLEM_LENGTH);
    await noteProblem(database, fetch, { problem, isOver: false }).catch(() => undefined);
    throw failure;
  }
}

async function withHeartbeats<T>(work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  const beating = setInterval(() => context.heartbeat(), IMPORT_HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(beating);
  }
}
