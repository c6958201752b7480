/**
 * The shop's server: its pages, and the four calls that they need. What is sold and for how much is
 * decided here, never in the browser; what became of a payment is only ever asked of Payonce.
 */
import { fileURLToPath } from 'node:url';
import express, { type ErrorRequestHandler, type Express, type Response } from 'express';
import type { components, PayonceClient } from '../../src/client/index.ts';
import { moneyText } from '../../src/money/text.ts';
import { type Offer, policyFor } from './offers.ts';

export interface ShopSettings {
  payonce: PayonceClient;
  offers: Offer[];
}

/** In minor units: 49.99. Rupees, as all gateways take them but PayPal. */
const productOf = (offers: readonly Offer[]) => {
  const currency = offers.some(({ gateway }) => gateway === 'paypal') ? 'EUR' : 'INR';
  return { description: 'One year of The Night Reader', amount: 4999, currency };
};

/** Whoever knows an order's id may see and pay it here, so it cannot be guessed; a real shop asks who it is. */
const ORDER_ID = /^shop_[0-9a-f]{32}$/;

const PUBLIC = fileURLToPath(new URL('./public', import.meta.url));

export function createShop({ payonce, offers }: ShopSettings): Express {
  const policy = policyFor(offers);
  const product = productOf(offers);
  const shop = express();
  shop.disable('x-powered-by');
  shop.use(express.json());
  shop.use((_request, response, next) => {
    response.set({ 'content-security-policy': policy, 'x-content-type-options': 'nosniff' });
    next();
  });
  shop.param('id', (_request, response, next, id) => {
    if (ORDER_ID.test(id)) return next();
    response.status(404).json({ detail: 'There is no such order in this shop.' });
  });
  shop.get('/api/offers', (_request, response) => {
    const { amount, currency } = product;
    response.json({ product: { ...product, price: moneyText(amount, currency) }, offers });
  });
  shop.post('/api/orders/:id', async ({ params: { id }, body }, response) => {
    // The browser names the order, so that pressing "buy" twice is one order.
    const customer = { id: 'cus_example' };
    const order = { id, ...product, gateway: String(body?.gateway), customer };
    relay(response, await payonce.POST('/v1/orders', { body: order }));
  });
  shop.get('/api/orders/:id', async ({ params, headers }, response) => {
    const ifNoneMatch = { 'if-none-match': headers['if-none-match'] };
    relay(
      response,
      await payonce.GET('/v1/orders/{id}', { params: path(params), headers: ifNoneMatch }),
    );
  });
  shop.post('/api/orders/:id/payments', async ({ params }, response) => {
    const call = { params: path(params), body: {} };
    const { data, error, response: answer } = await payonce.POST('/v1/orders/{id}/payments', call);
    response.status(answer.status).json(data ?? error);
  });
  shop.post('/api/orders/:id/verify', async ({ params, body = {} }, response) => {
    const call = { params: path(params), body };
    relay(response, await payonce.POST('/v1/orders/{id}/verify', call));
  });
  shop.get('/orders/:id', (_request, response) => {
    response.sendFile('order.html', { root: PUBLIC });
  });
  shop.use(express.static(PUBLIC));
  shop.use(unreachable);
  return shop;
}

type Order = components['schemas']['Order'];

/** What the client gives for every call that answers with an order. */
interface Answer {
  data?: Order;
  error?: unknown;
  response: globalThis.Response;
}

function path({ id }: { id: string }) {
  return { path: { id } };
}

/** The customer sees the state and the money; reviews, effects and counters are the shop's own business. */
function relay(response: Response, { data, error, response: answer }: Answer): void {
  const etag = answer.headers.get('etag');
  response.status(answer.status).set('cache-control', 'no-store');
  if (etag !== null) response.set('etag', etag);
  if (answer.status === 304) response.end();
  else response.json(data === undefined ? error : visible(data));
}

function visible({ id, state, amount, amountPaid, currency, gateway, payments }: Order) {
  const shown = payments.map(({ attempt, status, checkout }) => ({ attempt, status, checkout }));
  // Written here: a browser's own currency data differs from ISO 4217, and from other browsers'.
  const price = moneyText(amount, currency);
  return { id, state, amount, amountPaid, currency, price, gateway, payments: shown };
}

const unreachable: ErrorRequestHandler = (error, _request, response, next) => {
  if (response.headersSent) return next(error);
  // A body that is no JSON, and whatever else the framework itself refuses.
  if (typeof error.status === 'number' && error.status < 500)
    return response.status(error.status).json({ detail: 'The shop cannot read this request.' });
  console.error(`example: ${error}`);
  response.status(502).json({ detail: 'The shop cannot reach Payonce just now. Nothing is lost.' });
};
