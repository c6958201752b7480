/** Money: the books have every movement that the gateway's own store has, and no other. */
import {
  type Finding,
  type GatewayPayment,
  groupBy,
  type Invariant,
  type OrderEvidence,
  ownPayments,
  type Posting,
  refundedOf,
  standingOf,
  wrong,
} from './evidence.ts';

export const moneyAsAtGateway: Invariant = {
  name: 'I5 the books are the money at the gateway',
  check(evidence) {
    const { orderId, order, payments, postings } = evidence;
    if (payments === null || order === null) return [];
    const own = ownPayments(evidence);
    const booked = standingEntries(postings);
    const held = new Map(
      own.filter(({ currency }) => currency === order.currency).flatMap(movementsOf),
    );
    const different = [...new Set([...booked.keys(), ...held.keys()])].filter(
      (name) => (booked.get(name) ?? 0) !== (held.get(name) ?? 0),
    );
    return [
      ...different.map((name) =>
        wrong(
          `${orderId} ${name}`,
          `${booked.get(name) ?? 0} in the books, ${held.get(name) ?? 0} at the gateway`,
        ),
      ),
      ...wrongSums(evidence, own),
    ];
  },
};

/** What stands in the books after reversals: `kind reference` and minor units. */
function standingEntries(postings: readonly Posting[]): Map<string, number> {
  // A discount or a write-off is no money that the gateway holds.
  const entries = postings.filter(
    ({ side, kind }) => side === 'debit' && !/^(discount|write_off)/.test(kind),
  );
  const groups = groupBy(
    entries,
    ({ kind, reference }) => `${kind.replace('_reversed', '')} ${reference}`,
  );
  return new Map(
    [...groups].map(([name, own]) => [
      name,
      own.reduce(
        (total, { kind, amountMinor }) =>
          total + (kind.endsWith('_reversed') ? -amountMinor : amountMinor),
        0,
      ),
    ]),
  );
}

/** Every movement that the books must have; money in another currency is for a person instead. */
function movementsOf({ captures, refunds, disputes }: GatewayPayment): [string, number][] {
  const wasCaptured = captures.length > 0;
  return [
    ...captures.map(({ captureId, amount, reversed }): [string, number] => [
      `capture ${captureId}`,
      reversed ? 0 : amount,
    ]),
    ...refunds.map(({ id, amount, status }): [string, number] => [
      `refund ${id}`,
      status === 'succeeded' && wasCaptured ? amount : 0,
    ]),
    ...disputes.map(({ id, amount, status }): [string, number] => [
      `chargeback ${id}`,
      status === 'lost' && wasCaptured ? amount : 0,
    ]),
  ];
}

function wrongSums({ order }: OrderEvidence, payments: readonly GatewayPayment[]): Finding[] {
  if (order === null) return [];
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
