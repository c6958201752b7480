/**
 * What is known of one order from every side, once nothing moves any more: the record that Payonce keeps, what the
 * gateway's own store holds, and what its effects have left. The simulator, the stories on the shared
 * stack and the chaos runs fill in the same form, so that one set of invariants judges all of them.
 */
import type { Outcome, Source } from '../../src/domain/events.ts';
import type { Ledger } from '../../src/domain/ledger.ts';
import type { OrderState } from '../../src/domain/order.ts';
import type { OrderView } from '../../src/domain/view.ts';

export interface OrderEvidence {
  orderId: string;
  /** Null where something is known of an order that Payonce has no record of. */
  order: RecordedOrder | null;
  /** Payments that name the order in the gateway's own store; null where that store cannot be judged by. */
  payments: readonly GatewayPayment[] | null;
  entitlements: readonly Entitlement[];
  invoices: readonly { key: string; epoch: number }[];
  creditNotes: readonly { key: string; refundId: string; amountMinor: number }[];
  postings: readonly Posting[];
  /** Every request that the CRM got about the order, in the order in which they came. */
  crm: readonly CrmRequest[];
  /** Payments of other installations that were put before an operator, by their id. */
  parkedPayments: readonly string[];
  /** By sequence number. */
  outcomes: readonly RecordedOutcome[];
  /** The states that the order was seen to come to, oldest first. */
  moves: readonly { version: number; from: OrderState; to: OrderState }[];
}

/** The order as last written. */
export interface RecordedOrder {
  id: string;
  state: OrderState;
  version: number;
  /** Rises with everything that the order takes up. */
  revision: number;
  amountMinor: number;
  currency: string;
  view: OrderView;
  /** At rest: it needs no run. */
  isClosed: boolean;
  ledger: Pick<Ledger, (typeof LEDGER_PARTS)[number]>;
}

/** What invariants look at of a ledger; the whole of it is too much for thousands of orders at once. */
export const LEDGER_PARTS = [
  'access',
  'captures',
  'disputes',
  'entered',
  'foreignCaptures',
  'held',
  'poll',
  'recorded',
  'refunds',
  'terms',
  'waiting',
] as const satisfies (keyof Ledger)[];

/** Amounts are minor units of `currency`. */
export interface GatewayPayment {
  id: string;
  status: string;
  amount: number;
  currency: string;
  /** Made by this installation. */
  isOurs: boolean;
  captures: { captureId: string; amount: number; reversed: boolean }[];
  refunds: { id: string; amount: number; status: string }[];
  disputes: { id: string; amount: number; status: string }[];
}

export interface Entitlement {
  epoch: number;
  grantKey: string | null;
  isGranted: boolean;
  revokeKey: string | null;
  isRevoked: boolean;
}

/** One side of an entry. */
export interface Posting {
  key: string;
  side: 'debit' | 'credit';
  account: string;
  /** Minor units of `currency`. */
  amountMinor: number;
  currency: string;
  kind: string;
  reference: string;
}

export interface CrmRequest {
  key: string;
  type: string;
  body: string;
  /** It was answered with a 2xx. */
  isTaken: boolean;
}

export interface RecordedOutcome {
  seq: number;
  source: Source;
  eventId: string;
  outcome: Outcome;
  version: number;
}

/** What was found wrong; `subject` is the order, or whatever of it is meant. */
export interface Finding {
  subject: string;
  detail: string;
}

/** What holds for every order at rest, and the check that finds where it does not. */
export interface Invariant {
  name: string;
  check(evidence: OrderEvidence): readonly Finding[];
}

export function wrong(subject: string, detail: string): Finding {
  return { subject, detail };
}

/**
 * The payments of the order itself; an operator may have attached one that another installation made. Of money that
 * people received or gave back by hand, the order alone knows.
 */
export function ownPayments({ order, payments }: OrderEvidence): readonly GatewayPayment[] {
  const known = new Set(order?.view.payments.map(({ id }) => id));
  const atGateway = (payments ?? []).filter(({ id, isOurs }) => isOurs || known.has(id));
  if (order === null) return atGateway;
  return [
    ...atGateway.map((payment) => ({
      ...payment,
      refunds: [...payment.refunds, ...returnedByHand(order.view, payment.id)],
    })),
    ...receivedByHand(order),
  ];
}

function receivedByHand({ view, currency }: RecordedOrder): GatewayPayment[] {
  return view.payments.flatMap(({ id, amount, manual }) =>
    id === null || manual === undefined
      ? []
      : [
          {
            id,
            status: 'captured',
            amount,
            currency,
            isOurs: true,
            captures: [{ captureId: id, amount, reversed: false }],
            refunds: returnedByHand(view, id),
            disputes: [],
          },
        ],
  );
}

function returnedByHand({ refunds }: OrderView, paymentId: string): GatewayPayment['refunds'] {
  return refunds.filter((refund) => refund.origin === 'manual' && refund.paymentId === paymentId);
}

export function sumOf(amounts: readonly { amount: number }[]): number {
  return amounts.reduce((total, { amount }) => total + amount, 0);
}

/** Minor units that were captured and not taken back. */
export function standingOf({ captures }: Pick<GatewayPayment, 'captures'>): number {
  return sumOf(captures.filter(({ reversed }) => !reversed));
}

/** Minor units that have gone back to the customer. */
export function refundedOf({ refunds }: Pick<GatewayPayment, 'refunds'>): number {
  return sumOf(refunds.filter(({ status }) => status === 'succeeded'));
}

/** Minor units that the customer's bank has taken back for good. */
export function lostOf({ disputes }: Pick<GatewayPayment, 'disputes'>): number {
  return sumOf(disputes.filter(({ status }) => status === 'lost'));
}

export function groupBy<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
