/**
 * The calls on refunds: a merchant's server creates and looks them up, a bank settles them later.
 */

import { Router } from 'express';
import { type ChangePayment, notFound } from '../payments/change-payment.ts';
import type { Payment } from '../payments/payment.ts';
import { refund, settleRefund } from '../payments/refund-commands.ts';
import { findPayment, findPaymentOfRefund } from '../store/payment-rows.ts';
import type { Answer } from './answer.ts';
import { type Endpoints, pathId } from './endpoints.ts';
import { representRefund } from './representation.ts';
import { noBody, refundBody } from './requests.ts';

function refundAnswer(status: number, payment: Payment, refundId: string | undefined): Answer {
  const found = payment.refunds.find(({ id }) => id === refundId);
  return found ? { status, body: representRefund(payment, found) } : notFound('refund');
}

export function createRefundRoutes(endpoints: Endpoints, changePayment: ChangePayment): Router {
  const create = endpoints.change({
    body: refundBody,
    requiresKey: true,
    faulty: true,
    run: async (db, { amount, status }, id) => {
      const request = { amountMinor: amount, status, createdAt: new Date().toISOString() };
      return changePayment(
        db,
        await findPayment(db, id),
        (payment) => refund(payment, request),
        (payment) => refundAnswer(201, payment, payment.refunds.at(-1)?.id),
      );
    },
  });
  const list = endpoints.faultyRead(async (db, req) => {
    const payment = await findPayment(db, pathId(req));
    if (payment === undefined) return notFound('payment');
    const refunds = payment.refunds.map((entry) => representRefund(payment, entry));
    return { status: 200, body: { refunds } };
  });
  const show = endpoints.faultyRead(async (db, req) => {
    const payment = await findPaymentOfRefund(db, pathId(req));
    return payment ? refundAnswer(200, payment, pathId(req)) : notFound('refund');
  });
  const settle = (status: Parameters<typeof settleRefund>[1]) =>
    endpoints.change({
      body: noBody,
      run: async (db, _, id) => {
        const payment = await findPaymentOfRefund(db, id);
        if (payment === undefined) return { answer: notFound('refund') };
        const present = (changed: Payment) => refundAnswer(200, changed, id);
        return changePayment(db, payment, settleRefund(id, status), present);
      },
    });
  return Router()
    .post('/payments/:id/refunds', create)
    .get('/payments/:id/refunds', list)
    .get('/refunds/:id', show)
    .post('/refunds/:id/succeed', settle('succeeded'))
    .post('/refunds/:id/fail', settle('failed'))
    .post('/refunds/:id/reverse', settle('reversed'));
}
