/**
 * Reconciliation without files: which gateways' days are fetched, and what keeps that going. Temporal holds the schedules
 * and workers fetch; an API declares the schedules, asks orders to sync that lack what a day showed, and counts what is
 * missing. Any number of APIs may do so. Lines can never be changed, nor their account and day, so nothing is fetched by
 * itself before somebody has named the gateway in BOOKS_FILE.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BooksSettings } from '../../books/settings.ts';
import type { Gateways } from '../../gateways/index.ts';
import type { JsonFormat } from '../../settlements/formats/format.ts';
import { apiFormat } from '../../settlements/formats/index.ts';
import {
  accountOfImports,
  countMissingDays,
  listDays,
  SCHEDULE,
} from '../../store/settlements/days.ts';
import type { DailyInput } from '../../workflows/reconciliation.ts';
import type { ApiDependencies } from '../api-dependencies.ts';
import { syncOrders } from './sync-orders.ts';

const INTERVAL_MS = 60_000;
/** A schedule that somebody has deleted, or that was lost with Temporal's store, is there again by then. */
const DECLARE_EVERY_MS = 10 * 60_000;
/** Nobody waits for the orders' answers; what comes later is judged with the next day. */
const WAIT_MS = 10_000;

interface Parts {
  gateways: Gateways;
  books: BooksSettings;
}

/** Those whose API lists days, whether or not they are fetched by themselves. */
export function gatewaysWithDays(gateways: Gateways): string[] {
  return Object.keys(gateways).filter((name) => formatOf(gateways, name) !== undefined);
}

function formatOf(gateways: Gateways, name: string): JsonFormat | undefined {
  const gateway = Object.hasOwn(gateways, name) ? gateways[name] : undefined;
  return apiFormat(gateway?.capabilities.settlements?.format ?? '');
}

/**
 * How a day of a gateway is fetched that somebody asks for; null where its API lists none. What `daily` does not say is as
 * in the newest file of the gateway, as a line of another account would be refused.
 */
export async function dayAccount(
  { gateways, books, database }: Pick<ApiDependencies, 'gateways' | 'books' | 'database'>,
  gateway: string,
): Promise<DailyInput | null> {
  const format = formatOf(gateways, gateway);
  if (format === undefined) return null;
  const known =
    settingsOf(books, gateway) ??
    (await accountOfImports(database, { gateway, format: format.id })) ??
    DEFAULTS;
  return inputOf({ gateway, format, books }, known);
}

const DEFAULTS = { account: '' };

function settingsOf({ daily }: BooksSettings, gateway: string) {
  const own = daily !== 'off' && Object.hasOwn(daily, gateway) ? daily[gateway] : undefined;
  return own === 'off' ? undefined : own;
}

function inputOf(
  { gateway, format, books }: { gateway: string; format: JsonFormat; books: BooksSettings },
  { zone = format.defaultZone, account }: { zone?: string | undefined; account: string },
): DailyInput {
  return { gateway, zone, account, terms: books.terms, requestedBy: SCHEDULE };
}

/** Every gateway whose days are fetched by themselves, and those whose days could be and are not. */
export function dailyAccounts({ gateways, books }: Parts): { on: DailyInput[]; off: string[] } {
  const names = gatewaysWithDays(gateways);
  return {
    on: names.flatMap((gateway) => {
      const format = formatOf(gateways, gateway);
      const own = settingsOf(books, gateway);
      return format && own ? [inputOf({ gateway, format, books }, own)] : [];
    }),
    off: names.filter((gateway) => settingsOf(books, gateway) === undefined),
  };
}

/** Keeps it going until the signal is given; resolves after the round under way. */
export async function keepDaily(dependencies: ApiDependencies, signal: AbortSignal): Promise<void> {
  const { log, books, gateways, metrics } = dependencies;
  const { on, off } = dailyAccounts(dependencies);
  const able = gatewaysWithDays(gateways);
  for (const name of books.daily === 'off' ? [] : Object.keys(books.daily))
    if (!able.includes(name))
      log.warn(
        { gateway: name, code: 'daily_without_gateway' },
        `BOOKS_FILE says how days of ${name} are fetched, and that is no gateway whose API lists them (${Object.keys(gateways).join(', ')})`,
      );
  /** What fails keeps nothing else from being done. */
  const tried = async (work: () => Promise<void>, what: object): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (err) {
      log.warn({ err, ...what }, 'daily reconciliation not looked after; tried again soon');
      return false;
    }
  };
  let declareAt = 0;
  while (!signal.aborted) {
    // First, as it needs neither Temporal nor the orders, and tells of everything else that fails.
    await tried(async () => metrics.settlementDaysMissing(await countMissing(dependencies, on)), {
      step: 'count',
    });
    if (Date.now() >= declareAt) {
      const isDeclared = await tried(() => declareAll(dependencies, on, off), { step: 'declare' });
      if (isDeclared) declareAt = Date.now() + DECLARE_EVERY_MS;
    }
    for (const gateway of able)
      await tried(() => syncFetched(dependencies, gateway), { step: 'sync', gateway });
    await sleep(INTERVAL_MS, undefined, { signal }).catch(() => {});
  }
}

async function declareAll(
  { reconciliations, log }: ApiDependencies,
  on: readonly DailyInput[],
  off: readonly string[],
): Promise<void> {
  for (const account of on) {
    const what = await reconciliations.declare(account);
    if (what !== 'unchanged')
      log.info({ gateway: account.gateway }, `the schedule of daily reconciliation was ${what}`);
  }
  for (const gateway of off) await reconciliations.remove(gateway);
}

/** Days that were asked for by hand are the same to the orders as those of a schedule. */
async function syncFetched(dependencies: ApiDependencies, gateway: string): Promise<void> {
  const fetched = await listDays(dependencies.database, { gateway, limit: 1 });
  if (fetched.length === 0) return;
  const caller = { actor: SCHEDULE };
  await syncOrders(dependencies, gateway, { waitMs: WAIT_MS, caller });
}

async function countMissing(
  { database }: ApiDependencies,
  on: readonly DailyInput[],
): Promise<number> {
  let missing = 0;
  for (const account of on) missing += await countMissingDays(database, account);
  return missing;
}
