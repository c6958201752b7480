/**
 * The gateway's dashboard as calls: webhooks sent, redelivery, and the fault plan.
 * No fault ever strikes these, so that a test can always see and end what it started.
 */

import { Router } from 'express';
import { faultPlan } from '../faults/fault-plan.ts';
import type { Faults } from '../faults/faults.ts';
import { notFound } from '../payments/change-payment.ts';
import type { Store } from '../store/store.ts';
import { listWebhooks, reopenWebhook } from '../store/webhook-rows.ts';
import type { Dispatcher } from '../webhooks/dispatcher.ts';
import { sendAnswer } from './answer.ts';
import { pathId } from './endpoints.ts';
import { representWebhook } from './representation.ts';
import { noBody, orderQuery, parse, parseBody } from './requests.ts';

export type ControlRouteParts = {
  readonly store: Store;
  readonly faults: Faults;
  readonly dispatcher: Dispatcher;
};

export function createControlRoutes({ store, faults, dispatcher }: ControlRouteParts): Router {
  return Router()
    .get('/webhooks', async (req, res) => {
      const { orderId } = parse(orderQuery, req.query);
      const webhooks = await store.read((db) => listWebhooks(db, orderId));
      sendAnswer(res, { status: 200, body: { webhooks: webhooks.map(representWebhook) } });
    })
    .post('/webhooks/:id/redeliver', async (req, res) => {
      parseBody(req, noBody);
      const webhook = await store.write((db) => reopenWebhook(db, pathId(req)));
      if (webhook === undefined) return sendAnswer(res, notFound('webhook'));
      dispatcher.redeliver(webhook);
      const { id, state } = webhook;
      return sendAnswer(res, { status: 202, body: { id, state } });
    })
    .get('/faults', (_req, res) => sendAnswer(res, { status: 200, body: faults.plan() }))
    .put('/faults', (req, res) => {
      faults.replace(parseBody(req, faultPlan));
      sendAnswer(res, { status: 200, body: faults.plan() });
    });
}
