/**
 * Separates Razorpay's definite no from an answer that leaves the outcome unknown. Razorpay has one error
 * code for nearly everything, so what it means is read from its published descriptions: razorpay.com/docs/api/refunds
 * (Errors), razorpay.com/docs/payments/refunds/errors and the error index of its orders, as of 2026-11.
 */
import { z } from 'zod';
import {
  GatewayMisconfigured,
  GatewayOutcomeUnknown,
  GatewayRefusal,
  isKeyRefused,
} from '../gateway.ts';

const errorSchema = z.object({
  error: z.object({
    code: z.string(),
    description: z.string().nullish(),
    reason: z.string().nullish(),
  }),
});

/** Answers that may be other ones next time: time-out, key in progress, too early, too many. */
const TRANSIENT_STATUSES = new Set([408, 409, 425, 429]);

const CODES: readonly (readonly [RegExp, string])[] = [
  [/different request with the same idempotency key/i, 'idempotency_key_reused'],
  [/fully refunded already|refund has already been processed/i, 'payment_fully_refunded'],
  [/greater than (the )?(amount captured|unrefunded amount)/i, 'refund_exceeds_captured'],
  [/total refund amount is greater/i, 'refund_exceeds_captured'],
  [/not have enough (balance|credits)|insufficient balance/i, 'balance_insufficient'],
  [/more than \d+ months? old|older than \w+ months/i, 'payment_too_old'],
  [/blocked due to ongoing dispute/i, 'refund_disputed_payment'],
  [/partial refund is currently not supported/i, 'partial_refund_unsupported'],
  [/refund is (currently )?not supported/i, 'refund_unsupported'],
  [/refunds cannot be created on your account/i, 'refunds_disabled'],
  [/status should be captured/i, 'payment_not_captured'],
  [/already been captured|order is already paid/i, 'payment_already_captured'],
  [/must be at least|less than minimum amount/i, 'amount_below_minimum'],
  [/exceeds (the )?maximum amount/i, 'amount_above_maximum'],
  [/id provided does not exist|is not a valid id/i, 'not_found'],
  [/receipt should be unique/i, 'receipt_taken'],
];

/** Answered with 400, and another one after the other call has ended; our refund's receipt is found then. */
const OF_THE_MOMENT = /another payment operation is in progress|duplicate receipt found/i;

/** Razorpay documents both 400 and 409 for a key that came with another body: the text decides. */
const FINAL_CONFLICTS: ReadonlySet<string> = new Set(['idempotency_key_reused']);

const BAD_REQUEST = 400;
/** They concern this call, not the payment: another attempt has a key of its own. */
const OF_THE_CALL: ReadonlySet<string> = new Set([
  'idempotency_key_reused',
  'receipt_taken',
  'not_found',
]);

/** They imply a refund or a dispute that the order may not know yet. */
const OF_A_LATER_STATE: ReadonlySet<string> = new Set([
  'payment_fully_refunded',
  'refund_exceeds_captured',
  // Of a payment that was captured, it says that all of it went back.
  'payment_not_captured',
  'refund_disputed_payment',
]);

/** The error for an answer with status 400 or above. It repeats nothing of what was sent. */
export function errorOf(status: number, body: unknown): GatewayRefusal | GatewayOutcomeUnknown {
  if (isKeyRefused(status))
    return new GatewayMisconfigured('Razorpay', {
      status,
      variables: 'RAZORPAY_KEY_ID and RAZORPAY_KEY_SECRET',
    });
  const error = errorIn(body);
  const code = codeOf(status, error);
  const isTransient =
    status >= 500 || TRANSIENT_STATUSES.has(status) || OF_THE_MOMENT.test(error?.description ?? '');
  if (isTransient && !FINAL_CONFLICTS.has(code))
    return new GatewayOutcomeUnknown(`Razorpay answered ${status}`);
  const isUnpayable = status === BAD_REQUEST && !OF_THE_CALL.has(code);
  const isOutdated = OF_A_LATER_STATE.has(code);
  return new GatewayRefusal(code, `Razorpay refused: ${code}`, { isUnpayable, isOutdated });
}

function errorIn(body: unknown): z.infer<typeof errorSchema>['error'] | null {
  const parsed = errorSchema.safeParse(body);
  return parsed.success ? parsed.data.error : null;
}

function codeOf(status: number, error: ReturnType<typeof errorIn>): string {
  if (error === null) return `http_${status}`;
  const { code, description, reason } = error;
  const known = CODES.find(([pattern]) => pattern.test(description ?? ''));
  if (known !== undefined) return known[1];
  const given = reason && reason !== 'NA' ? reason : code;
  return /^\w{1,64}$/.test(given) ? given.toLowerCase() : `http_${status}`;
}
