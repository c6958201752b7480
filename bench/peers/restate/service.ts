/** The process of the Restate peer: the API in front, and the handlers that Restate calls. */
import './with-resolvers.ts';
import { createServer } from 'node:http2';
import { createEndpointHandler } from '@restatedev/restate-sdk';
import pg from 'pg';
import { createGatewayClient } from '../../gateway-client.ts';
import { createHttpClient } from '../../http-client.ts';
import { createEdge } from '../http-edge.ts';
import { listen, reportReady, setting } from '../peer-server.ts';
import { createOrderObject } from './order.ts';
import { createOrders } from './orders.ts';

/** For the effects; more connections only wait for the same few cores. */
const CONNECTIONS = 20;

const pool = new pg.Pool({ connectionString: setting('DATABASE_URL'), max: CONNECTIONS });
const order = createOrderObject(pool, createGatewayClient(setting('GATEWAY_URL')));
const handlers = createServer(createEndpointHandler({ services: [order] }));
handlers.listen(Number(setting('HANDLERS_PORT')), '127.0.0.1');
await listen(
  createEdge(createOrders(createHttpClient(setting('INGRESS_URL'))), setting('WEBHOOK_SECRET')),
);
reportReady();
