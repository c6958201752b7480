/** Counts what an order has caused, on every side apart: nobody is asked about himself by somebody else. */
import pg from 'pg';
import type { RunningStack } from '../dev/processes/process-file.ts';
import { talkTo } from './talk.ts';

export interface EffectCounts {
  payments: number;
  entitlements: number;
  invoices: number;
  crmUpdates: number;
}

export async function countEffects(stack: RunningStack, orderId: string): Promise<EffectCounts> {
  const { gateway } = talkTo(stack);
  const { body } = await gateway<{ payments: { captures: unknown[] }[] }>(
    'GET',
    `/payments?orderId=${orderId}`,
  );
  const client = new pg.Client({ connectionString: stack.databaseUrl });
  await client.connect();
  try {
    const rows = async (table: string): Promise<number> => {
      const sql = `select count(*)::int as n from ${table} where order_id = $1`;
      return (await client.query<{ n: number }>(sql, [orderId])).rows[0]?.n ?? 0;
    };
    return {
      payments: body.payments.flatMap((payment) => payment.captures).length,
      entitlements: await rows('entitlements'),
      invoices: await rows('invoices'),
      crmUpdates: await rows('crm_updates'),
    };
  } finally {
    await client.end();
  }
}
