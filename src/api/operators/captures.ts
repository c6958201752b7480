/** What an order with manual capture holds is captured or voided. */
import { z } from 'zod';
import { derivedId } from '../http/canonical-json.ts';
import { decidedOn, orderPath, partAmount, seenVersion, text } from '../http/request-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { orderSchema } from '../orders/order-schemas.ts';
import { answerWithOrder, requireOrder, submit } from '../orders/submit.ts';
import type { ProblemCode } from '../problems/problem-table.ts';

const note = text(500).optional().meta({ description: 'Why; kept with the order.' });

/** Why neither can be done. */
const NOTHING_TO_DO: ProblemCode[] = [
  'order_not_found',
  'order_already_paid',
  'order_closed',
  'nothing_authorized',
  'capture_in_progress',
  'order_changed',
];

export const captureOrder = defineRoute({
  operationId: 'captureOrder',
  method: 'post',
  path: '/v1/orders/{id}/captures',
  scope: 'ops',
  summary: 'Capture what is authorized: all of it, or a part where the gateway can',
  params: orderPath,
  body: z.strictObject({ amount: partAmount.optional(), note, ...seenVersion }),
  isIdempotencyKeyRequired: true,
  answers: {
    200: { description: 'The order, with what was captured.', schema: orderSchema },
    202: { description: 'The order; the gateway has not said yet.', schema: orderSchema },
  },
  problems: [
    ...NOTHING_TO_DO,
    'idempotency_key_missing',
    'order_in_review',
    'authorization_voided',
    'authorization_expired',
    'capture_exceeds_authorized',
    'capture_part_unsupported',
    'capture_refused',
    'amount_out_of_range',
  ],
  async run({ params: { id }, body: { amount, note: why, ...seen }, ...sender }, dependencies) {
    await requireOrder(dependencies, id);
    const payload = {
      // As of a refund: a retry after an API key was replaced is still the same capture.
      requestKey: derivedId('capture', sender.idempotencyKey ?? ''),
      ...(amount === undefined ? {} : { amountMinor: amount }),
      ...(why === undefined ? {} : { note: why }),
      ...decidedOn(seen),
    };
    const command = { orderId: id, name: 'capture', payload } as const;
    return answerWithOrder(await submit(dependencies, sender, command));
  },
});

export const voidOrder = defineRoute({
  operationId: 'voidOrder',
  method: 'post',
  path: '/v1/orders/{id}/void',
  scope: 'ops',
  summary: 'Void what is authorized and not captured; the order stays open',
  params: orderPath,
  body: z.strictObject({ note, ...seenVersion }),
  answers: {
    200: { description: 'The order; voided now or before.', schema: orderSchema },
    202: { description: 'The order; the gateway has not said yet.', schema: orderSchema },
  },
  problems: [...NOTHING_TO_DO, 'authorization_captured', 'void_refused'],
  async run({ params: { id }, body: { note: why, ...seen }, ...sender }, dependencies) {
    await requireOrder(dependencies, id);
    const payload = { ...(why === undefined ? {} : { note: why }), ...decidedOn(seen) };
    return answerWithOrder(
      await submit(dependencies, sender, { orderId: id, name: 'void', payload }),
    );
  },
});
