/** What an order asks of Mollie. */
import {
  type CreatedPayment,
  type CreatePayment,
  decimalOfMinor,
  type FetchedPayments,
  type FetchPayments,
  type Gateway,
  GatewayOutcomeUnknown,
  type GatewayPayment,
  GatewayRefusal,
  INSTALLATION_FIELD,
  type RefundPayment,
  type RefundSnapshot,
} from 'payonce/gateway';
import type { Amount, MollieClient } from './client.ts';
import { type Payment, type Refund, refundSnapshotOf, snapshotOf, textIn } from './payloads.ts';
import { webhookAddress } from './webhook.ts';

interface Mollie {
  client: MollieClient;
  webhookSecrets: readonly string[];
  webhookUrl: string;
  redirectUrl: string;
}

/** A create whose answer was lost is harmless: it cannot be paid without its checkout's address. */
export async function createPayment(
  { client, webhookSecrets, webhookUrl, redirectUrl }: Mollie,
  request: CreatePayment,
): Promise<CreatedPayment> {
  const { orderId, installationId, attempt, amountMinor, currency, details } = request;
  // A try that has failed at Mollie cannot be paid any more; one that was paid all the same needs no other.
  for (const earlier of request.supersedes ?? []) {
    const payment = await findSnapshot(client, earlier);
    if (payment?.status === 'captured' || payment?.status === 'pending')
      return { payment, checkout: {} };
  }
  const body = {
    amount: amountOf(amountMinor, currency),
    description: details?.description ?? orderId,
    redirectUrl: `${redirectUrl}?${new URLSearchParams({ orderId })}`,
    webhookUrl: webhookAddress(webhookUrl, orderId, webhookSecrets),
    metadata: { orderId, [INSTALLATION_FIELD]: installationId, attempt: String(attempt) },
    ...(request.capture === 'manual' && { captureMode: 'manual' }),
  };
  const payment = await client.createPayment(body, request.idempotencyKey);
  const url = payment._links?.checkout?.href;
  if (url === undefined) return { payment: await completed(client, payment), checkout: {} };
  return { payment: snapshotOf(payment, [], []), checkout: { url } };
}

export async function fetchPayments(
  client: MollieClient,
  { paymentIds }: FetchPayments,
): Promise<FetchedPayments> {
  // Mollie has no list by order; a payment whose creation was not answered has no customer.
  const found = await Promise.all(paymentIds.map((id) => findSnapshot(client, id)));
  return {
    payments: found.filter((payment) => payment !== null),
    missing: paymentIds.filter((_, index) => found[index] === null),
  };
}

/** What is left of an authorization after a part was captured is released: the payment is then paid. */
export async function capturePayment(
  client: MollieClient,
  { paymentId, amountMinor, idempotencyKey }: Parameters<Gateway['capturePayment']>[0],
): Promise<GatewayPayment> {
  const payment = await requirePayment(client, paymentId);
  const { currency } = payment.amount;
  if (payment.status === 'paid') return completed(client, payment);
  if (payment.amountCaptured == null || Number(payment.amountCaptured.value) === 0)
    await client.capture(paymentId, amountOf(amountMinor, currency), idempotencyKey);
  const left = await requirePayment(client, paymentId);
  if (left.status === 'authorized')
    await client.releaseAuthorization(paymentId, `${idempotencyKey}-rest`);
  return completed(client, await requirePayment(client, paymentId));
}

/**
 * Ends a payment where Mollie can. With most methods it cannot while the customer is at the bank: the payment is
 * answered as it is, and expires by itself.
 */
export async function voidPayment(
  client: MollieClient,
  { paymentId, idempotencyKey }: Parameters<Gateway['voidPayment']>[0],
): Promise<GatewayPayment> {
  const payment = await requirePayment(client, paymentId);
  if (payment.status === 'authorized') await client.releaseAuthorization(paymentId, idempotencyKey);
  else if (payment.isCancelable)
    await unlessFaster(client.cancelPayment(paymentId, idempotencyKey));
  return completed(client, await requirePayment(client, paymentId));
}

/** A customer who paid meanwhile makes Mollie refuse to cancel: what counts is the payment as it then is. */
async function unlessFaster(canceled: Promise<void>): Promise<void> {
  try {
    await canceled;
  } catch (error) {
    if (!(error instanceof GatewayRefusal) || error.isGone) throw error;
  }
}

/** Mollie remembers a key for an hour; the key is in the metadata too, so that a refund is found long after. */
export async function refundPayment(
  client: MollieClient,
  { paymentId, amountMinor, currency, idempotencyKey }: RefundPayment,
): Promise<RefundSnapshot> {
  const earlier = await client.listRefunds(paymentId);
  const made = earlier.find((refund) => textIn(refund, 'idempotencyKey') === idempotencyKey);
  if (made !== undefined) return knownRefund(made, paymentId);
  const body = { amount: amountOf(amountMinor, currency), metadata: { idempotencyKey } };
  return knownRefund(await client.refund(paymentId, body, idempotencyKey), paymentId);
}

function knownRefund(refund: Refund, paymentId: string): RefundSnapshot {
  const snapshot = refundSnapshotOf(refund, paymentId);
  if (snapshot !== null) return snapshot;
  throw new GatewayOutcomeUnknown('Mollie says of a refund what is not known');
}

async function findSnapshot(client: MollieClient, id: string): Promise<GatewayPayment | null> {
  const payment = await client.findPayment(id);
  return payment === null ? null : completed(client, payment);
}

async function requirePayment(client: MollieClient, id: string): Promise<Payment> {
  const payment = await client.findPayment(id);
  if (payment === null)
    throw new GatewayRefusal('not_found', `Mollie has no ${id}`, { isGone: true });
  return payment;
}

/** Only what was paid can go back. */
async function completed(client: MollieClient, payment: Payment): Promise<GatewayPayment> {
  if (payment.status !== 'paid') return snapshotOf(payment, [], []);
  const [refunds, chargebacks] = await Promise.all([
    client.listRefunds(payment.id),
    client.listChargebacks(payment.id),
  ]);
  return snapshotOf(payment, refunds, chargebacks);
}

function amountOf(amountMinor: number, currency: string): Amount {
  return { currency, value: decimalOfMinor(amountMinor, currency) };
}
