/** The order as callers see it: what its workflow decided, and what only the database knows. */
import type { OrderView, PaymentView, RefundView } from '../../domain/view.ts';
import { lostRunText } from '../../store/orders/lost-runs.ts';
import type { FailingEffect, StoredOrder } from '../../store/orders/orders.ts';
import type { Answer } from '../http/route.ts';
import { representLines } from './line-items.ts';
import type { Order, Payment, Refund } from './order-schemas.ts';

export function representOrder(order: StoredOrder): Order {
  const {
    customer,
    access,
    payments,
    refunds,
    disputes,
    reviews,
    effects,
    gatewayFailure,
    counters,
    ...view
  } = order.view;
  const { late, expiresAt, createdAt, updatedAt, ...amounts } = view;
  const { name, address, shipping } = order.people ?? {};
  return {
    ...amounts,
    // A record that was written before they were kept has none of them.
    access: access ?? accessBefore(effects),
    capture: amounts.capture ?? 'automatic',
    amountAuthorized: amounts.amountAuthorized ?? 0,
    amountDiscounted: amounts.amountDiscounted ?? 0,
    amountFees: amounts.amountFees ?? 0,
    amountWrittenOff: amounts.amountWrittenOff ?? 0,
    customer: {
      ...customer,
      ...(order.email === null ? {} : { email: order.email }),
      ...(name === undefined ? {} : { name }),
      ...(address === undefined ? {} : { address }),
      ...(order.erasedAt === null ? {} : { erasedAt: order.erasedAt.toISOString() }),
    },
    ...(shipping === undefined ? {} : { shipping }),
    ...(order.description === null ? {} : { description: order.description }),
    ...representLines(order.lines),
    metadata: order.metadata,
    payments: payments.map(representPayment),
    refunds: refunds.map(representRefund),
    disputes: disputes.map((dispute) => ({ ...dispute, respondBy: dispute.respondBy ?? null })),
    reviews,
    effects: effects.map((effect) => withTries(effect, order.failing)),
    // A record that was written before it was kept has none.
    gatewayFailure: gatewayFailure ?? null,
    lostRun: order.lostRun && {
      at: order.lostRun.at,
      how: order.lostRun.how,
      reason: lostRunText(order.lostRun),
    },
    counters: { ...counters, duplicates: counters.duplicates + order.duplicates },
    late,
    expiresAt,
    createdAt,
    updatedAt,
  };
}

/** Of a record that was written before it was shown: each revocation ends a grant. */
function accessBefore(effects: OrderView['effects']): Order['access'] {
  const count = (name: string): number => effects.filter(({ effect }) => effect === name).length;
  const grants = count('grant_access');
  const withdrawn = grants > 0 ? 'revoked' : 'none';
  const status = grants > count('revoke_access') ? 'granted' : withdrawn;
  return { status, byHand: false };
}

/** A record that was written before they were kept has no authorized money, discount, fee and money by hand. */
export function representPayment(payment: PaymentView): Payment {
  const { amountAuthorized = 0, captureBefore = null } = payment;
  const { amountDiscounted = 0, amountFees = 0, manual = null } = payment;
  return { ...payment, amountAuthorized, captureBefore, amountDiscounted, amountFees, manual };
}

/** A record that was written before they were kept has no refusal and no money by hand. */
export function representRefund(refund: RefundView): Refund {
  return { ...refund, refusal: refund.refusal ?? null, manual: refund.manual ?? null };
}

/** A try that failed is no event of the order: of a pending effect, the database knows more than the order. */
function withTries(
  effect: OrderView['effects'][number],
  failing: readonly FailingEffect[],
): Order['effects'][number] {
  const failed = failing.find(({ key }) => key === effect.key);
  if (effect.status !== 'pending' || failed === undefined)
    return { ...effect, failingSince: null, nextTryAt: null };
  const { attempts, error, since, nextTryAt } = failed;
  return { ...effect, attempts, error, failingSince: since, nextTryAt };
}

/**
 * The version, and what changes without a new one: the counts of duplicates and of tries, personal data, and a run that
 * was lost. All must reach a caller that reads only changes.
 */
export function etagOf(order: StoredOrder): string {
  const { view, revision, duplicates, failing, lostRun } = order;
  const changedAt = order.erasedAt ?? order.correctedAt;
  const tries = failing.reduce((total, { attempts }) => total + attempts, 0);
  const marks = [
    ...(tries === 0 ? [] : [tries]),
    ...(changedAt === null ? [] : [`p${changedAt.getTime()}`]),
    ...(lostRun === null ? [] : [`r${Date.parse(lostRun.at)}`]),
  ];
  return `"${[`v${view.version}`, revision, duplicates, ...marks].join('.')}"`;
}

export function orderAnswer(status: number, order: StoredOrder): Answer {
  return { status, body: representOrder(order), headers: { etag: etagOf(order) } };
}

export function orderPathOf(id: string): string {
  return `/v1/orders/${id}`;
}
