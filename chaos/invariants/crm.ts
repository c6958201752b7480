/** The CRM: its own log has every state that an order came to once, under one key, with one content. */
import type { OrderState } from '../../src/domain/order.ts';
import type { CrmLine, Violation } from '../evidence.ts';
import { groupBy, type Invariant, type OrderRow, type Remains, wrong } from './remains.ts';

/** What an order says nothing of: nobody has to act on it. */
const UNTOLD: readonly OrderState[] = ['initiated', 'pending'];

export const oneCrmUpdate: Invariant = {
  name: 'I3 one CRM update for every change of state',
  check: ({ crm, orders }: Remains) => {
    const requests = groupBy(crm, ({ orderId }) => orderId);
    const strangers = [...requests.keys()].filter((orderId) => !orders.has(orderId));
    return [
      ...changedMessages(crm),
      ...[...orders.values()].flatMap((order) => wrongUpdates(order, requests.get(order.id) ?? [])),
      ...strangers.map((orderId) =>
        wrong(orderId, 'the CRM was told of an order that is not there'),
      ),
    ];
  },
};

function changedMessages(crm: readonly CrmLine[]): Violation[] {
  return [...groupBy(crm, ({ idempotencyKey }) => idempotencyKey)]
    .filter(([, lines]) => new Set(lines.map(({ type, body }) => `${type} ${body}`)).size > 1)
    .map(([key]) => wrong(key, 'the CRM was told different things under one key'));
}

function wrongUpdates(order: OrderRow, lines: readonly CrmLine[]): Violation[] {
  const taken = lines.filter(({ status }) => status >= 200 && status < 300);
  const effective = [...new Set(taken.map(({ idempotencyKey }) => idempotencyKey))];
  const due = dueKeys(order);
  const missing = due.filter((key) => !effective.includes(key));
  const invented = effective.filter((key) => !due.includes(key));
  const last = lines.find(({ idempotencyKey }) => idempotencyKey === effective.at(-1));
  const isOutdated =
    !UNTOLD.includes(order.state) && last !== undefined && last.type !== `order.${order.state}`;
  return [
    ...missing.map((key) => wrong(order.id, `the CRM never took ${key}`)),
    ...invented.map((key) => wrong(order.id, `the CRM was told ${key}, which never was so`)),
    ...(isOutdated ? [wrong(order.id, `is ${order.state}; the CRM heard ${last.type} last`)] : []),
  ];
}

function dueKeys(order: OrderRow): string[] {
  const { id, entered } = order;
  const told = Object.entries(entered)
    .filter(([state]) => !UNTOLD.includes(state as OrderState))
    .flatMap(([state, times]) =>
      Array.from({ length: times }, (_, i) => `${id}:update_crm:${state}-${i + 1}`),
    );
  return [...told, ...revivals(order)];
}

/** Pending again after it had failed: the CRM believes that it failed, and a payment is under way after all. */
function revivals({ id, entered, view }: OrderRow): string[] {
  const later = Array.from(
    { length: entered.failed === undefined ? 0 : (entered.pending ?? 0) },
    (_, i) => `${id}:update_crm:pending-${i + 1}`,
  );
  return later.slice(1).filter((due) => view.effects.some(({ key }) => key === due));
}
