/** The naive Temporal version as two sides: its server, its worker, and either store of Temporal's. */
import path from 'node:path';
import pg from 'pg';
import { anyPort } from '../../src/process/any-port.ts';
import { historyOf } from '../history.ts';
import { callOverHttp } from '../http-side.ts';
import { installedVersion } from '../installed-version.ts';
import type { RunningSide, Side, SideOptions } from '../side.ts';
import { nodeCommand, startProcess } from '../side-process.ts';
import { startPostgresEngine, startTemporalEngine } from '../temporal-engine.ts';
import { EFFECT_TABLES } from './activities.ts';

const script = (file: string) => nodeCommand(path.join(import.meta.dirname, file));

async function start(
  options: SideOptions,
  startEngine: typeof startPostgresEngine,
): Promise<RunningSide> {
  const { dataDir, databaseUrl, gatewayUrl, webhookSecret } = options;
  await createTables(databaseUrl);
  const engine = await startEngine(options);
  const port = await anyPort('127.0.0.1');
  const env = {
    ...{ PORT: String(port), GATEWAY_URL: gatewayUrl, WEBHOOK_SECRET: webhookSecret },
    ...{ DATABASE_URL: databaseUrl },
    ...{ TEMPORAL_ADDRESS: engine.address, TEMPORAL_NAMESPACE: engine.namespace },
  };
  const worker = await startProcess({
    ...{ name: 'worker', command: script('worker.ts'), env, dataDir },
  });
  const server = await startProcess({
    ...{ name: 'server', command: script('server.ts'), env, dataDir },
  });
  const calls = callOverHttp(`http://127.0.0.1:${port}`, webhookSecret);
  return {
    ...calls,
    effectRows: {
      entitlement: 'select order_id from entitlements',
      invoice: 'select order_id from invoices',
      ledger: 'select order_id from ledger_entries',
    },
    processes: () => ({ temporal: [engine.pid], worker: [worker.pid], api: [server.pid] }),
    historyOf: (orderId) => historyOf(engine.client, orderId),
    stop: async () => {
      await calls.close();
      await Promise.all([server.stop(), worker.stop()]);
      await engine.stop();
    },
  };
}

async function createTables(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(EFFECT_TABLES);
  await client.end();
}

const versions = { '@temporalio/worker': installedVersion('@temporalio/worker') };

export const temporalNaive: Side = {
  name: 'temporal-naive',
  title: 'Temporal, naive',
  description:
    'One signal a delivery, three activities one after the other, nothing dropped before the workflow; the same development server as Payonce.',
  versions,
  start: (options) => start(options, startTemporalEngine),
};

export const temporalNaivePostgres: Side = {
  name: 'temporal-naive-postgres',
  title: 'Temporal, naive, on PostgreSQL',
  description: 'The same, on the Temporal server that keeps everything in PostgreSQL.',
  workloads: ['order'],
  versions,
  start: (options) => start(options, startPostgresEngine),
};
