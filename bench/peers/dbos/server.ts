/** The process of the DBOS peer: DBOS is a library, so the API and the workflows are one. */
import { DBOS } from '@dbos-inc/dbos-sdk';
import pg from 'pg';
import { createGatewayClient } from '../../gateway-client.ts';
import { createEdge } from '../http-edge.ts';
import { listen, reportReady, setting } from '../peer-server.ts';
import { createOrders } from './orders.ts';

/** For the order rows and the effects; more connections only wait for the same few cores. */
const CONNECTIONS = 20;

/**
 * For the checkpoints. DBOS' default is 10 and its advice to stay above 5; a workflow whose steps run
 * side by side writes three at once.
 * https://docs.dbos.dev/production/checklist
 */
const SYSTEM_CONNECTIONS = 20;

const databaseUrl = setting('DATABASE_URL');
const pool = new pg.Pool({ connectionString: databaseUrl, max: CONNECTIONS });
const orders = createOrders(pool, createGatewayClient(setting('GATEWAY_URL')));
DBOS.setConfig({
  name: 'orders',
  systemDatabaseUrl: databaseUrl,
  systemDatabasePoolSize: SYSTEM_CONNECTIONS,
  logLevel: 'warn',
});
await DBOS.launch();
await listen(createEdge(orders, setting('WEBHOOK_SECRET')));
reportReady();
