/** The order on the wire. The type that answers is made from it, so that the document cannot lie. */
import { z } from 'zod';
import { ORDER_STATES } from '../../domain/order.ts';
import { orderId } from '../http/request-schemas.ts';
import { shownLineFields } from './line-items.ts';
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
    attempt: z.int().nullable().meta({
      description:
        'Which try of the order it is, from 1; null for a payment that the order did not ask for.',
    }),
    status: z
      .enum([
        'created',
        'pending',
        'authorized',
        'captured',
        'failed',
        'expired',
        'voided',
        'gone',
        'unknown',
      ])
      .meta({ description: 'What has become of it at the gateway.' }),
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
      .object({
        reference: z.string(),
        method: z.string(),
        receivedOn: z.iso.date().meta({ description: 'The day on which it was received.' }),
      })
      .nullable()
      .meta({
        description: 'How the shop received it itself; null for a payment through the gateway.',
      }),
  })
  .meta({ id: 'Payment' });

export const refundSchema = z
  .object({
    id: z.string().meta({ description: 'The id that this API gave it.' }),
    refundId: z
      .string()
      .nullable()
      .meta({ description: "The gateway's id, once it has given one." }),
    paymentId: z.string(),
    status: z
      .enum(['requested', 'refused', 'pending', 'succeeded', 'failed', 'reversed'])
      .meta({ description: 'What has become of it.' }),
    amount: minorUnits,
    currency: z.string(),
    origin: z.enum(['api', 'gateway', 'manual']).meta({
      description:
        'Who began it: a call of this API, somebody at the gateway, or a person by hand.',
    }),
    reason: z.string().nullable().meta({ description: 'As it was given with the request.' }),
    refusal: z
      .string()
      .nullable()
      .meta({ description: "The gateway's code for why it refused; null where it did not." }),
    manual: z
      .object({
        reference: z.string(),
        method: z.string(),
        returnedOn: z.iso.date().meta({ description: 'The day on which it was given back.' }),
      })
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
  id: z.string().meta({ description: "The dispute's id at the gateway." }),
  paymentId: z.string(),
  amount: minorUnits,
  status: z.string().meta({ description: 'inquiry, opened, won or lost.' }),
  respondBy: time.nullable().meta({
    description: 'Until when the shop may answer, at the gateway; null where no answer is awaited.',
  }),
});

const reviewSchema = z.object({
  id: z.string().meta({ description: 'Names the review.' }),
  reason: z.string().meta({ description: 'Why a person is asked.' }),
  status: z
    .string()
    .meta({ description: 'open, approved, rejected, or resolved by what came later.' }),
  version: z.int().meta({
    description: 'Rises when a later fact changes what is decided about; a decision names it.',
  }),
  openedAt: time.meta({ description: 'When it was opened.' }),
  note: z.string().nullable(),
});

const effectSchema = z.object({
  key: z.string().meta({ description: 'Its idempotency key; it is done at most once under it.' }),
  effect: z.string().meta({ description: 'What is done, such as issue_invoice.' }),
  status: z
    .enum(['pending', 'done', 'failed'])
    .meta({ description: 'Whether it is under way, done, or was refused for good.' }),
  attempts: z.int().meta({ description: 'How often it was tried.' }),
  error: z.string().nullable().meta({ description: 'Of the last try, where it failed.' }),
  failingSince: time.nullable().meta({
    description: 'When the first try of a pending effect failed; null where none has.',
  }),
  nextTryAt: time.nullable(),
});

const accessSchema = z
  .object({
    status: z.enum(['none', 'granted', 'held', 'revoked']).meta({
      description:
        'none: never granted; held: withheld until a dispute has ended; revoked: granted once, and not any more.',
    }),
    byHand: z.boolean().meta({
      description: 'Whether a person has decided it otherwise than the order would by itself.',
    }),
  })
  .meta({ id: 'Access' });

const gatewayFailureSchema = z
  .object({
    code: z
      .enum(['gateway_misconfigured', 'gateway_unreachable'])
      .meta({ description: 'Whether our settings are wrong, or the gateway does not answer.' }),
    call: z
      .enum([
        'create_payment',
        'fetch_payments',
        'capture_payment',
        'void_payment',
        'refund_payment',
      ])
      .meta({ description: 'What was asked of the gateway.' }),
    since: time.meta({ description: 'When the first of these calls failed.' }),
    tries: z.int().meta({ description: 'How many calls have failed since.' }),
    error: z.string().meta({ description: 'What the last one failed with.' }),
    nextTryAt: time.nullable(),
  })
  .meta({ id: 'GatewayFailure' });

const lostRunSchema = z
  .object({
    at: time.meta({ description: 'When it was noticed, and the order went on from its record.' }),
    how: z
      .enum(['terminated', 'cancelled', 'failed', 'timed_out', 'completed', 'reset', 'missing'])
      .meta({ description: 'How it ended; missing: Temporal knows no run of the order.' }),
    reason: z
      .string()
      .meta({ description: 'What happened, by whom and why, where that is known.' }),
  })
  .meta({ id: 'LostRun' });

export const orderSchema = z
  .object({
    id: orderId,
    state: z.enum(ORDER_STATES).meta({ description: 'What has become of the order.' }),
    version: z.int().meta({ description: 'Rises with every change that is shown.' }),
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
      id: z.string().meta({ description: "The customer's id, as the shop has it." }),
      email: z.string().optional(),
      name: z.string().optional(),
      address: addressSchema.optional(),
      erasedAt: time
        .optional()
        .meta({ description: 'When what the shop sent of the customer was erased.' }),
    }),
    access: accessSchema,
    shipping: shippingSchema.optional(),
    description: z.string().optional(),
    ...shownLineFields,
    metadata: z.record(z.string(), z.string()),
    payments: z
      .array(paymentSchema)
      .meta({ description: 'Every payment that counts for it, in order of attempt.' }),
    refunds: z.array(refundSchema).meta({ description: 'Money that went back or is to go back.' }),
    disputes: z
      .array(disputeSchema)
      .meta({ description: 'Money that a bank takes back, or has tried to.' }),
    reviews: z
      .array(reviewSchema)
      .meta({ description: 'Decisions that a person has made or has to make.' }),
    effects: z
      .array(effectSchema)
      .meta({ description: 'What follows outside of the order, and how far it is.' }),
    gatewayFailure: gatewayFailureSchema.nullable().meta({
      description:
        'Calls that the gateway has not answered since it last did; null while it answers.',
    }),
    lostRun: lostRunSchema.nullable().meta({
      description:
        'The last run of the order that Temporal ended or lost while it was open; null where none was.',
    }),
    counters: z
      .object({
        duplicates: z.int().meta({ description: 'The same again; without effect.' }),
        stale: z.int().meta({ description: 'Older than what was known.' }),
        rejected: z.int().meta({ description: 'Not allowed then.' }),
      })
      .meta({ description: 'Inputs that changed nothing.' }),
    late: z.boolean().meta({ description: 'Whether the money came after the order had failed.' }),
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
