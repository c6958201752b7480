/** One PayPal account, by the rules of Orders v2, Payments v2 and Disputes v1; it tells of each change. */
import { randomBytes } from 'node:crypto';

export interface Money {
  currency_code: string;
  value: string;
}

export interface Capture {
  id: string;
  status: string;
  amount: Money;
  final_capture: boolean;
}

export interface Refund {
  id: string;
  status: string;
  amount: Money;
  custom_id?: string;
  captureId: string;
}

export interface Authorization {
  id: string;
  status: string;
  amount: Money;
  expiration_time: string;
}

export interface Order {
  id: string;
  status: string;
  intent: 'CAPTURE' | 'AUTHORIZE';
  amount: Money;
  custom_id?: string;
  /** What else the unit was created with. */
  more: object;
  returnUrl?: string;
  authorizations: Authorization[];
  captures: Capture[];
  refunds: Refund[];
}

export interface Dispute {
  dispute_id: string;
  captureId: string;
  status: string;
  dispute_life_cycle_stage: string;
  dispute_amount: Money;
  outcome_code?: string;
  seller_response_due_date?: string;
}

/** What PayPal answers with a status of an error, and the issue that it names. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly issue: string;

  constructor(status: number, issue: string) {
    super(issue);
    this.status = status;
    this.issue = issue;
  }
}

export type Happening =
  | { about: 'order'; order: Order }
  | { about: 'capture'; order: Order; capture: Capture }
  | { about: 'authorization'; order: Order; authorization: Authorization }
  | { about: 'refund'; order: Order; refund: Refund }
  | { about: 'dispute'; order: Order; dispute: Dispute };

export type Tell = (type: string, happening: Happening) => void;
export type Account = ReturnType<typeof createAccount>;

const AUTHORIZED_MS = 29 * 24 * 60 * 60 * 1_000;

export function createAccount(tell: Tell) {
  const orders = new Map<string, Order>();
  const disputes = new Map<string, Dispute>();
  /** What the bank says of the next capture, where it says no. */
  let declines: string | null = null;
  /** What becomes of the next capture of an order, where it is not at once complete. */
  let nextStatus: 'PENDING' | null = null;

  const find = (id: string): Order => orders.get(id) ?? notFound();
  const orderOf = (isIts: (order: Order) => boolean): Order =>
    [...orders.values()].find(isIts) ?? notFound();
  const orderOfCapture = (id: string): Order =>
    orderOf(({ captures }) => captures.some((capture) => capture.id === id));
  const orderOfAuthorization = (id: string): Order =>
    orderOf(({ authorizations }) => authorizations.some((one) => one.id === id));

  function addCapture(order: Order, amount: Money, isFinal: boolean, status: string): Capture {
    const capture = { id: newId(), status, amount, final_capture: isFinal };
    order.captures.push(capture);
    tell(`PAYMENT.CAPTURE.${status}`, { about: 'capture', order, capture });
    return capture;
  }

  function refuseIfDeclined(): void {
    if (declines === null) return;
    const issue = declines;
    declines = null;
    throw new ApiProblem(422, issue);
  }

  return {
    orders,
    disputes,
    find,
    orderOfCapture,
    orderOfAuthorization,
    declineNext(issue = 'INSTRUMENT_DECLINED'): void {
      declines = issue;
    },
    /** The money of the next capture takes its time. */
    pendNext(): void {
      nextStatus = 'PENDING';
    },
    create(given: Pick<Order, 'intent' | 'amount' | 'custom_id' | 'more' | 'returnUrl'>): Order {
      const order: Order = {
        id: newId(),
        status: given.returnUrl === undefined ? 'CREATED' : 'PAYER_ACTION_REQUIRED',
        authorizations: [],
        captures: [],
        refunds: [],
        ...given,
      };
      orders.set(order.id, order);
      return order;
    },
    patch(id: string, path: string, value: unknown): void {
      const order = find(id);
      if (order.status === 'COMPLETED') throw new ApiProblem(422, 'ORDER_ALREADY_COMPLETED');
      const field = /^\/purchase_units\/@reference_id=='default'\/(amount|custom_id)$/.exec(path);
      if (field?.[1] === 'amount') order.amount = value as Money;
      else if (field?.[1] === 'custom_id') order.custom_id = value as string;
      else throw new ApiProblem(422, 'NOT_PATCHABLE');
    },
    approve(id: string): void {
      const order = find(id);
      if (order.status !== 'CREATED' && order.status !== 'PAYER_ACTION_REQUIRED') return;
      order.status = 'APPROVED';
      tell('CHECKOUT.ORDER.APPROVED', { about: 'order', order });
    },
    captureOrder(id: string, status: string = nextStatus ?? 'COMPLETED'): Order {
      const order = find(id);
      if (order.intent !== 'CAPTURE') throw new ApiProblem(422, 'ACTION_DOES_NOT_MATCH_INTENT');
      if (order.status === 'COMPLETED') throw new ApiProblem(422, 'ORDER_ALREADY_CAPTURED');
      if (order.status !== 'APPROVED') throw new ApiProblem(422, 'ORDER_NOT_APPROVED');
      refuseIfDeclined();
      order.status = 'COMPLETED';
      nextStatus = null;
      addCapture(order, order.amount, true, status);
      return order;
    },
    authorizeOrder(id: string): Order {
      const order = find(id);
      if (order.intent !== 'AUTHORIZE') throw new ApiProblem(422, 'ACTION_DOES_NOT_MATCH_INTENT');
      if (order.authorizations.length > 0) throw new ApiProblem(422, 'ORDER_ALREADY_AUTHORIZED');
      if (order.status !== 'APPROVED') throw new ApiProblem(422, 'ORDER_NOT_APPROVED');
      refuseIfDeclined();
      const authorization = {
        id: newId(),
        status: 'CREATED',
        amount: order.amount,
        expiration_time: new Date(Date.now() + AUTHORIZED_MS).toISOString(),
      };
      order.status = 'COMPLETED';
      order.authorizations.push(authorization);
      tell('PAYMENT.AUTHORIZATION.CREATED', { about: 'authorization', order, authorization });
      return order;
    },
    captureAuthorization(id: string, given: { amount?: Money; final_capture?: boolean }): Capture {
      const order = orderOfAuthorization(id);
      const authorization = order.authorizations.find((one) => one.id === id) ?? notFound();
      if (authorization.status === 'VOIDED') throw new ApiProblem(422, 'AUTHORIZATION_VOIDED');
      if (authorization.status === 'CAPTURED')
        throw new ApiProblem(422, 'AUTHORIZATION_ALREADY_CAPTURED');
      const amount = given.amount ?? authorization.amount;
      const taken = order.captures.reduce((sum, capture) => sum + units(capture.amount), 0);
      if (taken + units(amount) > units(authorization.amount))
        throw new ApiProblem(422, 'MAX_CAPTURE_AMOUNT_EXCEEDED');
      refuseIfDeclined();
      const isAll =
        given.final_capture === true || taken + units(amount) === units(authorization.amount);
      authorization.status = isAll ? 'CAPTURED' : 'PARTIALLY_CAPTURED';
      return addCapture(order, amount, isAll, 'COMPLETED');
    },
    voidAuthorization(id: string): Authorization {
      const order = orderOfAuthorization(id);
      const authorization = order.authorizations.find((one) => one.id === id) ?? notFound();
      if (authorization.status === 'VOIDED') throw new ApiProblem(422, 'PREVIOUSLY_VOIDED');
      if (authorization.status === 'CAPTURED') throw new ApiProblem(422, 'PREVIOUSLY_CAPTURED');
      authorization.status = 'VOIDED';
      tell('PAYMENT.AUTHORIZATION.VOIDED', { about: 'authorization', order, authorization });
      return authorization;
    },
    /** The bank has decided what was pending. */
    endCapture(id: string, status: 'COMPLETED' | 'DECLINED'): void {
      const order = find(id);
      for (const capture of order.captures.filter((one) => one.status === 'PENDING')) {
        capture.status = status;
        tell(`PAYMENT.CAPTURE.${status}`, { about: 'capture', order, capture });
      }
    },
    refund(
      captureId: string,
      given: { amount?: Money; custom_id?: string } = {},
      status = 'COMPLETED',
    ): Refund {
      const order = orderOfCapture(captureId);
      const capture = order.captures.find(({ id }) => id === captureId) ?? notFound();
      if (capture.status === 'PENDING') throw new ApiProblem(422, 'PENDING_CAPTURE');
      if (capture.status === 'REFUNDED') throw new ApiProblem(422, 'CAPTURE_FULLY_REFUNDED');
      const amount = given.amount ?? capture.amount;
      if (refundedUnits(order, captureId) + units(amount) > units(capture.amount))
        throw new ApiProblem(422, 'REFUND_AMOUNT_EXCEEDED');
      const refund: Refund = {
        id: newId(),
        status,
        amount,
        captureId,
        ...(given.custom_id !== undefined && { custom_id: given.custom_id }),
      };
      order.refunds.push(refund);
      restate(order, capture);
      tell(REFUND_EVENT[status] ?? 'PAYMENT.CAPTURE.REFUNDED', { about: 'refund', order, refund });
      return refund;
    },
    endRefund(refundId: string, status: 'COMPLETED' | 'FAILED'): void {
      const order = orderOf(({ refunds }) => refunds.some(({ id }) => id === refundId));
      const refund = order.refunds.find(({ id }) => id === refundId) ?? notFound();
      refund.status = status;
      for (const capture of order.captures.filter(({ id }) => id === refund.captureId))
        restate(order, capture);
      tell(REFUND_EVENT[status] ?? '', { about: 'refund', order, refund });
    },
    dispute(captureId: string, stage = 'CHARGEBACK', amount?: Money): Dispute {
      const order = orderOfCapture(captureId);
      const capture = order.captures.find(({ id }) => id === captureId) ?? notFound();
      const dispute: Dispute = {
        dispute_id: `PP-D-${randomBytes(3).readUIntBE(0, 3)}`,
        captureId,
        status: 'WAITING_FOR_SELLER_RESPONSE',
        dispute_life_cycle_stage: stage,
        dispute_amount: amount ?? capture.amount,
        seller_response_due_date: new Date(Date.now() + 864_000_000).toISOString(),
      };
      disputes.set(dispute.dispute_id, dispute);
      tell('CUSTOMER.DISPUTE.CREATED', { about: 'dispute', order, dispute });
      return dispute;
    },
    changeDispute(dispute: Dispute, change: Partial<Dispute>): void {
      Object.assign(dispute, change);
      const type = dispute.status === 'RESOLVED' ? 'RESOLVED' : 'UPDATED';
      const order = orderOfCapture(dispute.captureId);
      tell(`CUSTOMER.DISPUTE.${type}`, { about: 'dispute', order, dispute });
    },
  };
}

const REFUND_EVENT: Readonly<Record<string, string>> = {
  COMPLETED: 'PAYMENT.CAPTURE.REFUNDED',
  PENDING: 'PAYMENT.REFUND.PENDING',
  FAILED: 'PAYMENT.REFUND.FAILED',
};

function refundedUnits({ refunds }: Order, captureId: string): number {
  return refunds
    .filter((refund) => refund.captureId === captureId && refund.status !== 'FAILED')
    .reduce((sum, { amount }) => sum + units(amount), 0);
}

/** What was captured is called by what became of it. */
function restate(order: Order, capture: Capture): void {
  const refunded = refundedUnits(order, capture.id);
  if (refunded === 0) capture.status = 'COMPLETED';
  else capture.status = refunded < units(capture.amount) ? 'PARTIALLY_REFUNDED' : 'REFUNDED';
}

/** Only ever compared with each other, in one currency. */
export function units({ value }: Money): number {
  return Number(value.replace('.', ''));
}

/** As PayPal's ids: 17 digits and capitals. */
export function newId(): string {
  const letters = '0123456789ABCDEFGHJKLMNPRSTUVWXY';
  return [...randomBytes(17)].map((byte) => letters[byte % letters.length]).join('');
}

function notFound(): never {
  throw new ApiProblem(404, 'INVALID_RESOURCE_ID');
}
