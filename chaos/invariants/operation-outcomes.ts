/** Operations: what was answered with success is there, what was refused has left nothing behind. */
import { derivedId } from '../../src/api/http/canonical-json.ts';
import { groupBy, type RecordedOrder } from '../../test/invariants/evidence.ts';
import type { Operation, OperationKind, Violation } from '../evidence.ts';
import { fieldsOf } from './answer-fields.ts';
import { isFinal } from './one-answer.ts';
import { type Invariant, type Remains, wrong } from './remains.ts';

/** @returns what is missing, or null */
type Visible = (operation: Operation, order: RecordedOrder, remains: Remains) => string | null;

const VISIBLE: Partial<Record<OperationKind, Visible>> = {
  create: ({ body }, order) => {
    const { amount, currency, createdAt } = fieldsOf(body);
    const { view } = order;
    const isSame =
      amount === view.amount && currency === view.currency && createdAt === view.createdAt;
    return isSame ? null : `is another order than the one that was answered: ${body}`;
  },
  pay: ({ body }, { id: orderId, view }, { gateway }) => {
    const { id, attempt } = fieldsOf(body);
    if (id === null || id === undefined) return null;
    if (!gateway.payments.some((payment) => payment.id === id && payment.orderId === orderId))
      return `${id} was answered, and is not at the gateway`;
    const own = view.payments.find((payment) => payment.attempt === attempt);
    return own?.id === id ? null : `attempt ${attempt} was ${id} once, and is ${own?.id}`;
  },
  cancel: (_operation, { state, view }) => {
    const isApproved = view.reviews.some((review) => review.status === 'approved');
    const isKept = state === 'cancelled' || isApproved;
    return isKept ? null : `was cancelled, and is ${state}`;
  },
  refund: ({ body }, { view }, { gateway }) => {
    const { id, refundId } = fieldsOf(body);
    const kept = view.refunds.find((refund) => refund.id === id);
    if (kept === undefined) return `refund ${id} was answered, and the order has none`;
    const made = gateway.payments.flatMap(({ refunds }) => refunds);
    const isThere = typeof refundId !== 'string' || made.some((refund) => refund.id === refundId);
    return isThere ? null : `${refundId} was answered, and is not at the gateway`;
  },
  review: ({ request }, { view }) => {
    const reviewId = request.path.split('/').at(-1);
    const { decision } = Object(request.body) as { decision?: unknown };
    const wanted = decision === 'approve' ? 'approved' : 'rejected';
    const { status } = view.reviews.find(({ id }) => id === reviewId) ?? {};
    return status === wanted ? null : `${reviewId} was ${wanted}, and is ${status}`;
  },
};

export const outcomesAsAnswered: Invariant = {
  name: 'operations: what was answered is what happened',
  check: (remains) => [
    ...remains.operations
      .filter((operation) => operation.phase === 'ok' && isFinal(operation))
      .flatMap((ok) => missing(ok, remains)),
    ...refusedOrders(remains),
    ...refusedPayments(remains),
    ...refusedRefunds(remains),
  ],
};

function missing(operation: Operation, remains: Remains): Violation[] {
  const { kind, orderId, status } = operation;
  const visible = VISIBLE[kind];
  if (visible === undefined) return [];
  const order = remains.orders.get(orderId);
  if (order === undefined) return [wrong(orderId, `${kind} was answered ${status}: no such order`)];
  const problem = visible(operation, order, remains);
  return problem === null ? [] : [wrong(orderId, problem)];
}

/** Those of a kind, by what they have in common, where none succeeded and none is in doubt. */
function refusedBy(
  { operations }: Remains,
  kinds: readonly OperationKind[],
  keyOf: (operation: Operation) => string,
): Operation[][] {
  const groups = groupBy(
    operations.filter(({ kind }) => kinds.includes(kind)),
    keyOf,
  );
  const isRefused = (group: Operation[]) =>
    group.every(({ phase }) => phase === 'fail') && group.some(isFinal);
  return [...groups.values()].filter(isRefused);
}

function refusedOrders(remains: Remains): Violation[] {
  return refusedBy(remains, ['create', 'fuzz'], ({ orderId }) => orderId).flatMap(([first]) =>
    first !== undefined && remains.orders.has(first.orderId)
      ? [wrong(first.orderId, 'every request to create it was refused, and it is there')]
      : [],
  );
}

/** A customer may have paid at the gateway without us; an attempt is always ours. */
function refusedPayments(remains: Remains): Violation[] {
  return refusedBy(remains, ['pay'], ({ orderId }) => orderId).flatMap(([first]) => {
    const { id, view } = remains.orders.get(first?.orderId ?? '') ?? {};
    const isMade = view?.payments.some(({ attempt }) => attempt !== null) ?? false;
    return id && isMade ? [wrong(id, 'every click was refused, and there is an attempt')] : [];
  });
}

function refusedRefunds(remains: Remains): Violation[] {
  const keyOf = ({ orderId, idempotencyKey }: Operation) => `${orderId} ${idempotencyKey}`;
  return refusedBy(remains, ['refund'], keyOf).flatMap(([first]) => {
    const { idempotencyKey = '', orderId = '' } = first ?? {};
    const requestKey = derivedId('refund', idempotencyKey);
    const made = remains.orders.get(orderId)?.view.refunds.some(({ id }) => id === requestKey);
    return made ? [wrong(orderId, `refund ${idempotencyKey} was refused, and was made`)] : [];
  });
}
