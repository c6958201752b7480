/**
 * The calls on payments: create, look up, and everything that may happen to one.
 * A merchant's server uses create, look up, capture and void; the rest plays bank and customer.
 */

import { Router } from 'express';
import { capture, reverseCapture } from '../payments/capture-commands.ts';
import { type ChangePayment, notFound } from '../payments/change-payment.ts';
import { dispute } from '../payments/dispute-commands.ts';
import { newId } from '../payments/ids.ts';
import type { Payment } from '../payments/payment.ts';
import { authorize, close, pend } from '../payments/payment-commands.ts';
import type { Verdict } from '../payments/verdict.ts';
import { findPayment, listPayments, savePayment } from '../store/payment-rows.ts';
import type { Database } from '../store/store.ts';
import type { Answer } from './answer.ts';
import { type Endpoints, pathId } from './endpoints.ts';
import type { RepresentPayment } from './representation.ts';
import {
  authorizeBody,
  captureBody,
  createPaymentBody,
  disputeBody,
  noBody,
  orderQuery,
  parse,
  reverseBody,
} from './requests.ts';

export type PaymentRouteParts = {
  readonly endpoints: Endpoints;
  readonly changePayment: ChangePayment;
  readonly represent: RepresentPayment;
};

type NewPayment = Pick<Payment, 'orderId' | 'amountMinor' | 'currency' | 'metadata' | 'capture'>;

const newPayment = (request: NewPayment): Payment => ({
  id: newId('sbx_pay'),
  ...request,
  status: 'created',
  createdAt: new Date().toISOString(),
  authorizedUntil: null,
  captures: [],
  refunds: [],
  disputes: [],
});

const WEEK_MS = 7 * 24 * 60 * 60 * 1_000;

/** As long as banks leave a merchant at least. */
const inAWeek = (): string => new Date(Date.now() + WEEK_MS).toISOString();

export function createPaymentRoutes(parts: PaymentRouteParts): Router {
  const { endpoints, changePayment, represent } = parts;
  const byId = async (
    db: Database,
    id: string,
    command: (payment: Payment) => Verdict,
  ): ReturnType<ChangePayment> => changePayment(db, await findPayment(db, id), command);
  const bare = (command: (payment: Payment) => Verdict, faulty = false) =>
    endpoints.change({ body: noBody, faulty, run: (db, _, id) => byId(db, id, command) });

  const create = endpoints.change({
    body: createPaymentBody,
    requiresKey: true,
    faulty: true,
    run: async (db, { amount, ...asked }) => {
      const payment = newPayment({ ...asked, amountMinor: amount });
      await savePayment(db, payment);
      return { answer: { status: 201, body: represent(payment) } };
    },
  });
  const list = endpoints.faultyRead(async (db, req): Promise<Answer> => {
    const { orderId } = parse(orderQuery, req.query);
    const payments = await listPayments(db, orderId);
    return { status: 200, body: { payments: payments.map(represent) } };
  });
  const show = endpoints.faultyRead(async (db, req) => {
    const payment = await findPayment(db, pathId(req));
    return payment ? { status: 200, body: represent(payment) } : notFound('payment');
  });

  return Router()
    .post('/payments', create)
    .get('/payments', list)
    .get('/payments/:id', show)
    .post(
      '/payments/:id/capture',
      endpoints.change({
        body: captureBody,
        faulty: true,
        run: (db, { amount }, id) => byId(db, id, (payment) => capture(payment, amount)),
      }),
    )
    .post('/payments/:id/void', bare(close('voided'), true))
    .post(
      '/payments/:id/authorize',
      endpoints.change({
        body: authorizeBody,
        run: (db, { until }, id) => byId(db, id, (payment) => authorize(payment, until)),
      }),
    )
    .post('/payments/:id/pend', bare(pend))
    .post('/payments/:id/fail', bare(close('failed')))
    .post('/payments/:id/expire', bare(close('expired')))
    .post(
      '/payments/:id/reverse',
      endpoints.change({
        body: reverseBody,
        run: (db, { captureId }, id) =>
          byId(db, id, (payment) => reverseCapture(payment, captureId)),
      }),
    )
    .post(
      '/payments/:id/dispute',
      endpoints.change({
        body: disputeBody,
        run: (db, { outcome, respondBy = inAWeek() }, id) =>
          byId(db, id, (payment) => dispute(payment, respondBy, outcome)),
      }),
    );
}
