/** What an order asks of the sandbox gateway. Its calls are repeated under their keys without harm. */
import {
  type CreatedPayment,
  type CreatePayment,
  type FetchedPayments,
  type FetchPayments,
  type GatewayPayment,
  GatewayRefusal,
  INSTALLATION_FIELD,
  type SingleEventGateway,
} from '../gateway.ts';
import type { SandboxClient } from './client.ts';
import { snapshotOf } from './payloads.ts';

export async function createPayment(
  client: SandboxClient,
  { orderId, installationId, amountMinor, currency, capture, idempotencyKey }: CreatePayment,
): Promise<CreatedPayment> {
  const metadata = { [INSTALLATION_FIELD]: installationId };
  const byHand = capture === undefined ? {} : { capture };
  const body = { orderId, amount: amountMinor, currency, metadata, ...byHand };
  const payment = await client.createPayment(body, idempotencyKey);
  return { payment: snapshotOf(payment), checkout: { url: payment.checkoutUrl ?? '' } };
}

export async function fetchPayments(
  client: SandboxClient,
  { orderId, paymentIds }: FetchPayments,
): Promise<FetchedPayments> {
  const listed = await client.listPayments(orderId);
  const known = new Set(listed.map((payment) => payment.id));
  const asked = paymentIds.filter((paymentId) => !known.has(paymentId));
  const found = await Promise.all(asked.map((paymentId) => client.findPayment(paymentId)));
  return {
    payments: [...listed, ...found.filter((payment) => payment !== null)].map(snapshotOf),
    missing: asked.filter((_, i) => found[i] === null),
  };
}

export async function capturePayment(
  client: SandboxClient,
  { paymentId, amountMinor, idempotencyKey }: Parameters<SingleEventGateway['capturePayment']>[0],
): Promise<GatewayPayment> {
  const payment = await client.findPayment(paymentId);
  if (payment === null) throw new GatewayRefusal('payment_not_found', `no ${paymentId}`);
  if (payment.status === 'captured') return snapshotOf(payment);
  // Without an amount the gateway captures what is left: nothing, when another capture was faster.
  const part = amountMinor === payment.amount ? undefined : amountMinor;
  return snapshotOf(await client.capture(paymentId, part, idempotencyKey));
}
