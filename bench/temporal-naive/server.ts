/** The naive version's HTTP server: every call becomes one call to Temporal. */
import { once } from 'node:events';
import { Client, Connection } from '@temporalio/client';
import express from 'express';
import { Webhook } from 'standardwebhooks';
import { createGatewayClient } from '../gateway-client.ts';
import { type NaiveOrder, type NaiveSignal, ORDER_WORKFLOW, TASK_QUEUE } from './messages.ts';

const { PORT, TEMPORAL_ADDRESS = '', TEMPORAL_NAMESPACE = '' } = process.env;
const { GATEWAY_URL = '', WEBHOOK_SECRET = '' } = process.env;

const connection = await Connection.connect({ address: TEMPORAL_ADDRESS });
const { workflow } = new Client({ connection, namespace: TEMPORAL_NAMESPACE });
const gateway = createGatewayClient(GATEWAY_URL);
const webhook = new Webhook(WEBHOOK_SECRET);

const signal = (orderId: string, name: NaiveSignal, ...args: unknown[]): Promise<void> =>
  workflow.getHandle(orderId).signal(name, ...args);

const app = express();

app.post('/orders/:id', express.json(), async (request, response) => {
  const { id: orderId } = request.params;
  const { amount: amountMinor, currency } = request.body;
  const order: NaiveOrder = { orderId, amountMinor, currency };
  await workflow.start(ORDER_WORKFLOW, {
    workflowId: orderId,
    taskQueue: TASK_QUEUE,
    args: [order],
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
  response.status(201).json({ id: orderId });
});

app.post('/orders/:id/payments', async (request, response) => {
  const { id } = request.params;
  const paymentId = await gateway.openPayment(id);
  await signal(id, 'pay', paymentId);
  response.status(201).json({ paymentId });
});

app.post('/webhooks/sandbox', express.text({ type: () => true }), async (request, response) => {
  const headers = request.headers as Record<string, string>;
  const { data } = webhook.verify(request.body, headers) as { data: { orderId: string } };
  await signal(data.orderId, 'webhook', headers['webhook-id'] ?? '');
  response.json({ status: 'accepted' });
});

app.post('/orders/:id/verify', async (request, response) => {
  await signal(request.params.id, 'verify');
  response.status(202).json({});
});

const server = app.listen(Number(PORT), '127.0.0.1');
await once(server, 'listening');
for (const cause of ['SIGTERM', 'disconnect']) process.once(cause, () => process.exit(0));
process.send?.({ ready: true });
