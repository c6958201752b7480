/** Everything that the API lets a person do to an order as it stands, each with what it will do. */
import type { components } from '../../src/client/index.ts';
import { isTakenIn } from '../../src/domain/commands/taken-in.ts';
import { MANUAL_METHODS } from '../../src/domain/facts/manual.ts';
import type { ReviewReason } from '../../src/domain/reviews/reasons.ts';
import { moneyText } from '../../src/money/text.ts';
import type { Deed, Field } from './deeds.ts';

type Order = components['schemas']['Order'];

const NOTE: Field = { name: 'note', label: 'Why', kind: 'words' };
const METHOD: Field = {
  name: 'method',
  label: 'Method',
  kind: { oneOf: MANUAL_METHODS },
};
const REFERENCE: Field = {
  name: 'reference',
  label: 'Reference',
  description: 'The money’s own name: the same reference again is the same money.',
  isRequired: true,
};

/** Of one order, by currency and in minor units; 0 where a currency is not named. */
type AmountLimits = Readonly<Record<string, number>>;

/** What the person who is signed in may do. */
export interface Rights {
  scope: 'support' | 'ops';
  /** Null where there is no limit. */
  refundLimits: AmountLimits | null;
  writeOffLimits: AmountLimits;
}

/** Those that `support` may do come first; the others are for `ops` alone. */
export function deedsOf(order: Order, { scope, refundLimits, writeOffLimits }: Rights): Deed[] {
  return [
    ...decidedOn(order, ofSupport(order, refundLimits)),
    ...(scope === 'ops' ? ofOperators(order, writeOffLimits) : []),
  ];
}

function decidedOn({ version }: Order, deeds: Deed[]): Deed[] {
  return deeds.map((deed) => ({
    ...deed,
    consequence: `${deed.consequence} You decide on version ${version} of the order.`,
  }));
}

/**
 * Refused where the order has changed meanwhile. Not where an amount says what was decided: a refund that comes through
 * must not refuse the next one.
 */
function boundTo({ version }: Order): { orderVersion: number } {
  return { orderVersion: version };
}

function amountField(currency: string, isRequired: boolean): Field {
  return {
    name: 'amount',
    label: `Amount in minor units of ${currency}`,
    kind: { minorUnitsOf: currency },
    isRequired,
  };
}

/** A bank may take money back: none is paid out a second time meanwhile. */
function isDisputed({ disputes }: Order): boolean {
  return disputes.some(({ status }) => status === 'opened');
}

const sumOf = (all: readonly { amount: number }[]): number =>
  all.reduce((total, { amount }) => total + amount, 0);

/** Minor units that went to a bank for good. */
function lostOf({ disputes }: Order): number {
  return sumOf(disputes.filter(({ status }) => status === 'lost'));
}

/** Minor units of the order's currency that a refund has promised already. */
function promisedOf({ refunds, currency }: Order): number {
  const promised = refunds.filter(({ status }) => status === 'requested' || status === 'pending');
  return sumOf(promised.filter((refund) => refund.currency === currency));
}

/** Minor units that stand and are promised to nobody. */
function leftOf(order: Order): number {
  return order.amountPaid - order.amountRefunded - lostOf(order) - promisedOf(order);
}

/** Of these, what the gateway can give back: what was received by hand goes back by hand. */
function leftAtGateway(order: Order): number {
  const byHand = order.payments.filter(({ manual }) => manual !== null);
  const standing = byHand.reduce(
    (sum, { amount, amountRefunded }) => sum + amount - amountRefunded,
    0,
  );
  return leftOf(order) - standing;
}

/** The limit counts over the order: also what went back, or was promised, by others. */
function roomForRefund(order: Order, limits: AmountLimits | null): number {
  if (limits === null) return Infinity;
  return (limits[order.currency] ?? 0) - order.amountRefunded - promisedOf(order);
}

function ofSupport(order: Order, limits: AmountLimits | null): Deed[] {
  const { id, state, currency } = order;
  const left = leftAtGateway(order);
  const amount = Math.min(left, roomForRefund(order, limits));
  if (amount <= 0 || !isTakenIn(state, 'refund') || isDisputed(order)) return [];
  const money = moneyText(amount, currency);
  const most =
    amount < left
      ? `${money}, the most that you may still give back of the order`
      : `all that is left (${money})`;
  return [
    {
      name: 'Refund',
      consequence: `Gives money back through the gateway: ${most}, or the part that you name.`,
      path: `/v1/orders/${id}/refunds`,
      body: { amount },
      fields: [amountField(currency, false), { name: 'reason', label: 'Why', kind: 'words' }],
      color: 'red.9',
    },
  ];
}

function ofOperators(order: Order, writeOffLimits: AmountLimits): Deed[] {
  const { state, gateway, payments } = order;
  const path = `/v1/orders/${order.id}`;
  const sync: Deed = {
    name: 'Sync',
    consequence: `Asks ${gateway} for the present truth of all payments of the order, and applies it.`,
    path: `${path}/sync`,
  };
  return [
    ...decidedOn(order, order.capture === 'manual' ? ofHeld(order) : []),
    ...(payments.length > 0 && isTakenIn(state, 'sync') ? [sync] : []),
    ...decidedOn(order, [
      ...ofEnd(order, writeOffLimits),
      ...ofMoneyByHand(order),
      ...ofAccess(order),
    ]),
    ...ofPersonalData(order),
  ];
}

function ofAccess(order: Order): Deed[] {
  const { id, access } = order;
  const path = `/v1/orders/${id}/access`;
  const fields = [{ ...NOTE, isRequired: true }];
  const grant: Deed = {
    name: 'Grant access',
    consequence:
      'Gives the customer access, also while a dispute is open or where nothing was paid. It ends when the order is refunded or cancelled, or when somebody revokes it.',
    path,
    body: { action: 'grant', ...boundTo(order) },
    fields,
  };
  const revoke: Deed = {
    name: 'Revoke access',
    consequence:
      'Takes the customer’s access away. No money moves, and nothing gives it back but a person who grants it.',
    path,
    body: { action: 'revoke', ...boundTo(order) },
    fields,
    color: 'red.9',
  };
  return [
    ...(access.status === 'granted' ? [] : [grant]),
    ...(access.status === 'granted' || access.status === 'held' ? [revoke] : []),
  ];
}

function ofPersonalData({ id, customer }: Order): Deed[] {
  if (customer.erasedAt !== undefined) return [];
  const why: Field = {
    ...NOTE,
    isRequired: true,
    description: 'Kept for ever, so without personal data.',
  };
  return [
    {
      name: 'Correct the e-mail address',
      consequence:
        'The next payment attempt and the next paper have it. Papers that were issued keep theirs.',
      path: `/v1/orders/${id}/customer`,
      fields: [{ name: 'email', label: 'E-mail address', isRequired: true }, why],
    },
    {
      name: 'Erase the customer',
      consequence: `Erases e-mail address, name, address, shipping, description, line items and metadata of all orders of ${customer.id}, for ever. Orders that are still needed are erased by themselves later; books, invoices and credit notes keep what the law requires.`,
      path: `/v1/customers/${encodeURIComponent(customer.id)}/erasure`,
      fields: [why],
      color: 'red.9',
    },
  ];
}

function hasReviewOf({ reviews }: Order, reason: ReviewReason): boolean {
  return reviews.some((review) => review.status === 'open' && review.reason === reason);
}

function ofHeld(order: Order): Deed[] {
  const { id, state, currency, gateway, amountAuthorized, payments } = order;
  const path = `/v1/orders/${id}`;
  const all = Math.min(amountAuthorized, outstandingOf(order));
  const capture: Deed = {
    name: 'Capture',
    consequence: `${gateway} takes what is authorized: all of it (${moneyText(all, currency)}), or the part that you name, where it can.`,
    path: `${path}/captures`,
    body: { amount: all },
    fields: [amountField(currency, false), NOTE],
  };
  const letGo: Deed = {
    name: 'Void',
    consequence: `${gateway} lets go of what is authorized (${moneyText(amountAuthorized, currency)}). The order stays open, and its customer can pay anew.`,
    path: `${path}/void`,
    body: boundTo(order),
    fields: [NOTE],
    color: 'red.9',
  };
  const isHeld = payments.some(({ status }) => status === 'authorized');
  const canCapture = isHeld && all > 0 && isTakenIn(state, 'capture');
  return [
    ...(canCapture && !hasReviewOf(order, 'amount_mismatch') ? [capture] : []),
    ...(isHeld && isTakenIn(state, 'void') ? [letGo] : []),
  ];
}

/** Minor units that the order still lacks. */
function outstandingOf({ amount, amountDiscounted, amountWrittenOff, amountPaid }: Order): number {
  return Math.max(0, amount - amountDiscounted - amountWrittenOff - amountPaid);
}

/** How an order that is not paid ends, or does not end yet. */
function ofEnd(order: Order, writeOffLimits: AmountLimits): Deed[] {
  const { id, state, currency, gateway } = order;
  const path = `/v1/orders/${id}`;
  const rest = outstandingOf(order);
  // To cancel would give back what a bank may take back.
  const isPaidBackByBank = state === 'partially_paid' && isDisputed(order);
  const isInLimit = order.amountWrittenOff + rest <= (writeOffLimits[currency] ?? 0);
  const cancel: Deed = {
    name: 'Cancel',
    consequence: `${gateway} voids what could still be paid, then the order is cancelled. What was paid of it is refunded; where the customer is faster, it stays paid.`,
    path: `${path}/cancel`,
    body: boundTo(order),
    fields: [{ name: 'reason', label: 'Why', kind: 'words' }],
    color: 'red.9',
  };
  const extend: Deed = {
    name: 'Give more time',
    consequence:
      'Moves the expiry. An order that has expired is open again, and its customer can pay.',
    path: `${path}/expiry`,
    body: boundTo(order),
    fields: [
      { name: 'expiresAt', label: 'To be paid until', kind: 'time', isRequired: true },
      NOTE,
    ],
  };
  const writeOff: Deed = {
    name: 'Write off the rest',
    consequence: `You do without ${moneyText(rest, currency)}: the order is paid, with access and invoice, and the books have the rest as an expense. What could still be paid is voided.`,
    path: `${path}/write-off`,
    body: { amount: rest },
    fields: [NOTE],
  };
  return [
    ...(isTakenIn(state, 'cancel') && !isPaidBackByBank ? [cancel] : []),
    ...(isTakenIn(state, 'extend') ? [extend] : []),
    ...(isTakenIn(state, 'write_off') && !isPaidBackByBank && isInLimit ? [writeOff] : []),
  ];
}

/** Why money by hand to an order that wants none is put before a person. */
const UNWANTED: ReadonlySet<Order['state']> = new Set(['paid', 'cancelled', 'refunded']);

function ofMoneyByHand(order: Order): Deed[] {
  const { id, state, currency } = order;
  const path = `/v1/orders/${id}`;
  const received: Deed = {
    name: 'Record a payment by hand',
    consequence: UNWANTED.has(state)
      ? `Records money that was received without the gateway. The order is ${state} and wants none: a review asks what becomes of it.`
      : 'Records money that was received without the gateway. It counts as any other: paid in full, the customer gets access and an invoice.',
    path: `${path}/manual-payments`,
    fields: [
      METHOD,
      REFERENCE,
      amountField(currency, true),
      { name: 'receivedOn', label: 'Received on', kind: 'day', isRequired: true },
      NOTE,
    ],
  };
  const payments = order.payments.flatMap(({ id: paymentId, status }) =>
    paymentId !== null && status === 'captured' ? [paymentId] : [],
  );
  const ofPayment: Field = {
    name: 'paymentId',
    label: 'Of payment',
    kind: { oneOf: ['', ...payments] },
    description:
      'Left empty: one whose money waits to be given back, then what was received by hand.',
  };
  const returned: Deed = {
    name: 'Record a refund by hand',
    consequence:
      'Records money that was given back without the gateway, with books and credit note.',
    path: `${path}/manual-refunds`,
    fields: [
      METHOD,
      REFERENCE,
      amountField(currency, true),
      { name: 'returnedOn', label: 'Given back on', kind: 'day', isRequired: true },
      ...(payments.length > 1 ? [ofPayment] : []),
      NOTE,
    ],
  };
  const canReturn = isTakenIn(state, 'manual_refund') && leftOf(order) > 0 && !isDisputed(order);
  return [
    ...(isTakenIn(state, 'manual_payment') ? [received] : []),
    ...(canReturn ? [returned] : []),
  ];
}
