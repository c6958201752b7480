/**
 * The checkout page and its buttons. Clicking twice pays once: paying what is paid is a no-op,
 * and no fault strikes here, since a customer's browser has no idempotency key to retry with.
 */

import { type RequestHandler, type Response, Router } from 'express';
import type { ChangePayment } from '../payments/change-payment.ts';
import type { Payment } from '../payments/payment.ts';
import { close, pay } from '../payments/payment-commands.ts';
import type { Submit } from '../payments/submit.ts';
import type { Verdict } from '../payments/verdict.ts';
import { findPayment } from '../store/payment-rows.ts';
import type { Store } from '../store/store.ts';
import { checkoutPage, missingPage } from './checkout-page.ts';
import { pathId } from './endpoints.ts';

export type CheckoutRouteParts = {
  readonly store: Store;
  readonly submit: Submit;
  readonly changePayment: ChangePayment;
};

// The page carries its own style and posts to itself; it may load nothing and run nothing.
const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; " +
  "base-uri 'none'; frame-ancestors 'none'";

function sendPage(res: Response, status: number, html: string): void {
  res.status(status).set({ 'Content-Security-Policy': PAGE_POLICY, 'Cache-Control': 'no-store' });
  res.type('html').send(html);
}

export function createCheckoutRoutes(parts: CheckoutRouteParts): Router {
  const { store, submit, changePayment } = parts;
  const show =
    (hasLeft: boolean): RequestHandler =>
    async (req, res) => {
      const payment = await store.read((db) => findPayment(db, pathId(req)));
      if (payment === undefined) return sendPage(res, 404, missingPage());
      return sendPage(res, 200, checkoutPage(payment, hasLeft));
    };
  const click =
    (command: (payment: Payment) => Verdict): RequestHandler =>
    async (req, res) => {
      const id = pathId(req);
      await submit({
        idempotencyKey: undefined,
        request: { method: req.method, path: req.path, body: {} },
        run: async (db) => changePayment(db, await findPayment(db, id), command),
      });
      // Whatever came of it, the page shows how the payment stands; a reload posts nothing.
      res.redirect(303, `/checkout/${encodeURIComponent(id)}`);
    };
  return Router()
    .get('/checkout/:id', show(false))
    .get('/checkout/:id/left', show(true))
    .post(
      '/checkout/:id/pay',
      click((payment) => pay(payment)),
    )
    .post('/checkout/:id/decline', click(close('failed')));
}
