/** Gives money back. The key of the request is part of the refund's own identity, for ever. */
import { z } from 'zod';
import type { OrderView } from '../../domain/view.ts';
import { brokenRuleOfPart } from '../../money/amounts.ts';
import type { ApiDependencies } from '../api-dependencies.ts';
import { derivedId } from '../http/canonical-json.ts';
import { decidedOn, orderPath, partAmount, seenVersion, text } from '../http/request-schemas.ts';
import { type Caller, defineRoute } from '../http/route.ts';
import { amountUnsupported } from '../problems/amount-unsupported.ts';
import { type MadeRefund, madeRefundSchema, type Refund } from './order-schemas.ts';
import { orderPathOf, representRefund } from './represent-order.ts';
import { isUnsettled, requireOrder, submit } from './submit.ts';

export const refund = defineRoute({
  operationId: 'refundOrder',
  method: 'post',
  path: '/v1/orders/{id}/refunds',
  scope: 'support',
  summary: 'Refund all that is left, or a part of it',
  params: orderPath,
  body: z.strictObject({
    amount: partAmount.optional(),
    reason: text(500).optional().meta({ description: 'Why; kept with the refund.' }),
    ...seenVersion,
  }),
  isIdempotencyKeyRequired: true,
  answers: {
    201: { description: 'The refund.', schema: madeRefundSchema },
    202: { description: 'The refund; the gateway has not said yet.', schema: madeRefundSchema },
  },
  problems: [
    'order_not_found',
    'idempotency_key_missing',
    'order_not_paid',
    'order_disputed',
    'refund_exceeds_captured',
    'refund_over_limit',
    'refund_by_hand',
    'refund_refused',
    'amount_out_of_range',
    'amount_unsupported',
    'order_changed',
  ],
  async run({ params: { id }, body, ...sender }, dependencies) {
    const { view } = await requireOrder(dependencies, id);
    checkAmount(dependencies, view, body.amount);
    // Not of the caller: a retry after an API key was replaced is still the same refund.
    const requestKey = derivedId('refund', sender.idempotencyKey ?? '');
    const payload = {
      requestKey,
      ...(body.amount === undefined ? {} : { amountMinor: body.amount }),
      ...(body.reason === undefined ? {} : { reason: body.reason }),
      ...limitOf(dependencies, sender.caller, view),
      ...decidedOn(body),
    };
    const answered = await submit(dependencies, sender, { orderId: id, name: 'refund', payload });
    const made = refundOf(answered.order.view, requestKey, body);
    if (isUnsettled(answered))
      return { status: 202, body: made, headers: { location: orderPathOf(id) }, isUnsettled: true };
    return { status: 201, body: made };
  },
});

/** The order holds it against what has gone back by then: two requests at once cannot pass each other. */
function limitOf(
  { policy }: ApiDependencies,
  { scope }: Caller,
  { currency }: OrderView,
): { limitMinor?: number } {
  return scope === 'support' ? { limitMinor: policy.supportRefundLimits[currency] ?? 0 } : {};
}

/** @throws Problem `amount_unsupported` */
function checkAmount(
  { gateways }: ApiDependencies,
  { gateway, currency }: OrderView,
  amountMinor: number | undefined,
): void {
  const rules = gateways[gateway]?.capabilities.amounts;
  if (rules === undefined || amountMinor === undefined) return;
  const rule = brokenRuleOfPart(rules, amountMinor, currency);
  if (rule !== null) throw amountUnsupported(rule);
}

/**
 * The refund as the record has it, with its whole amount and a part for each payment that it took; as it was
 * asked for, before the order has taken it up.
 */
function refundOf(
  view: OrderView,
  requestKey: string,
  { amount, reason }: { amount?: number | undefined; reason?: string | undefined },
): MadeRefund {
  const parts = view.refunds
    .filter(({ id }) => id === requestKey || id.startsWith(`${requestKey}.`))
    .map(representRefund);
  const [first] = parts;
  if (first !== undefined)
    return {
      ...first,
      amount: parts.reduce((total, part) => total + part.amount, 0),
      status: statusOf(parts),
      parts,
    };
  return {
    id: requestKey,
    refundId: null,
    paymentId: '',
    status: 'requested',
    amount: amount ?? view.amountPaid - view.amountRefunded,
    currency: view.currency,
    origin: 'api',
    reason: reason ?? null,
    refusal: null,
    manual: null,
    parts: [],
  };
}

/** Of several parts, the one that most needs attention is the status of the whole. */
const BY_ATTENTION = [
  'refused',
  'failed',
  'reversed',
  'requested',
  'pending',
  'succeeded',
] as const;

function statusOf(parts: readonly Refund[]): Refund['status'] {
  return BY_ATTENTION.find((status) => parts.some((part) => part.status === status)) ?? 'requested';
}
