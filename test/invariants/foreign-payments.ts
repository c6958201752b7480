/** Money of other installations under an order's name is put before an operator, and nowhere in the order. */
import { type Invariant, ownPayments, wrong } from './evidence.ts';

export const foreignIsParked: Invariant = {
  name: 'I19 the money of another installation is parked',
  check(evidence) {
    const { orderId, payments, parkedPayments } = evidence;
    const own = new Set(ownPayments(evidence).map(({ id }) => id));
    return (payments ?? [])
      .filter((payment) => !own.has(payment.id) && payment.captures.length > 0)
      .filter(({ id }) => !parkedPayments.includes(id))
      .map(({ id }) => wrong(orderId, `${id} is of another installation, and was not parked`));
  },
};
