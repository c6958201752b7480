/** PayPal's objects as its API and its webhooks write them. */
import type { Authorization, Capture, Dispute, Happening, Order, Refund } from './account.ts';

export const MERCHANT_ID = 'PAYNCETEST234';
const API = 'https://api.sandbox.paypal.com';
const NOW = () => new Date().toISOString().replace(/\.\d+Z$/, 'Z');

const link = (rel: string, path: string, method = 'GET') => ({
  href: `${API}${path}`,
  rel,
  method,
});

export function orderShape(order: Order): object {
  const { id, status, intent, amount, custom_id, more, returnUrl } = order;
  const parts = {
    ...(order.authorizations.length > 0 && {
      authorizations: order.authorizations.map((one) => authorizationShape(order, one)),
    }),
    ...(order.captures.length > 0 && {
      captures: order.captures.map((one) => captureShape(order, one)),
    }),
    ...(order.refunds.length > 0 && { refunds: order.refunds.map(refundShape) }),
  };
  return {
    id,
    intent,
    status,
    purchase_units: [
      {
        reference_id: 'default',
        amount,
        payee: { merchant_id: MERCHANT_ID },
        ...(custom_id !== undefined && { custom_id }),
        ...more,
        ...(Object.keys(parts).length > 0 && { payments: parts }),
      },
    ],
    create_time: NOW(),
    links: [
      link('self', `/v2/checkout/orders/${id}`),
      {
        href: `https://www.sandbox.paypal.com/checkoutnow?token=${id}`,
        rel: returnUrl === undefined ? 'approve' : 'payer-action',
        method: 'GET',
      },
    ],
  };
}

const ownerOf = ({ id, custom_id }: Order) => ({
  ...(custom_id !== undefined && { custom_id }),
  supplementary_data: { related_ids: { order_id: id } },
  payee: { merchant_id: MERCHANT_ID },
});

export function captureShape(order: Order, { id, status, amount, final_capture }: Capture): object {
  return {
    id,
    status,
    amount,
    final_capture,
    ...ownerOf(order),
    ...(status === 'PENDING' && { status_details: { reason: 'ECHECK' } }),
    create_time: NOW(),
    update_time: NOW(),
    links: [
      link('self', `/v2/payments/captures/${id}`),
      link('refund', `/v2/payments/captures/${id}/refund`, 'POST'),
    ],
  };
}

export function authorizationShape(order: Order, authorization: Authorization): object {
  const { id, status, amount, expiration_time } = authorization;
  return {
    id,
    status,
    amount,
    expiration_time,
    ...ownerOf(order),
    create_time: NOW(),
    update_time: NOW(),
    links: [link('self', `/v2/payments/authorizations/${id}`)],
  };
}

/** It names no order, in answers as in webhooks: its capture alone. */
export function refundShape({ id, status, amount, custom_id, captureId }: Refund): object {
  return {
    id,
    status,
    amount,
    ...(custom_id !== undefined && { custom_id }),
    create_time: NOW(),
    update_time: NOW(),
    links: [
      link('self', `/v2/payments/refunds/${id}`),
      link('up', `/v2/payments/captures/${captureId}`),
    ],
  };
}

/** As the list has it: without an outcome. */
export function disputeSummary(dispute: Dispute): object {
  const { dispute_id, status, dispute_life_cycle_stage, dispute_amount } = dispute;
  return {
    dispute_id,
    reason: 'MERCHANDISE_OR_SERVICE_NOT_RECEIVED',
    status,
    dispute_life_cycle_stage,
    dispute_amount,
    create_time: NOW(),
    update_time: NOW(),
    links: [link('self', `/v1/customer/disputes/${dispute_id}`)],
  };
}

export function disputeShape(order: Order, dispute: Dispute): object {
  const { captureId, dispute_amount, outcome_code, seller_response_due_date } = dispute;
  return {
    ...disputeSummary(dispute),
    disputed_transactions: [
      {
        seller_transaction_id: captureId,
        ...(order.custom_id !== undefined && { custom: order.custom_id }),
        seller: { merchant_id: MERCHANT_ID },
        gross_amount: dispute_amount,
      },
    ],
    ...(outcome_code !== undefined && { dispute_outcome: { outcome_code } }),
    ...(seller_response_due_date !== undefined && { seller_response_due_date }),
  };
}

/** The resource of a webhook, and what PayPal calls it. */
export function resourceOf(happening: Happening): [kind: string, resource: object] {
  switch (happening.about) {
    case 'order':
      return ['checkout-order', orderShape(happening.order)];
    case 'capture':
      return ['capture', captureShape(happening.order, happening.capture)];
    case 'authorization':
      return ['authorization', authorizationShape(happening.order, happening.authorization)];
    case 'refund':
      return ['refund', refundShape(happening.refund)];
    case 'dispute':
      return ['dispute', disputeShape(happening.order, happening.dispute)];
  }
}
