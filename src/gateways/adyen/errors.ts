/** What Adyen's errors mean: a refusal only where Adyen has said no and would say it again. */
import { z } from 'zod';
import {
  GatewayMisconfigured,
  GatewayOutcomeUnknown,
  GatewayRefusal,
  isKeyRefused,
} from '../gateway.ts';

/** `ServiceError` of CheckoutService-v72; its message may repeat what was sent, and stays here. */
const errorSchema = z.object({ errorCode: z.string().optional() });

/** Answers that may be other ones next time: time-out, a call under the same key that is under way, too many. */
const TRANSIENT_STATUSES = new Set([408, 409, 425, 429]);
/** "Request already processed or in progress": another call under this key has not ended. */
const KEY_IN_USE = '704';
/** "Original pspReference required for this operation": Adyen has no such payment. */
const UNKNOWN_PAYMENT = '167';
const NOT_FOUND = 404;
const UNPAYABLE_STATUSES = new Set([400, 422]);

/** @param isTransient Adyen says so itself, in the header `transient-error` */
export function errorOf(
  status: number,
  body: unknown,
  isTransient: boolean,
): GatewayRefusal | GatewayOutcomeUnknown {
  if (isKeyRefused(status))
    return new GatewayMisconfigured('Adyen', {
      status,
      variables: 'ADYEN_API_KEY and ADYEN_MERCHANT_ACCOUNT',
    });
  const { errorCode } = errorSchema.safeParse(body).data ?? {};
  const mayChange = isTransient || status >= 500 || TRANSIENT_STATUSES.has(status);
  if (mayChange || errorCode === KEY_IN_USE)
    return new GatewayOutcomeUnknown(`Adyen answered ${status}`);
  const isGone = status === NOT_FOUND || errorCode === UNKNOWN_PAYMENT;
  const code = isGone ? 'not_found' : codeOf(status, errorCode);
  const isUnpayable = UNPAYABLE_STATUSES.has(status);
  return new GatewayRefusal(code, `Adyen refused: ${code} (HTTP ${status})`, {
    isUnpayable,
    isGone,
  });
}

function codeOf(status: number, errorCode: string | undefined): string {
  return errorCode !== undefined && /^\w{1,16}$/.test(errorCode)
    ? `adyen_${errorCode}`
    : `http_${status}`;
}
