/** What Adyen's API answers, as schemas with only the fields that we need, and what it means. */
import { z } from 'zod';
import type { SnapshotStatus } from '../../domain/facts/facts.ts';
import { GatewayOutcomeUnknown, type GatewayPayment } from '../gateway.ts';
import { named } from '../unknown-word.ts';
import { fromAdyenAmount } from './amounts.ts';
import { readReference } from './reference.ts';

export const amountSchema = z.object({
  value: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER),
  currency: z.string().regex(/^[A-Z]{3}$/),
});

/** A link's id, or what Adyen calls a pspReference. */
export const adyenId = z.string().regex(/^[A-Za-z0-9]{1,64}$/);

export const linkSchema = z.object({
  id: adyenId,
  reference: z.string(),
  amount: amountSchema,
  status: z.string(),
  url: z.string().min(1),
});
export type PaymentLink = z.infer<typeof linkSchema>;

/** Accepted to be done: what became of it, a webhook says. */
export const receivedSchema = z.object({ pspReference: adyenId, status: z.literal('received') });

/**
 * What calls about a payment have to name: its link as long as nobody has paid it, and Adyen's own payment from its
 * authorization on, which a webhook tells of.
 */
export interface AdyenIds {
  link?: string;
  payment?: string;
}

const STATUSES: ReadonlyMap<string, SnapshotStatus> = new Map([
  ['active', 'created'],
  ['expired', 'expired'],
  ['paymentPending', 'pending'],
  // Somebody has paid. How much, and whether it was authorized, the link does not say.
  ['completed', 'pending'],
  ['paid', 'pending'],
]);

/** @param status where it is known better than by the link */
export function snapshotOf(link: PaymentLink, status?: SnapshotStatus): GatewayPayment {
  const { reference, amount } = link;
  const amountMinor = fromAdyenAmount(amount);
  if (amountMinor === null)
    throw new GatewayOutcomeUnknown('Adyen answered an amount that its currency does not have');
  const owner = readReference(reference);
  const known = STATUSES.get(link.status);
  const ids: AdyenIds = { link: link.id };
  return {
    paymentId: reference,
    gatewayIds: { ...ids },
    orderId: owner?.orderId ?? null,
    installationId: owner?.installationId ?? null,
    status: status ?? known ?? 'created',
    amountMinor,
    currency: amount.currency,
    captures: [],
    refunds: [],
    disputes: [],
    ...(known === undefined && {
      unknown: [`the status ${named(link.status)} of the payment link ${link.id}`],
    }),
  };
}
