/** Every endpoint under /v1. What is not in this list is not served. */

import { checkTheBooks, getBooksExport, getTrialBalance } from './books/books.ts';
import { getMonthEnd, getMonthEndPdf } from './books/month-end.ts';
import { getEInvoice, getPaper, getPapers, getPapersZip } from './books/papers.ts';
import { getChanges } from './console/changes.ts';
import { getLastDay } from './console/last-day.ts';
import { getKey, getListCounts, getOrderCount, getOverview } from './console/overview.ts';
import type { Route } from './http/route.ts';
import { captureOrder, voidOrder } from './operators/captures.ts';
import { decideAccess } from './operators/customer-access.ts';
import { getDisputes } from './operators/disputes.ts';
import { extendExpiry } from './operators/expiry.ts';
import { recordManualPayment, recordManualRefund } from './operators/manual-money.ts';
import { correctCustomer, eraseCustomerData, getPersonalData } from './operators/personal-data.ts';
import { resendEffect } from './operators/resend-effect.ts';
import { retryEffect } from './operators/retry-effect.ts';
import { decideReview } from './operators/review.ts';
import { getStuckEffects } from './operators/stuck-effects.ts';
import { sync } from './operators/sync.ts';
import { writeOffRest } from './operators/write-off.ts';
import { cancel } from './orders/cancel.ts';
import { createOrder } from './orders/create-order.ts';
import { getCreditNote } from './orders/credit-note.ts';
import { getEntitlements } from './orders/entitlements.ts';
import { getInvoice } from './orders/invoice.ts';
import { getOrder, getOrderEvents, getOrders } from './orders/orders.ts';
import { pay } from './orders/pay.ts';
import { refund } from './orders/refund.ts';
import { verify } from './orders/verify.ts';
import { fetchDay, getDays } from './settlements/days.ts';
import {
  decide,
  getDifferences,
  getImports,
  getMonths,
  judgeDifferences,
} from './settlements/differences.ts';
import { importSettlement } from './settlements/import-settlement.ts';
import {
  attachParked,
  closeParked,
  getParkedEvent,
  getParkedEvents,
  redeliver,
} from './webhooks/parked-events.ts';

export const ROUTES: readonly Route[] = [
  getKey,
  getOverview,
  getListCounts,
  getOrderCount,
  getLastDay,
  getChanges,
  createOrder,
  getOrders,
  getOrder,
  getOrderEvents,
  pay,
  verify,
  sync,
  cancel,
  captureOrder,
  voidOrder,
  refund,
  recordManualPayment,
  recordManualRefund,
  writeOffRest,
  extendExpiry,
  decideAccess,
  decideReview,
  retryEffect,
  resendEffect,
  getStuckEffects,
  getDisputes,
  getInvoice,
  getCreditNote,
  getEntitlements,
  getPersonalData,
  correctCustomer,
  eraseCustomerData,
  getParkedEvents,
  getParkedEvent,
  redeliver,
  attachParked,
  closeParked,
  importSettlement,
  getImports,
  getDifferences,
  decide,
  judgeDifferences,
  getMonths,
  getDays,
  fetchDay,
  getTrialBalance,
  getBooksExport,
  checkTheBooks,
  getMonthEnd,
  getMonthEndPdf,
  getPapers,
  getPapersZip,
  getPaper,
  getEInvoice,
];
