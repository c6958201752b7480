/** The API process of the plain PostgreSQL peer. */
import pg from 'pg';
import { createGatewayClient } from '../../gateway-client.ts';
import { createEdge } from '../http-edge.ts';
import { listen, reportReady, setting } from '../peer-server.ts';
import { createOrders } from './orders.ts';

/** More connections than this only wait for the same few cores. */
const CONNECTIONS = 20;

const pool = new pg.Pool({ connectionString: setting('DATABASE_URL'), max: CONNECTIONS });
const orders = createOrders(pool, createGatewayClient(setting('GATEWAY_URL')));
await listen(createEdge(orders, setting('WEBHOOK_SECRET')));
reportReady();
