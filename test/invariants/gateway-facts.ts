/** Facts: the ledger knows every capture, refund and dispute of the gateway as it is now, and no other. */
import {
  type Finding,
  type GatewayPayment,
  type Invariant,
  ownPayments,
  type RecordedOrder,
  wrong,
} from './evidence.ts';

export const factsAsAtGateway: Invariant = {
  name: 'I17 the ledger has the facts of the gateway',
  check(evidence) {
    const { order, payments } = evidence;
    if (order === null || payments === null) return [];
    const own = ownPayments(evidence);
    return [...own.flatMap((payment) => unknown(order, payment)), ...invented(order, own)];
  },
};

function unknown({ id, currency, ledger }: RecordedOrder, payment: GatewayPayment): Finding[] {
  const found: Finding[] = [];
  const isForeign = payment.currency !== currency;
  for (const { captureId, amount, reversed } of payment.captures) {
    const known = isForeign ? ledger.foreignCaptures[captureId] : ledger.captures[captureId];
    const own = ledger.captures[captureId];
    const isAsThere = isForeign || (own?.captured === true && own.reversed === reversed);
    if (known?.amountMinor !== amount || !isAsThere)
      found.push(wrong(`${id} ${captureId}`, `${amount}, reversed: ${reversed}, is not known`));
  }
  for (const { id: refundId, amount, status } of payment.refunds) {
    const known = ledger.refunds[refundId];
    if (known?.status !== status || known.amountMinor !== amount)
      found.push(wrong(`${id} ${refundId}`, `is ${status} at the gateway, here ${known?.status}`));
  }
  for (const { id: disputeId, status } of payment.disputes) {
    const known = ledger.disputes[disputeId];
    if (known?.status !== status)
      found.push(wrong(`${id} ${disputeId}`, `is ${status} at the gateway, here ${known?.status}`));
  }
  return found;
}

function invented({ id, ledger }: RecordedOrder, payments: readonly GatewayPayment[]): Finding[] {
  const there = {
    captures: payments.flatMap(({ captures }) => captures.map(({ captureId }) => captureId)),
    refunds: payments.flatMap(({ refunds }) => refunds.map((refund) => refund.id)),
    disputes: payments.flatMap(({ disputes }) => disputes.map((dispute) => dispute.id)),
  };
  return (['captures', 'refunds', 'disputes'] as const).flatMap((kind) =>
    Object.keys(ledger[kind])
      .filter((own) => !there[kind].includes(own))
      .map((own) => wrong(`${id} ${own}`, `is one of the ${kind}, and not at the gateway`)),
  );
}
