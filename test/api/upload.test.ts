/** Uploads whose sender leaves: the process goes on, and nothing of the file is kept. */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import pWaitFor from 'p-wait-for';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { createAuthenticate } from '../../src/api/access/api-keys.ts';
import type { ApiDependencies } from '../../src/api/api-dependencies.ts';
import { createApp } from '../../src/api/app.ts';
import { createDrain } from '../../src/api/http/drain.ts';
import { createHttpServer } from '../../src/api/http/http-server.ts';
import { readBooksSettings } from '../../src/books/settings.ts';
import { createApiMetrics } from '../../src/metrics/api-metrics.ts';
import { stripeReport } from '../support/settlement-files.ts';
import { freshDatabase, type TestDatabase } from '../support/test-database.ts';

const SECRET = 's'.repeat(32);

describe('an upload', () => {
  let database: TestDatabase;
  let server: ReturnType<typeof createHttpServer>;
  let url: string;

  before(async () => {
    database = await freshDatabase();
    const app = createApp({
      database,
      gateways: {},
      books: readBooksSettings(undefined),
      authenticate: createAuthenticate([{ scope: 'ops', secret: SECRET }]),
      policy: { rateLimits: { clientPerSecond: 0, opsPerSecond: 0, failedAuthPerMinute: 0 } },
      drain: createDrain(),
      metrics: { ...createApiMetrics(new Registry()), page: null },
      log: pino({ level: 'silent' }),
    } as unknown as ApiDependencies);
    server = createHttpServer(app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/settlements`;
  });
  after(async () => {
    server.close();
    server.closeAllConnections();
    await database.close();
  });

  const file = stripeReport(
    Array.from({ length: 500 }, (_, index) => ({
      balance_transaction_id: `txn_${index}`,
      gross: '1.00',
      net: '1.00',
      reporting_category: 'charge',
      source_id: `ch_${index}`,
      payment_intent_id: `pi_${index}`,
    })),
  );
  const headers = {
    authorization: `Bearer ${SECRET}`,
    'content-type': 'text/csv',
    'content-length': Buffer.byteLength(file),
  };

  async function imports(): Promise<unknown[]> {
    const response = await fetch(url, { headers: { authorization: `Bearer ${SECRET}` } });
    return ((await response.json()) as { imports: unknown[] }).imports;
  }

  const connections = async () => {
    const { rows } = await database.pool.query(
      "select count(*)::int as n from pg_stat_activity where datname = current_database() and application_name = 'payonce-settlements'",
    );
    return rows[0].n;
  };

  for (const [what, sent] of [
    ['its first byte', ''],
    ['its first row', file.slice(0, 10)],
    // At the end of a row, where the file itself would not tell.
    ['its last row', file.slice(0, file.lastIndexOf('\n', file.length - 2) + 1)],
  ] as const)
    it(`that ends before ${what} leaves nothing behind`, async () => {
      await new Promise<void>((resolve) => {
        const call = request(url, { method: 'POST', headers });
        call.once('error', () => resolve());
        call.flushHeaders();
        if (sent === '') call.once('socket', () => setImmediate(() => call.destroy()));
        else call.write(sent, () => call.destroy());
      });
      await pWaitFor(async () => (await connections()) === 0);
      assert.deepEqual(await imports(), []);
    });
});
