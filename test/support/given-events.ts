/** More events than an order gets in a test, written straight into the database. */
import pg from 'pg';
import { exemptFromInvariants } from './every-order.ts';

/** `evt_1` and so on, a millisecond apart, all before now. */
export async function givenEvents(databaseUrl: string, id: string, count: number): Promise<void> {
  exemptFromInvariants(id);
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client
    .query(
      `insert into order_events
         (order_id, seq, at, source, type, event_id, outcome, reason, version)
       select $1, n, now() - ($2 - n) * interval '1 millisecond', 'webhook', 'payment.pending',
         'evt_' || n, 'stale', 'older than what is known', 1
       from generate_series(1, $2::int) as n`,
      [id, count],
    )
    .finally(() => client.end());
}
