/**
 * What PayPal's errors mean: a refusal only where PayPal has said no and would say it again. The issues are those that its
 * OpenAPI files of Orders v2 and Payments v2 list. Its own words stay here, as they may repeat what was typed.
 */
import { z } from 'zod';
import {
  GatewayMisconfigured,
  GatewayOutcomeUnknown,
  GatewayRefusal,
  isKeyRefused,
} from '../gateway.ts';

const errorSchema = z.object({
  name: z.string().nullish(),
  details: z.array(z.object({ issue: z.string() })).nullish(),
});

const NOT_FOUND = 404;
/** Answers that may be other ones next time: time-out, another call in progress, too early, too many. */
const TRANSIENT_STATUSES = new Set([408, 409, 425, 429]);
/** The same, told with status 422. */
const OF_THE_MOMENT: ReadonlySet<string> = new Set(['order_completion_in_progress']);

/** The buyer's way to pay was refused, or the buyer has not agreed: another try may go well. */
const OF_THE_BUYER: ReadonlySet<string> = new Set([
  'card_expired',
  'compliance_violation',
  'instrument_declined',
  'max_number_of_payment_attempts_exceeded',
  'order_expired',
  'payer_account_locked_or_closed',
  'payer_account_restricted',
  'payer_action_required',
  'payer_cannot_pay',
  'payment_source_declined_by_processor',
  'payment_source_info_cannot_be_verified',
  'redirect_payer_for_alternate_funding',
  'transaction_refused',
]);

/** They imply a refund, a dispute, a capture or a void that the order may not know yet. */
const OF_A_LATER_STATE: ReadonlySet<string> = new Set([
  'authorization_already_captured',
  'authorization_voided',
  'capture_fully_refunded',
  'max_capture_amount_exceeded',
  'refund_amount_exceeded',
  'refund_not_permitted_due_to_chargeback',
  'transaction_disputed',
]);

/** The error for an answer with status 400 or above. It repeats nothing of what was sent. */
export function errorOf(status: number, body: string): GatewayRefusal | GatewayOutcomeUnknown {
  if (isKeyRefused(status)) return keyRefused(status);
  const code = codeIn(status, body);
  if (status >= 500 || TRANSIENT_STATUSES.has(status) || OF_THE_MOMENT.has(code))
    return new GatewayOutcomeUnknown(`PayPal answered ${status}: ${code}`);
  return new GatewayRefusal(code, `PayPal refused: ${code} (HTTP ${status})`, {
    isGone: status === NOT_FOUND,
    isUnpayable: status !== NOT_FOUND && !OF_THE_BUYER.has(code),
    isOutdated: OF_A_LATER_STATE.has(code),
  });
}

export function keyRefused(status: number): GatewayMisconfigured {
  return new GatewayMisconfigured('PayPal', {
    status,
    variables: 'PAYPAL_CLIENT_ID and PAYPAL_CLIENT_SECRET',
  });
}

/** Could another try of the same buyer, or another instrument, still go well? */
export function isBuyersRefusal(error: unknown): error is GatewayRefusal {
  return error instanceof GatewayRefusal && OF_THE_BUYER.has(error.code);
}

/** PayPal's issue, which says more than its name: `instrument_declined` of an `UNPROCESSABLE_ENTITY`. */
function codeIn(status: number, body: string): string {
  if (status === NOT_FOUND) return 'not_found';
  const { name, details } = errorSchema.safeParse(parsed(body)).data ?? {};
  const given = details?.[0]?.issue ?? name ?? '';
  return /^\w{1,64}$/.test(given) ? given.toLowerCase() : `http_${status}`;
}

/** A proxy in between may answer in HTML; then the status alone speaks. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
