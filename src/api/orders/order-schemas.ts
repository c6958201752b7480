/** The order on the wire. The type that answers is made from it, so that the document cannot lie. */
import { z } from 'zod';
import { ORDER_STATES } from '../../domain/order.ts';
import { orderId } from '../http/request-schemas.ts';
import { addressSchema, shippingSchema } from './new-order-schema.ts';

const minorUnits = z.int().meta({ description: 'Minor units of the currency.' });
const time = z.iso.datetime();

/** What was neither asked for nor paid to the order, and explains the difference. */
const amountsOfGateway = {
  amountDiscounted: minorUnits.meta({
    description:
      'Minor units that the gateway let the customer off, such as an offer of a bank: with amountPaid, all that was due.',
  }),
  amountFees: minorUnits.meta({
    description: 'Minor units that the customer paid to the gateway on top; no money of the order.',
  }),
};

const amountAuthorized = minorUnits.meta({
  description: 'Minor units that the gateway holds and has not captured.',
});

export const paymentSchema = z
  .object({
    id: z.string().nullable().meta({ description: "The gateway's id, once it has given one." }),
    attempt: z.int().nullable(),
    status: z.enum([
      'created',
      'pending',
      'authorized',
      'captured',
      'failed',
      'expired',
      'voided',
      'gone',
      'unknown',
    ]),
    amount: minorUnits,
    amountRefunded: minorUnits,
    amountAuthorized,
    captureBefore: time.nullable().meta({
      description:
        'Until when the gateway holds what waits to be captured by hand; null where nothing waits, or where it does not say.',
    }),
    ...amountsOfGateway,
    checkout: z
      .record(z.string(), z.string())
      .nullable()
      .meta({ description: 'What the frontend needs to go on.' }),
    manual: z
      .object({ reference: z.string(), method: z.string(), receivedOn: z.iso.date() })
      .nullable()
      .meta({
        description: 'How the shop received it itself; null for a payment through the gateway.',
      }),
  })
  .meta({ id: 'Payment' });

export const refundSchema = z
  .object({
    id: z.string(),
    refundId: z
      .string()
      .nullable()
      .meta({ description: "The gateway's id, once it has given one." }),
    paymentId: z.string(),
    status: z.enum(['requested', 'refused', 'pending', 'succeeded', 'failed', 'reversed']),
    amount: minorUnits,
    currency: z.string(),
    origin: z.enum(['api', 'gateway', 'manual']),
    reason: z.string().nullable(),
    refusal: z
      .string()
      .nullable()
      .meta({ description: "The gateway's code for why it refused; null where it did not." }),
    manual: z
      .object({ reference: z.string(), method: z.string(), returnedOn: z.iso.date() })
      .nullable()
      .meta({
        description: 'How it was given back by hand; null for a refund through the gateway.',
      }),
  })
  .meta({ id: 'Refund' });

/** What a refund call answers: one refund for each payment that it took. */
export const madeRefundSchema = refundSchema
  .extend({ parts: z.array(refundSchema) })
  .meta({ id: 'MadeRefund' });

export type MadeRefund = z.infer<typeof madeRefundSchema>;
export type Refund = z.infer<typeof refundSchema>;

const disputeSchema = z.object({
  id: z.string(),
  paymentId: z.string(),
  amount: minorUnits,
  status: z.string(),
});

const reviewSchema = z.object({
  id: z.string(),
  reason: z.string(),
  status: z.string(),
  version: z.int(),
  openedAt: time,
  note: z.string().nullable(),
});

const effectSchema = z.object({
  key: z.string(),
  effect: z.string(),
  status: z.enum(['pending', 'done', 'failed']),
  attempts: z.int(),
  error: z.string().nullable().meta({ description: 'Of the last try, where it failed.' }),
  failingSince: time.nullable().meta({
    description: 'When the first try of a pending effect failed; null where none has.',
  }),
  nextTryAt: time.nullable(),
});

const gatewayFailureSchema = z
  .object({
    code: z.enum(['gateway_misconfigured', 'gateway_unreachable']),
    call: z.enum([
      'create_payment',
      'fetch_payments',
      'capture_payment',
      'void_payment',
      'refund_payment',
    ]),
    since: time,
    tries: z.int(),
    error: z.string(),
    nextTryAt: time.nullable(),
  })
  .meta({ id: 'GatewayFailure' });

export const orderSchema = z
  .object({
    id: orderId,
    state: z.enum(ORDER_STATES),
    version: z.int(),
    amount: minorUnits,
    currency: z.string(),
    capture: z.enum(['automatic', 'manual']).meta({
      description: '`manual`: what is authorized waits for the shop to capture or void it.',
    }),
    amountAuthorized,
    amountPaid: minorUnits,
    amountRefunded: minorUnits,
    ...amountsOfGateway,
    amountWrittenOff: minorUnits.meta({
      description: 'Minor units that the shop did without, as the order was paid short.',
    }),
    gateway: z.string(),
    customer: z.object({
      id: z.string(),
      email: z.string().optional(),
      name: z.string().optional(),
      address: addressSchema.optional(),
    }),
    shipping: shippingSchema.optional(),
    description: z.string().optional(),
    metadata: z.record(z.string(), z.string()),
    payments: z.array(paymentSchema),
    refunds: z.array(refundSchema),
    disputes: z.array(disputeSchema),
    reviews: z.array(reviewSchema),
    effects: z.array(effectSchema),
    gatewayFailure: gatewayFailureSchema.nullable().meta({
      description:
        'Calls that the gateway has not answered since it last did; null while it answers.',
    }),
    counters: z.object({ duplicates: z.int(), stale: z.int(), rejected: z.int() }),
    late: z.boolean(),
    expiresAt: time,
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Order' });

export const syncedSchema = z
  .object({
    changes: z.array(z.string()).meta({
      description: 'What the order had not known, one line each; empty where it knew all.',
    }),
    order: orderSchema,
  })
  .meta({ id: 'SyncedOrder' });

export type Order = z.infer<typeof orderSchema>;
export type Payment = z.infer<typeof paymentSchema>;
