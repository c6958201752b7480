/** What a run has left behind, read where it lies: in the database, at the gateway, in Temporal's histories. */
import pg from 'pg';
import { failedTasksIn } from '../support/temporal.ts';
import type { Cluster } from './cluster.ts';
import { AMOUNT } from './shopper.ts';

export interface Evidence {
  /** One line for each promise that an order's traces break; none is what is wanted. */
  violations: string[];
  /** How many workflow tasks each process id has done. */
  tasksByPid: ReadonlyMap<number, number>;
}

/** Everything that one paid order leaves behind once, in SQL over all orders. */
const ONCE = {
  entitlements: 'select order_id, count(*)::int as n from entitlements group by 1',
  invoices: 'select order_id, count(*)::int as n from invoices group by 1',
  'CRM updates': 'select order_id, count(distinct key)::int as n from crm_updates group by 1',
  'entries in the books':
    "select order_id, count(*)::int as n from postings where side = 'debit' group by 1",
};

const UNBALANCED = `select order_id from postings group by order_id having
  sum(amount_minor) filter (where side = 'debit') <> ${AMOUNT}
  or sum(amount_minor) filter (where side = 'credit') <> ${AMOUNT}`;

export async function readEvidence(
  cluster: Cluster,
  orderIds: readonly string[],
): Promise<Evidence> {
  const violations = await readTables(cluster, orderIds);
  const tasksByPid = new Map<number, number>();
  for (const id of orderIds) {
    violations.push(...(await readGateway(cluster, id)));
    const { events } = await cluster.temporal.workflow.getHandle(id).fetchHistory();
    const failed = failedTasksIn(events ?? []);
    if (failed > 0) violations.push(`${id}: ${failed} workflow tasks failed`);
    for (const { workflowTaskCompletedEventAttributes: task } of events ?? []) {
      if (!task) continue;
      // The SDK names a worker PROCESS_ID@HOST.
      const pid = Number.parseInt(task.identity ?? '', 10);
      tasksByPid.set(pid, (tasksByPid.get(pid) ?? 0) + 1);
    }
  }
  return { violations, tasksByPid };
}

async function readTables(
  { databaseUrl }: Cluster,
  orderIds: readonly string[],
): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const violations: string[] = [];
    for (const [what, sql] of Object.entries(ONCE)) {
      const { rows } = await client.query<{ order_id: string; n: number }>(sql);
      const counts = new Map(rows.map(({ order_id, n }) => [order_id, n]));
      const wrong = orderIds.filter((id) => counts.get(id) !== 1);
      violations.push(...wrong.map((id) => `${id}: ${counts.get(id) ?? 0} ${what} instead of 1`));
      if (counts.size !== orderIds.length)
        violations.push(`${what} of ${counts.size} orders, and there are ${orderIds.length}`);
    }
    const { rows } = await client.query<{ order_id: string }>(UNBALANCED);
    return [...violations, ...rows.map(({ order_id }) => `${order_id}: its books do not balance`)];
  } finally {
    await client.end();
  }
}

async function readGateway({ sandboxUrl }: Cluster, id: string): Promise<string[]> {
  const response = await fetch(`${sandboxUrl}/payments?orderId=${id}`);
  const { payments } = (await response.json()) as { payments: { captures: unknown[] }[] };
  const captures = payments.flatMap((payment) => payment.captures);
  if (payments.length === 1 && captures.length === 1) return [];
  return [`${id}: ${payments.length} payments with ${captures.length} captures at the gateway`];
}
