/**
 * What Stripe's errors mean: a refusal only where Stripe has said no and would say it again. Stripe's own
 * words stay here, as they may repeat what a customer typed.
 */
import { Stripe } from 'stripe';
import {
  GatewayMisconfigured,
  GatewayOutcomeUnknown,
  GatewayRefusal,
  isKeyRefused,
} from '../gateway.ts';

const { StripeError, StripeCardError, StripeIdempotencyError, StripeInvalidRequestError } =
  Stripe.errors;

/** A refusal that Stripe had saved under our key, and will repeat until it forgets the key. */
export class SavedRefusal extends GatewayRefusal {}

/** The error of a call to Stripe; whatever is not Stripe's comes back as it is. */
export function failureOf(what: string, error: unknown): unknown {
  if (!(error instanceof StripeError)) return error;
  const { statusCode, requestId } = error;
  const code = codeOf(error);
  if (isKeyRefused(statusCode))
    return new GatewayMisconfigured('Stripe', {
      status: Number(statusCode),
      variables: 'STRIPE_SECRET_KEY',
    });
  const summary = `Stripe, asked to ${what}: ${code} (status ${statusCode}, request ${requestId})`;
  const isSaved = error.headers?.['idempotent-replayed'] === 'true';
  // Its own breakdown is saved as well. What became of the call is for a person to look up.
  if (isSaved && isBreakdown(statusCode)) return new SavedRefusal('outcome_unknown', summary);
  if (!isDefinite(error)) return new GatewayOutcomeUnknown(summary);
  // Only a card is declined; a request that is wrong in itself stays wrong, no matter who pays.
  const isUnpayable = error instanceof StripeInvalidRequestError;
  const isGone = isUnpayable && code === 'resource_missing';
  const kind = { isUnpayable, isGone, isOutdated: OF_A_LATER_STATE.has(code) };
  return isSaved ? new SavedRefusal(code, summary, kind) : new GatewayRefusal(code, summary, kind);
}

/** Some refusals of a refund have no code, and Stripe's own words never leave this file. */
function codeOf({ code, message, rawType, type }: InstanceType<typeof StripeError>): string {
  const [, ours] = WITHOUT_CODE.find(([words]) => words.test(message)) ?? [];
  return code ?? ours ?? rawType ?? type;
}

const WITHOUT_CODE: readonly (readonly [RegExp, string])[] = [
  [/greater than unrefunded amount/i, 'refund_exceeds_unrefunded'],
  [/insufficient funds in your .*balance to refund/i, 'balance_insufficient'],
];

/** Codes that imply a refund or a dispute that the order may not know yet. */
const OF_A_LATER_STATE: ReadonlySet<string> = new Set([
  'charge_already_refunded',
  'charge_disputed',
  'refund_disputed_payment',
  'refund_exceeds_unrefunded',
]);

function isBreakdown(statusCode = 0): boolean {
  return statusCode >= 500;
}

/**
 * The SDK's classes follow the status: 400, 402 and 404 here. A key in use (409) and too many calls (429)
 * are none of these: the same call may yet go through. A wrong API key (401, 403) never comes here.
 */
function isDefinite(error: InstanceType<typeof StripeError>): boolean {
  return (
    error instanceof StripeCardError ||
    error instanceof StripeInvalidRequestError ||
    error instanceof StripeIdempotencyError
  );
}
