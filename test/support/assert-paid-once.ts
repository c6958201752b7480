/**
 * The proof that something happened once: counted in the gateway's own store, in the customer's
 * entitlements, in the invoices, at the CRM, in the books, and in Temporal's history.
 */
import assert from 'node:assert/strict';
import pg from 'pg';
import type { GatewayDriver } from './gateway-driver.ts';
import { sandboxOf, sharedStack } from './stack.ts';
import { failedTasksIn, temporalClient } from './temporal.ts';

export interface Proof {
  gatewayPayments: number;
  gatewayCaptures: number;
  entitlements: number;
  invoices: number;
  crmUpdates: number;
  isLedgerBalanced: boolean;
  failedTasks: number;
  run: string;
}

/** What an order that was paid once looks like from every side. */
export const PAID_ONCE: Proof = {
  gatewayPayments: 1,
  gatewayCaptures: 1,
  entitlements: 1,
  invoices: 1,
  crmUpdates: 1,
  isLedgerBalanced: true,
  failedTasks: 0,
  run: 'RUNNING',
};

/** Counted at the sandbox where no other gateway is given. */
export async function proofOf(orderId: string, at?: GatewayDriver): Promise<Proof> {
  const stack = await sharedStack();
  const payments = await (at ?? sandboxOf(stack)).paymentsOf(orderId);
  const books = await readBooks(stack.databaseUrl, orderId);
  const keys = stack.crm.requests.filter((request) => request.orderId === orderId);
  return {
    gatewayPayments: payments.length,
    gatewayCaptures: payments.flatMap(({ capturesMinor }) => capturesMinor).length,
    ...books,
    crmUpdates: new Set(keys.map((request) => request.key)).size,
    ...(await readHistory(orderId)),
  };
}

export async function assertPaidOnce(orderId: string, at?: GatewayDriver): Promise<void> {
  assert.deepEqual(await proofOf(orderId, at), PAID_ONCE);
}

async function readBooks(
  databaseUrl: string,
  orderId: string,
): Promise<Pick<Proof, 'entitlements' | 'invoices' | 'isLedgerBalanced'>> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const count = async (table: string): Promise<number> => {
      const sql = `select count(*)::int as n from ${table} where order_id = $1`;
      return (await client.query<{ n: number }>(sql, [orderId])).rows[0]?.n ?? -1;
    };
    const balance = await client.query<{ difference: string; entries: number }>(
      `select coalesce(sum(case when side = 'debit' then amount_minor else -amount_minor end), 0) as difference,
              count(*)::int as entries
         from postings where order_id = $1`,
      [orderId],
    );
    const [row] = balance.rows;
    return {
      entitlements: await count('entitlements'),
      invoices: await count('invoices'),
      isLedgerBalanced: Number(row?.difference) === 0 && (row?.entries ?? 0) > 0,
    };
  } finally {
    await client.end();
  }
}

async function readHistory(orderId: string): Promise<Pick<Proof, 'failedTasks' | 'run'>> {
  const handle = (await temporalClient()).workflow.getHandle(orderId);
  const { events } = await handle.fetchHistory();
  const { status } = await handle.describe();
  return { failedTasks: failedTasksIn(events ?? []), run: status.name };
}
