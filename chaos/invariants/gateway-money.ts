/** Money: the books have every movement that the gateway's own store has, and no other. */
import type { Violation } from '../evidence.ts';
import { type GatewayPayment, refundedOf, standingOf } from './gateway-truth.ts';
import { groupBy, type Invariant, type OrderRow, type Remains, wrong } from './remains.ts';

/** What stands in the books after reversals: `order kind reference` and minor units. */
const STANDING = `
  select order_id || ' ' || replace(kind, '_reversed', '') || ' ' || reference as name,
         sum(case when kind like '%\\_reversed' then -amount_minor else amount_minor end)::float8
           as "amountMinor"
  from postings where side = 'debit' group by 1`;

export const moneyAsAtGateway: Invariant = {
  name: 'I5 the books are the money at the gateway',
  check: async ({ evidence, gateway, orders }: Remains) => {
    const { rows } = await evidence.database.query<{ name: string; amountMinor: number }>(STANDING);
    const booked = new Map(rows.map(({ name, amountMinor }) => [name, amountMinor]));
    const held = new Map(gateway.payments.flatMap((payment) => movementsOf(payment, orders)));
    const names = new Set([...booked.keys(), ...held.keys()]);
    const different = [...names].filter(
      (name) => (booked.get(name) ?? 0) !== (held.get(name) ?? 0),
    );
    return [
      ...different.map((name) =>
        wrong(name, `${booked.get(name) ?? 0} in the books, ${held.get(name) ?? 0} at the gateway`),
      ),
      ...wrongOrders(gateway.payments, orders),
    ];
  },
};

/** Every movement that the books must have; money in another currency is for a person instead. */
function movementsOf(
  { orderId, currency, captures, refunds, disputes }: GatewayPayment,
  orders: Remains['orders'],
): [string, number][] {
  if (orders.get(orderId ?? '')?.currency !== currency) return [];
  const wasCaptured = captures.length > 0;
  return [
    ...captures.map(({ captureId, amount, reversed }): [string, number] => [
      `${orderId} capture ${captureId}`,
      reversed ? 0 : amount,
    ]),
    ...refunds.map(({ id, amount, status }): [string, number] => [
      `${orderId} refund ${id}`,
      status === 'succeeded' && wasCaptured ? amount : 0,
    ]),
    ...disputes.map(({ id, amount, status }): [string, number] => [
      `${orderId} chargeback ${id}`,
      status === 'lost' && wasCaptured ? amount : 0,
    ]),
  ];
}

function wrongOrders(payments: readonly GatewayPayment[], orders: Remains['orders']): Violation[] {
  const byOrder = groupBy(payments, ({ orderId }) => orderId ?? '');
  return [...orders.values()].flatMap((order) => wrongOrder(order, byOrder.get(order.id) ?? []));
}

function wrongOrder(order: OrderRow, payments: readonly GatewayPayment[]): Violation[] {
  const { id, currency, view } = order;
  const own = payments.filter((payment) => payment.currency === currency);
  const paidMinor = own.reduce((total, payment) => total + standingOf(payment), 0);
  const refundedMinor = own.reduce((total, payment) => total + refundedOf(payment), 0);
  const foreign = payments.filter(
    (payment) => payment.currency !== currency && standingOf(payment),
  );
  const isForeignKnown = view.reviews.some(({ reason }) => reason === 'currency_mismatch');
  return [
    ...(view.amountPaid === paidMinor
      ? []
      : [wrong(id, `shows ${view.amountPaid} paid, the gateway holds ${paidMinor}`)]),
    ...(view.amountRefunded === refundedMinor
      ? []
      : [wrong(id, `shows ${view.amountRefunded} refunded, the gateway sent ${refundedMinor}`)]),
    ...(foreign.length === 0 || isForeignKnown
      ? []
      : [wrong(id, 'holds money in another currency that nobody was told of')]),
  ];
}
