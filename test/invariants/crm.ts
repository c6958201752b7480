/**
 * The CRM: its own log has every state that an order came to, and what became of its disputes, refunds and reviews, each
 * once, under one key, with one content.
 */
import type { OrderState } from '../../src/domain/order.ts';
import {
  type CrmRequest,
  type Finding,
  groupBy,
  type Invariant,
  type RecordedOrder,
  wrong,
} from './evidence.ts';

/** States that the CRM gets no update about: no person has to act on them. */
const WITHOUT_UPDATE: readonly OrderState[] = ['initiated', 'pending'];

export const oneCrmUpdate: Invariant = {
  name: 'I3 one CRM update for every change of state, dispute, refund and review',
  check: ({ orderId, order, crm }) => [
    ...changedMessages(crm),
    ...(order === null ? [] : wrongUpdates(order, crm)),
    ...(order === null && crm.length > 0
      ? [wrong(orderId, 'the CRM was told of an order that is not there')]
      : []),
  ],
};

function changedMessages(crm: readonly CrmRequest[]): Finding[] {
  return [...groupBy(crm, ({ key }) => key)]
    .filter(([, same]) => new Set(same.map(({ type, body }) => `${type} ${body}`)).size > 1)
    .map(([key]) => wrong(key, 'the CRM was told different things under one key'));
}

function wrongUpdates(order: RecordedOrder, crm: readonly CrmRequest[]): Finding[] {
  const { id, state } = order;
  const taken = crm.filter(({ isTaken }) => isTaken);
  const effective = [...new Set(taken.map(({ key }) => key))];
  const due = dueKeys(order);
  const missing = due.filter((key) => !effective.includes(key));
  const invented = effective.filter((key) => !due.includes(key));
  const ofStates = taken.filter(({ type }) => type.startsWith('order.'));
  const last = crm.find(({ key }) => key === ofStates.at(-1)?.key);
  const isOutdated =
    !WITHOUT_UPDATE.includes(state) && last !== undefined && last.type !== `order.${state}`;
  return [
    ...missing.map((key) => wrong(id, `the CRM never took ${key}`)),
    ...invented.map((key) => wrong(id, `the CRM was told ${key}, which never was so`)),
    ...(isOutdated ? [wrong(id, `is ${state}; the CRM heard ${last.type} last`)] : []),
  ];
}

function dueKeys(order: RecordedOrder): string[] {
  const { id, ledger } = order;
  const due = Object.entries(ledger.entered)
    .filter(([state]) => !WITHOUT_UPDATE.includes(state as OrderState))
    .flatMap(([state, times]) =>
      Array.from({ length: times }, (_, i) => `${id}:update_crm:${state}-${i + 1}`),
    );
  return [...due, ...revivals(order), ...eventsTold(order)];
}

const EVENT_KEY = /:update_crm:(dispute|refund|review)-/;

/** Those that the order has decided to tell, and what stands at last, which it must have. */
function eventsTold({ id, ledger, view }: RecordedOrder): string[] {
  if (ledger.terms.notifiesCrmOfEvents !== true) return [];
  const told = view.effects.map(({ key }) => key).filter((key) => EVENT_KEY.test(key));
  const moved = [
    ...Object.values(ledger.disputes).map((dispute) => ({
      ...dispute,
      name: `dispute-${dispute.disputeId}`,
    })),
    ...Object.values(ledger.refunds)
      .filter(({ status }) => status !== 'pending')
      .map((refund) => ({ ...refund, name: `refund-${refund.refundId}` })),
  ];
  const standing = [
    ...moved.map(
      ({ name, status, movedAtVersion }) => `${id}:update_crm:${name}-${status}-${movedAtVersion}`,
    ),
    ...view.reviews
      .filter(({ reason }) => reason !== 'effect_failed')
      .flatMap((review) => ['opened', review.status].map((word) => [review.id, word] as const))
      .filter(([, word]) => word !== 'open')
      .map(([name, word]) => `${id}:update_crm:review-${name}-${word}`),
  ];
  return [...new Set([...told, ...standing])];
}

/** Pending after it had failed: the CRM believes that it failed, and a payment is under way after all. */
function revivals({ id, ledger: { entered }, view }: RecordedOrder): string[] {
  if (entered.failed === undefined) return [];
  return Array.from(
    { length: entered.pending ?? 0 },
    (_, i) => `${id}:update_crm:pending-${i + 1}`,
  ).filter((due) => view.effects.some(({ key }) => key === due));
}
