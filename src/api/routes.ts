/** Every endpoint under /v1. What is not in this list is not served. */
import { cancel } from './cancel.ts';
import { createOrder } from './create-order.ts';
import { getCreditNote } from './credit-note.ts';
import { getEntitlements } from './entitlements.ts';
import { getInvoice } from './invoice.ts';
import { getOrder, getOrderEvents, getOrders } from './orders.ts';
import { attachParked, closeParked, getParkedEvents, redeliver } from './parked-events.ts';
import { pay } from './pay.ts';
import { refund } from './refund.ts';
import { retryEffect } from './retry-effect.ts';
import { decideReview } from './review.ts';
import type { Route } from './route.ts';
import { sync } from './sync.ts';
import { verify } from './verify.ts';

export const ROUTES: readonly Route[] = [
  createOrder,
  getOrders,
  getOrder,
  getOrderEvents,
  pay,
  verify,
  sync,
  cancel,
  refund,
  decideReview,
  retryEffect,
  getInvoice,
  getCreditNote,
  getEntitlements,
  getParkedEvents,
  redeliver,
  attachParked,
  closeParked,
];
