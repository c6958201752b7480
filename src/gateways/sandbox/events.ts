/** The sandbox gateway's events, which are the domain's facts under the same names. */
import { z } from 'zod';
import {
  CAPTURE_FACTS,
  DISPUTE_FACTS,
  type Fact,
  PAYMENT_FACTS,
  REFUND_FACTS,
} from '../../domain/facts/facts.ts';
import { type EventMessage, INSTALLATION_FIELD } from '../gateway.ts';
import { withTime } from '../occurred-at.ts';
import { respondBy, respondByOf } from './payloads.ts';

const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
const money = {
  paymentId: id,
  orderId: z.string().nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  amount: z.number().int().positive().max(Number.MAX_SAFE_INTEGER),
  currency: z.string().regex(/^[A-Z]{3}$/),
};

const factSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.enum([...PAYMENT_FACTS, ...CAPTURE_FACTS]),
    data: z.object({ ...money, captureId: id.optional() }),
  }),
  z.object({ type: z.enum(REFUND_FACTS), data: z.object({ ...money, refundId: id }) }),
  z.object({ type: z.enum(DISPUTE_FACTS), data: z.object({ ...money, disputeId: id, respondBy }) }),
]);
const KNOWN_TYPES: ReadonlySet<string> = new Set([
  ...PAYMENT_FACTS,
  ...CAPTURE_FACTS,
  ...REFUND_FACTS,
  ...DISPUTE_FACTS,
]);
const envelopeSchema = z.object({
  type: z.string(),
  timestamp: z.iso.datetime().optional().catch(undefined),
});

export function messageOf(eventId: string, body: unknown): EventMessage {
  const envelope = envelopeSchema.safeParse(body);
  if (!envelope.success) return unprocessable(eventId, 'the body has no type');
  if (!KNOWN_TYPES.has(envelope.data.type))
    return { kind: 'ignored', eventId, reason: 'unknown_type' };
  const event = factSchema.safeParse(body);
  if (!event.success) {
    const field = event.error.issues[0]?.path.join('.') ?? 'body';
    return unprocessable(eventId, `${field} is missing or wrong`);
  }
  const { orderId, metadata, amount, ...rest } = event.data.data;
  const { respondBy: until, ...data } = { respondBy: null, ...rest };
  const deadline = respondByOf(until);
  const fact = { type: event.data.type, ...data, amountMinor: amount, ...deadline } as Fact;
  const installationId = metadata?.[INSTALLATION_FIELD];
  const { timestamp } = envelope.data;
  return withTime(
    {
      kind: 'fact',
      eventId,
      orderId: orderId ?? null,
      ...(installationId !== undefined && { installationId }),
      fact,
    },
    timestamp === undefined ? undefined : Date.parse(timestamp),
  );
}

function unprocessable(eventId: string, reason: string): EventMessage {
  return { kind: 'unprocessable', eventId, code: 'event_unprocessable', reason };
}
