/**
 * Reconciliation without files: which gateways' days are fetched, and what keeps that going. Temporal holds the schedules
 * and workers fetch; an API declares the schedules, asks orders to sync that lack what a day showed, and counts what is
 * missing. Any number of APIs may do so.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BooksSettings } from '../../books/settings.ts';
import type { Gateways } from '../../gateways/index.ts';
import { apiFormat } from '../../settlements/formats/index.ts';
import { countMissingDays, SCHEDULE } from '../../store/settlements/days.ts';
import type { DailyInput } from '../../workflows/reconciliation.ts';
import type { ApiDependencies } from '../api-dependencies.ts';
import { syncOrders } from './sync-orders.ts';

const INTERVAL_MS = 60_000;
/** A schedule that somebody has deleted, or that was lost with Temporal's store, is there again by then. */
const DECLARE_EVERY_MS = 10 * 60_000;
/** Nobody waits for the orders' answers; what comes later is judged with the next day. */
const WAIT_MS = 10_000;

/** How the days of a gateway are fetched; null where its API lists none. */
export function dayAccount(
  { gateways, books }: { gateways: Gateways; books: BooksSettings },
  gateway: string,
): DailyInput | null {
  const { settlements } =
    (Object.hasOwn(gateways, gateway) && gateways[gateway]?.capabilities) || {};
  const format = apiFormat(settlements?.format ?? '');
  if (format === undefined) return null;
  const own = settingsOf(books, gateway);
  const { zone = format.defaultZone, account } = own === 'off' ? DEFAULTS : own;
  return { gateway, zone, account, terms: books.terms, requestedBy: SCHEDULE };
}

const DEFAULTS = { zone: undefined, account: '' };

function settingsOf({ daily }: BooksSettings, gateway: string) {
  if (daily === 'off') return daily;
  return (Object.hasOwn(daily, gateway) && daily[gateway]) || DEFAULTS;
}

/** Every gateway whose days are fetched by themselves, and those whose days could be and are not. */
export function dailyAccounts(parts: { gateways: Gateways; books: BooksSettings }): {
  on: DailyInput[];
  off: string[];
} {
  const accounts = Object.keys(parts.gateways).flatMap((name) => dayAccount(parts, name) ?? []);
  const isOff = ({ gateway }: DailyInput) => settingsOf(parts.books, gateway) === 'off';
  return {
    on: accounts.filter((account) => !isOff(account)),
    off: accounts.filter(isOff).map(({ gateway }) => gateway),
  };
}

/** Keeps it going until the signal is given; resolves after the round under way. */
export async function keepDaily(dependencies: ApiDependencies, signal: AbortSignal): Promise<void> {
  const { log, books, gateways, metrics } = dependencies;
  const { on, off } = dailyAccounts(dependencies);
  for (const name of books.daily === 'off' ? [] : Object.keys(books.daily))
    if (dayAccount(dependencies, name) === null)
      log.warn(
        { gateway: name, code: 'daily_without_gateway' },
        `BOOKS_FILE says how days of ${name} are fetched, and that is no gateway whose API lists them (${Object.keys(gateways).join(', ')})`,
      );
  let declareAt = 0;
  while (!signal.aborted) {
    try {
      if (Date.now() >= declareAt) {
        await declareAll(dependencies, on, off);
        declareAt = Date.now() + DECLARE_EVERY_MS;
      }
      await syncAll(dependencies, on);
      metrics.settlementDaysMissing(await countMissing(dependencies, on));
    } catch (err) {
      log.warn({ err }, 'daily reconciliation not looked after; tried again soon');
    }
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

async function syncAll(dependencies: ApiDependencies, on: readonly DailyInput[]): Promise<void> {
  const caller = { actor: SCHEDULE };
  for (const { gateway } of on)
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
