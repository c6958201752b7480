/**
 * Everything that a run left, read once: the logs, the gateway's truth and the orders as Payonce shows
 * them. Checks compare these with each other, and with the tables behind them.
 */
import type pg from 'pg';
import type { OrderState } from '../../src/domain/order.ts';
import type { OrderView } from '../../src/domain/view.ts';
import type { CrmLine, Delivery, Evidence, Operation, Violation } from '../evidence.ts';
import { readJsonLines } from '../json-lines.ts';
import { type GatewayTruth, readGatewayTruth } from './gateway-truth.ts';

export interface OrderRow {
  id: string;
  state: OrderState;
  version: number;
  /** Rises with everything that the order takes up. */
  revision: number;
  amountMinor: number;
  currency: string;
  view: OrderView;
  /** At rest: it needs no run. */
  isClosed: boolean;
  /** How often each state was entered. */
  entered: Partial<Record<OrderState, number>>;
  /** Facts and callers that the order has not answered yet. */
  unanswered: number;
  /** Whether the order will look again by itself. */
  isPolling: boolean;
}

export interface Remains {
  evidence: Evidence;
  /** The end of every operation; one whose end was never written is as unknown as any `info`. */
  operations: readonly Operation[];
  deliveries: readonly Delivery[];
  crm: readonly CrmLine[];
  gateway: GatewayTruth;
  orders: ReadonlyMap<string, OrderRow>;
}

/** What must hold after every run, and the check that finds where it did not. */
export interface Invariant {
  name: string;
  check(remains: Remains): readonly Violation[] | Promise<readonly Violation[]>;
}

/** One thing that was found wrong; the list of invariants puts its name to it. */
export function wrong(subject: string, detail: string): Violation {
  return { invariant: '', subject, detail };
}

export async function readRemains(evidence: Evidence): Promise<Remains> {
  const { operationsFile, deliveriesFile, crmFile, sandboxUrl, database } = evidence;
  const [lines, deliveries, crm, gateway, orders] = await Promise.all([
    readJsonLines<Operation>(operationsFile),
    readJsonLines<Delivery>(deliveriesFile),
    readJsonLines<CrmLine>(crmFile),
    readGatewayTruth(sandboxUrl),
    readOrders(database),
  ]);
  return { evidence, operations: endsOf(lines), deliveries, crm, gateway, orders };
}

function endsOf(lines: readonly Operation[]): Operation[] {
  const ends = new Map<string, Operation>();
  for (const line of lines) {
    if (line.phase !== 'invoke') ends.set(line.id, line);
    else if (!ends.has(line.id)) ends.set(line.id, { ...line, phase: 'info' });
  }
  return [...ends.values()];
}

const ORDERS = `
  select id, state, version, revision::int as revision, amount_minor::float8 as "amountMinor",
         currency, view, closed as "isClosed", ledger -> 'entered' as entered,
         json_array_length(ledger -> 'held') + json_array_length(ledger -> 'waiting') as unanswered,
         json_typeof(ledger -> 'poll') = 'object' as "isPolling"
  from orders`;

async function readOrders(database: pg.Pool): Promise<Map<string, OrderRow>> {
  const { rows } = await database.query<OrderRow>(ORDERS);
  return new Map(rows.map((row) => [row.id, row]));
}

/** The reasons of reviews that are open, or that a person has approved. */
export function standingReviews({ view }: OrderRow): string[] {
  return view.reviews
    .filter(({ status }) => status === 'open' || status === 'approved')
    .map(({ reason }) => reason);
}

export function groupBy<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}
