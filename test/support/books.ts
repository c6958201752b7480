/** Rows of the database about one order, as the tables have them. */
import pg from 'pg';
import { sharedStack } from './stack.ts';

export type Table = 'entitlements' | 'invoices' | 'credit_notes' | 'postings' | 'crm_updates';

export async function rowsOf(table: Table, orderId: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: (await sharedStack()).databaseUrl });
  await client.connect();
  try {
    return (await client.query(`select * from ${table} where order_id = $1`, [orderId])).rows;
  } finally {
    await client.end();
  }
}
