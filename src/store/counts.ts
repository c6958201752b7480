/**
 * What the database knows of the whole shop, in numbers. Reviews and effects are read from the few
 * orders that wait for a person; no query here may read the content of all orders.
 */
import type { OrderState } from '../domain/order.ts';
import type { Database } from './database.ts';

/** Each list has what there is; a name that is not in it counts zero. */
export interface Counts {
  orders: { name: OrderState; count: number }[];
  openReviews: { name: string; count: number; oldestAt: Date }[];
  failedEffects: { name: string; count: number }[];
  parkedEvents: { name: string; count: number }[];
  unstartedOrders: number;
  /** Counted up to a bound: beyond it the number says nothing new. */
  ordersPastDeadline: number;
  /** Disputes that have to be answered within three days, or had to be within the last seven and are open still. */
  disputesDueSoon: number;
  droppedDuplicates: number;
}

/** How many a list has, counted up to a bound: whoever sees thousands wait does not count them. */
export interface ListCount {
  count: number;
  /** There are more than were counted, or may be. */
  hasMore: boolean;
}

export interface ListCounts {
  orders: ListCount;
  /** Orders that wait for a person. */
  reviews: ListCount;
  disputes: ListCount;
  /** Of these, the ones that are not over. */
  openDisputes: ListCount;
  /** Effects that were refused for good or are tried again and again. */
  stuckEffects: ListCount;
  parkedEvents: ListCount;
  /** Between gateways' reports and the books, decided by nobody yet. */
  openDifferences: ListCount;
}

/** What no list is counted beyond; some milliseconds of PostgreSQL however many orders there are. */
export const COUNTED_UP_TO = 1_000;

/**
 * Each stops at the bound, and reads an index alone but for the effects, which are read from as many orders at most: the
 * newest, as what fails now is news, and what failed long ago has been seen.
 */
const LISTS: Readonly<Record<keyof ListCounts, string>> = {
  orders: 'select from orders order by created_at, id',
  reviews: 'select from orders where needs_review order by created_at, id',
  disputes: 'select from order_disputes',
  openDisputes: "select from order_disputes where status in ('inquiry', 'opened')",
  stuckEffects: `
    (select from failing_effects limit $1)
    union all
    (select from (
      select view from orders where needs_review order by created_at desc, id desc limit $1
    ) as waiting, json_array_elements(view->'effects') as effect
    where effect->>'status' = 'failed')`,
  parkedEvents: "select from parked_events where status = 'parked'",
  openDifferences: "select from settlement_differences where state = 'open'",
};

const LIST_COUNTS = `select ${Object.entries(LISTS)
  .map(
    ([name, list]) =>
      `(select count(*)::int from (select from (${list}) as listed limit $1) as counted) as "${name}"`,
  )
  .join(', ')}`;

const ORDERS = 'select state as name, count(*)::int as count from orders group by state';

const OPEN_REVIEWS = `
  select review->>'reason' as name, count(*)::int as count,
    min((review->>'openedAt')::timestamptz) as "oldestAt"
  from orders, json_array_elements(view->'reviews') as review
  where needs_review and review->>'status' = 'open'
  group by 1`;

const FAILED_EFFECTS = `
  select effect->>'effect' as name, count(*)::int as count
  from orders, json_array_elements(view->'effects') as effect
  where needs_review and effect->>'status' = 'failed'
  group by 1`;

const PARKED_EVENTS = `
  select reason as name, count(*)::int as count
  from parked_events where status = 'parked' group by reason`;

const TOTALS = `
  select
    (select count(*)::int from orders where started_at is null) as "unstartedOrders",
    (select count(*)::int from (
      select from orders where not closed and next_deadline_at < now() - interval '1 minute'
      limit 100000
    ) as late) as "ordersPastDeadline",
    (select count(*)::int from order_disputes
      where respond_by between now() - interval '7 days' and now() + interval '3 days')
      as "disputesDueSoon",
    (select coalesce(sum(count), 0)::float8 from duplicate_deliveries) as "droppedDuplicates"`;

/** @throws Error when the database does not answer. */
export async function readCounts({ pool }: Pick<Database, 'pool'>): Promise<Counts> {
  const [orders, openReviews, failedEffects, parkedEvents, totals] = await Promise.all(
    [ORDERS, OPEN_REVIEWS, FAILED_EFFECTS, PARKED_EVENTS, TOTALS].map(async (text) => {
      return (await pool.query(text)).rows;
    }),
  );
  return { orders, openReviews, failedEffects, parkedEvents, ...totals?.[0] } as Counts;
}

/** @throws Error when the database does not answer. */
export async function readListCounts(
  { pool }: Pick<Database, 'pool'>,
  upTo = COUNTED_UP_TO,
): Promise<ListCounts> {
  const query = { name: 'list-counts', text: LIST_COUNTS, values: [upTo + 1] };
  const { rows } = await pool.query<Record<keyof ListCounts, number>>(query);
  const counted = Object.entries(rows[0] ?? {}).map(([name, count]): [string, ListCount] => [
    name,
    boundedCount(count, upTo),
  ]);
  const { stuckEffects, ...others } = Object.fromEntries(counted) as Record<
    keyof ListCounts,
    ListCount
  >;
  // Of orders that were not looked at.
  const hasMore = stuckEffects.hasMore || others.reviews.hasMore;
  return { ...others, stuckEffects: { ...stuckEffects, hasMore } };
}

/** @param counted up to one more than the bound */
export function boundedCount(counted: number, upTo: number): ListCount {
  return { count: Math.min(counted, upTo), hasMore: counted > upTo };
}
