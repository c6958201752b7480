/** The Payments, Refunds and Disputes APIs, as a shop's server uses them. */
import { collection, NO_SUCH_ID, ok, refused } from './answers.ts';
import type { Life } from './life.ts';
import type { Answer, World } from './world.ts';

type Body = Record<string, unknown>;

export function getPayment(world: World, paymentId: string): Answer {
  const payment = world.payments.get(paymentId);
  return payment === undefined ? NO_SUCH_ID : ok(payment);
}

export function capturePayment(
  world: World,
  life: Life,
  paymentId: string,
  { amount, currency }: Body,
): Answer {
  const payment = world.payments.get(paymentId);
  if (payment === undefined) return NO_SUCH_ID;
  if (payment.captured) return refused('This payment has already been captured');
  if (payment.status !== 'authorized')
    return refused('Only payments which have been authorized and not yet captured can be captured');
  if (payment.amount !== amount || payment.currency !== currency)
    return refused('Capture amount must be equal to the amount authorized');
  life.capture(paymentId);
  return ok(payment);
}

const REUSED_KEY = 'Different request with the same idempotency key has already been processed.';
const KEY_FORM = /^[A-Za-z0-9_-]+$/;

/**
 * Under a key the same body is answered as before, another one is refused, and one that comes while the
 * first is under way is told so. `meanwhile` is the time that the refund takes.
 */
export async function refundPayment(
  world: World,
  { key, paymentId, body }: { key: string | undefined; paymentId: string; body: Body },
  refund: () => Answer,
  { meanwhile, reusedKeyStatus }: { meanwhile: () => Promise<void>; reusedKeyStatus: number },
): Promise<Answer> {
  if (key === undefined) return refund();
  if (key.length < 10) return refused('The idempotency key must be at least 10 characters long.');
  if (!KEY_FORM.test(key))
    return refused('The idempotency key must only contain alphanumeric characters, _ and -');
  const request = JSON.stringify([paymentId, body]);
  const before = world.keys.get(key);
  if (before === undefined) {
    const remembered = { request, answer: null as Answer | null };
    world.keys.set(key, remembered);
    await meanwhile();
    remembered.answer = refund();
    return remembered.answer;
  }
  if (before.request !== request) return refused(REUSED_KEY, 'NA', reusedKeyStatus);
  return (
    before.answer ??
    refused('Another request with the same idempotency key is still in progress.', 'NA', 409)
  );
}

export function makeRefund(world: World, life: Life, paymentId: string, body: Body): Answer {
  const payment = world.payments.get(paymentId);
  if (payment === undefined) return NO_SUCH_ID;
  if (!payment.captured) return refused('The payment status should be captured for action');
  const why = world.unrefundable.get(paymentId);
  if (why !== undefined) return refused(why);
  if (payment.refund_status === 'full')
    return refused('The payment has been fully refunded already');
  const amount = Number(body.amount ?? payment.amount - payment.amount_refunded);
  if (amount > payment.amount - payment.amount_refunded)
    return refused('The refund amount provided is greater than amount captured');
  return ok(life.refund(paymentId, amount, String(body.receipt ?? '') || null));
}

export function listRefunds(world: World, paymentId: string): Answer {
  if (!world.payments.has(paymentId)) return NO_SUCH_ID;
  return collection([...world.refunds.values()].filter((r) => r.payment_id === paymentId));
}

export function listDisputes(world: World, query: URLSearchParams): Answer {
  const skip = Number(query.get('skip') ?? 0);
  const count = Number(query.get('count') ?? 10);
  const since = [...world.disputes.values()].filter(
    ({ created_at }) => created_at >= Number(query.get('from') ?? 0),
  );
  return collection(since.slice(skip, skip + count));
}
