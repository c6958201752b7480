/** Reads a webhook as far as that takes the gateway: what its signature is checked by, and whose payment it is about. */
import type {
  EventMessage,
  WebhookHeaders,
  WebhookMessage,
  WebhookQuery,
} from '../../gateways/gateway.ts';
import type { ConfiguredGateway } from '../../gateways/index.ts';

interface Given {
  gateway: ConfiguredGateway;
  raw: Buffer;
  headers: WebhookHeaders;
  query: WebhookQuery;
}

/** @throws WebhookRejection, GatewayOutcomeUnknown */
export async function readWebhook({
  gateway,
  raw,
  headers,
  query,
}: Given): Promise<WebhookMessage> {
  await gateway.prepareWebhook?.(headers);
  return gateway.readWebhook(raw, headers, query);
}

/**
 * Of an event that names a part of a payment alone, the payment and whose it is. No order knows such a part by its id
 * before it was told of it.
 *
 * @throws GatewayOutcomeUnknown
 */
export async function withOwner(
  gateway: ConfiguredGateway,
  message: EventMessage,
): Promise<EventMessage> {
  if (message.kind !== 'ask' || message.isPart !== true) return message;
  const { isPart: _, paymentId: part, eventId, ...rest } = message;
  const { payments } = await gateway.fetchPayments({ orderId: '', paymentIds: [part] });
  const [payment] = payments;
  if (payment === undefined) return { kind: 'ignored', eventId, reason: 'not_ours' };
  const { paymentId, orderId, installationId } = payment;
  return {
    ...rest,
    eventId,
    paymentId,
    orderId,
    ...(installationId !== null && { installationId }),
  };
}
