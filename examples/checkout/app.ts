/**
 * The shop's server: its pages, and the four calls that they need. What is sold and for how much is
 * decided here, never in the browser; what became of a payment is only ever asked of Payonce.
 */
import { fileURLToPath } from 'node:url';
import express, { type ErrorRequestHandler, type Express, type Response } from 'express';
import { type Offer, policyFor } from './offers.ts';
import { askPayonce, type Payonce, type PayonceAnswer } from './payonce.ts';

export interface ShopSettings {
  payonce: Payonce;
  offers: Offer[];
}

/** In minor units: 49.99. Rupees, as all three gateways take them. */
const PRODUCT = { description: 'One year of The Night Reader', amount: 4999, currency: 'INR' };

/** Whoever knows an order's id may see and pay it here, so it cannot be guessed; a real shop asks who it is. */
const ORDER_ID = /^shop_[0-9a-f]{32}$/;

const PUBLIC = fileURLToPath(new URL('./public', import.meta.url));

export function createShop({ payonce, offers }: ShopSettings): Express {
  const policy = policyFor(offers);
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
    response.json({ product: PRODUCT, offers });
  });
  shop.post('/api/orders/:id', async ({ params: { id }, body }, response) => {
    // The browser names the order, so that pressing "buy" twice is one order.
    const customer = { id: 'cus_example' };
    const order = { id, ...PRODUCT, gateway: String(body?.gateway), customer };
    relay(response, await askPayonce(payonce, 'POST', '/v1/orders', { body: order }));
  });
  shop.get('/api/orders/:id', async ({ params: { id }, headers }, response) => {
    const ifNoneMatch = headers['if-none-match'];
    relay(response, await askPayonce(payonce, 'GET', `/v1/orders/${id}`, { ifNoneMatch }));
  });
  shop.post('/api/orders/:id/payments', async ({ params: { id } }, response) => {
    const path = `/v1/orders/${id}/payments`;
    const { status, body } = await askPayonce(payonce, 'POST', path, { body: {} });
    response.status(status).json(body);
  });
  shop.post('/api/orders/:id/verify', async ({ params: { id }, body = {} }, response) => {
    relay(response, await askPayonce(payonce, 'POST', `/v1/orders/${id}/verify`, { body }));
  });
  shop.get('/orders/:id', (_request, response) => {
    response.sendFile('order.html', { root: PUBLIC });
  });
  shop.use(express.static(PUBLIC));
  shop.use(unreachable);
  return shop;
}

interface Order {
  id: string;
  state: string;
  amount: number;
  amountPaid: number;
  currency: string;
  gateway: string;
  payments: { attempt: number | null; status: string; checkout: object | null }[];
}

/** The customer sees the state and the money; reviews, effects and counters are the shop's own business. */
function relay(response: Response, { status, etag, body }: PayonceAnswer): void {
  response.status(status).set('cache-control', 'no-store');
  if (etag !== null) response.set('etag', etag);
  if (status === 304) response.end();
  else if (status >= 400) response.json(body);
  else response.json(visible(body as Order));
}

function visible({ id, state, amount, amountPaid, currency, gateway, payments }: Order): Order {
  const shown = payments.map(({ attempt, status, checkout }) => ({ attempt, status, checkout }));
  return { id, state, amount, amountPaid, currency, gateway, payments: shown };
}

const unreachable: ErrorRequestHandler = (error, _request, response, next) => {
  if (response.headersSent) return next(error);
  // A body that is no JSON, and whatever else the framework itself refuses.
  if (typeof error.status === 'number' && error.status < 500)
    return response.status(error.status).json({ detail: 'The shop cannot read this request.' });
  console.error(`example: ${error}`);
  response.status(502).json({ detail: 'The shop cannot reach Payonce just now. Nothing is lost.' });
};
