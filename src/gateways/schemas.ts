/** The shapes that a gateway is made of and that it answers with, for what comes from other people's code. */
import { z } from 'zod';
import { DISPUTE_STATUSES, LAST_TIME_MS } from '../domain/facts/facts.ts';
import type { EventMessage, GatewayPayment } from './gateway.ts';
import { WebhookRejection } from './gateway.ts';
import type { GatewayPackage } from './gateway-package.ts';

const amountMinor = z.number().int().positive().max(Number.MAX_SAFE_INTEGER);
const currency = z.string().regex(/^[A-Z]{3}$/, 'is no currency of ISO 4217, in capitals');
const id = z.string().min(1).max(255);
const gatewayIds = z.record(z.string().min(1).max(32), id);
const durationMs = z.number().int().positive();
const byCurrency = z.record(currency, z.number().int());
const withMeaning = { meaning: z.string().min(1), secret: z.literal(true).optional() };
const declared = {
  ...withMeaning,
  required: z.literal(true).optional(),
  inProductionOnly: z.string().optional(),
};

const settingSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('text'),
    ...declared,
    default: z.string().optional(),
    pattern: z.object({ matches: z.instanceof(RegExp), says: z.string() }).optional(),
  }),
  z.object({
    kind: z.literal('choice'),
    ...declared,
    choices: z.array(z.string()).min(1),
    default: z.string().optional(),
  }),
  z.object({ kind: z.literal('url'), ...declared, default: z.string().optional() }),
  z.object({ kind: z.literal('secrets'), ...declared }),
]);

/** Epoch milliseconds. */
const respondBy = z.number().int().positive().max(LAST_TIME_MS).optional();
const disputeStatus = z.enum(DISPUTE_STATUSES);

export const capabilitiesSchema = z.object({
  amounts: z.object({
    gateway: z.string().min(1),
    extraDecimals: byCurrency,
    minimum: byCurrency,
    step: byCurrency,
    maximum: z.number().positive(),
    maximumOf: byCurrency.optional(),
  }),
  currencies: z.array(currency).min(1).optional(),
  capture: z.object({ manual: z.boolean(), partial: z.boolean(), multiple: z.boolean() }),
  refund: z.object({ partial: z.boolean() }),
  void: z.enum(['final', 'noted', 'none']),
  idempotencyKeys: z.object({
    rememberedMs: durationMs,
    maxLength: z.number().int().min(32, 'is shorter than the keys of Payonce, which have 32'),
  }),
  expiry: z.object({
    paymentMs: durationMs.nullable(),
    authorizationMs: durationMs.nullable(),
  }),
  truth: z.enum(['read_back', 'webhooks']),
  webhooks: z.object({
    contentType: z.enum(['application/json', 'application/x-www-form-urlencoded']),
    batches: z.boolean(),
    answerWithinMs: durationMs.min(2_000, 'is less than the two seconds that an answer may take'),
  }),
  disputes: z.array(disputeStatus),
  settlements: z.object({ format: z.string().min(1) }).optional(),
});

/** A package of others; its version was looked at before. */
export const gatewayPackageSchema = z.object({
  interfaceVersion: z.literal(1),
  name: z
    .string()
    .max(32)
    .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'is not of a-z, 0-9 and - alone'),
  title: z.string().min(1),
  settings: z
    .record(z.string().regex(/^[a-z][A-Za-z0-9]*$/, 'is not in camel case'), settingSchema)
    .refine(
      (all) => Object.values(all).some(({ required }) => required),
      'has none that is required',
    ),
  isForDevelopment: z.literal(true).optional(),
  capabilities: capabilitiesSchema,
  refusalReasons: z.record(z.string(), z.string()).optional(),
  create: z.custom<GatewayPackage['create']>(
    (value) => typeof value === 'function',
    'is no function',
  ),
});

export const refundSchema = z.strictObject({
  refundId: id,
  paymentId: id,
  amountMinor,
  currency,
  status: z.enum(['pending', 'succeeded', 'failed', 'reversed']),
});

/** A payment in the answer of a gateway. */
export const gatewayPaymentSchema: z.ZodType<GatewayPayment> = z.strictObject({
  paymentId: id,
  aliases: z.array(id).optional(),
  gatewayIds: gatewayIds.optional(),
  orderId: z.string().nullable(),
  installationId: z.string().nullable(),
  status: z.enum(['created', 'pending', 'authorized', 'captured', 'failed', 'expired', 'voided']),
  amountMinor,
  currency,
  captures: z.array(
    z.strictObject({
      captureId: id,
      amountMinor,
      reversed: z.boolean(),
      feeMinor: z.number().int().nonnegative().optional(),
    }),
  ),
  refunds: z.array(refundSchema),
  disputes: z.array(
    z.strictObject({ disputeId: id, amountMinor, status: disputeStatus, respondBy }),
  ),
  expiresAt: z.number().int().positive().optional(),
  discountMinor: z.number().int().nonnegative().optional(),
  unknown: z.array(z.string()).optional(),
}) as z.ZodType<GatewayPayment>;

const money = { paymentId: id, amountMinor, currency, gatewayIds: gatewayIds.optional() };
const factSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.enum([
      'payment.pending',
      'payment.authorized',
      'payment.captured',
      'payment.failed',
      'payment.expired',
      'payment.voided',
    ]),
    ...money,
    captureId: id.optional(),
    mayIncludeFee: z.boolean().optional(),
  }),
  z.strictObject({ type: z.literal('capture.reversed'), ...money, captureId: id.optional() }),
  z.strictObject({
    type: z.enum(['refund.pending', 'refund.succeeded', 'refund.failed', 'refund.reversed']),
    ...money,
    refundId: id,
  }),
  z.strictObject({
    type: z.enum(['dispute.inquiry', 'dispute.opened', 'dispute.won', 'dispute.lost']),
    ...money,
    disputeId: id,
    respondBy,
  }),
  z.strictObject({ type: z.enum(['capture.refused', 'void.refused']), ...money, callId: id }),
]);

const about = {
  eventId: id,
  orderId: z.string().nullable(),
  installationId: z.string().optional(),
  occurredAt: z.number().int().positive().max(LAST_TIME_MS).optional(),
};

export const eventMessageSchema: z.ZodType<EventMessage> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('fact'), ...about, fact: factSchema }),
  z.strictObject({
    kind: z.literal('ask'),
    ...about,
    paymentId: id,
    isPart: z.literal(true).optional(),
  }),
  z.strictObject({
    kind: z.literal('ignored'),
    eventId: id,
    reason: z.enum(['other_mode', 'unknown_type', 'not_ours', 'other_account']),
  }),
  z.strictObject({
    kind: z.literal('unprocessable'),
    eventId: id,
    code: z.enum(['event_unprocessable', 'event_stale']),
    reason: z.string(),
  }),
]) as z.ZodType<EventMessage>;

/** What `readWebhook` answers. */
export const webhookMessageSchema = z.union([
  eventMessageSchema,
  z.strictObject({
    kind: z.literal('batch'),
    items: z.array(z.union([eventMessageSchema, z.instanceof(WebhookRejection)])),
  }),
]);

/** Where a value is wrong, and how; never the value itself. */
export function whereOf({ issues: [issue] }: z.ZodError): string {
  const where = issue?.path.join('.') || 'it';
  return `${where} ${issue?.message ?? 'is wrong'}`;
}
