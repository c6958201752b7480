/** Money that the shop received or gave back itself. The reference says whether it is the same money. */
import { z } from 'zod';
import type { ByHand } from '../../domain/events.ts';
import { MANUAL_METHODS } from '../../domain/facts/manual.ts';
import {
  decidedOn,
  orderPath,
  partAmount,
  seenVersion,
  text,
  visibleId,
} from '../http/request-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { orderSchema } from '../orders/order-schemas.ts';
import { answerWithOrder, requireOrder, submit } from '../orders/submit.ts';

const MAX_REFERENCE_LENGTH = 64;
const DAY_MS = 24 * 3600 * 1000;

/** In every time zone it is no day of the future. */
const pastDay = z.iso
  .date('must be a day, such as 2026-01-31')
  .refine((day) => Date.parse(day) <= Date.now() + DAY_MS, 'must not be in the future');

const byHand = {
  method: z
    .enum(MANUAL_METHODS, {
      error: 'must be cash, bank_transfer, cheque or other',
    })
    .meta({ description: 'By which way the money went.' }),
  reference: visibleId
    .max(MAX_REFERENCE_LENGTH, `must have 1 to ${MAX_REFERENCE_LENGTH} characters`)
    .meta({
      description:
        "The money's own name, such as a transfer's or a cheque's number: the same reference is the same money.",
      example: 'TRF-20260131-17',
    }),
  amount: partAmount,
  note: text(500).optional().meta({ description: 'Why; kept with the order.' }),
  ...seenVersion,
};

export const recordManualPayment = defineRoute({
  operationId: 'recordManualPayment',
  method: 'post',
  path: '/v1/orders/{id}/manual-payments',
  scope: 'ops',
  summary: 'Record money that was received without the gateway: cash, a bank transfer, a cheque',
  params: orderPath,
  body: z.strictObject({
    ...byHand,
    receivedOn: pastDay.meta({ description: 'The day on which it was received.' }),
  }),
  answers: {
    200: { description: 'The order; recorded now or before.', schema: orderSchema },
    202: { description: 'The order; it is not taken up yet.', schema: orderSchema },
  },
  problems: ['order_not_found', 'manual_reference_reused', 'amount_out_of_range', 'order_changed'],
  async run({ params: { id }, body: { receivedOn, ...body }, ...sender }, dependencies) {
    await requireOrder(dependencies, id);
    const payload = { ...moneyOf(body, receivedOn), ...decidedOn(body) };
    const command = { orderId: id, name: 'manual_payment', payload } as const;
    return answerWithOrder(await submit(dependencies, sender, command));
  },
});

export const recordManualRefund = defineRoute({
  operationId: 'recordManualRefund',
  method: 'post',
  path: '/v1/orders/{id}/manual-refunds',
  scope: 'ops',
  summary: 'Record money that was given back without the gateway, such as after a refund bounced',
  params: orderPath,
  body: z.strictObject({
    ...byHand,
    returnedOn: pastDay.meta({ description: 'The day on which it was given back.' }),
    paymentId: visibleId.optional().meta({
      description:
        'Whose money it is; without it, money that waits to be given back comes first, then what was received by hand.',
    }),
  }),
  answers: {
    200: { description: 'The order; recorded now or before.', schema: orderSchema },
    202: { description: 'The order; it is not taken up yet.', schema: orderSchema },
  },
  problems: [
    'order_not_found',
    'order_disputed',
    'refund_exceeds_captured',
    'refund_exceeds_payment',
    'payment_unknown',
    'manual_reference_reused',
    'amount_out_of_range',
    'order_changed',
  ],
  async run({ params: { id }, body: { returnedOn, paymentId, ...body }, ...sender }, dependencies) {
    await requireOrder(dependencies, id);
    const payment = paymentId === undefined ? {} : { paymentId };
    const payload = { ...moneyOf(body, returnedOn), ...payment, ...decidedOn(body) };
    const command = { orderId: id, name: 'manual_refund', payload } as const;
    return answerWithOrder(await submit(dependencies, sender, command));
  },
});

function moneyOf(
  { method, reference, amount, note }: z.infer<z.ZodObject<typeof byHand>>,
  on: string,
): ByHand {
  const why = note === undefined ? {} : { note };
  return { method, reference, amountMinor: amount, on, ...why };
}
