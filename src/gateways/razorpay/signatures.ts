/**
 * Razorpay's two signatures, both HMAC-SHA256 in hex: a webhook's over its raw bytes under the webhook
 * secret, a checkout's over order and payment under the key's secret. Compared in constant time.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

const SIGNATURE_FORM = /^[0-9a-f]{64}$/i;

export function isSignatureForm(signature: string): boolean {
  return SIGNATURE_FORM.test(signature);
}

/** Every secret is tried, whatever the first one says, so that timing tells nothing about rotation. */
export function isSigned(
  message: string | Buffer,
  signature: string,
  secrets: readonly string[],
): boolean {
  if (!isSignatureForm(signature)) return false;
  const given = Buffer.from(signature, 'hex');
  const verdicts = secrets.map((secret) =>
    timingSafeEqual(createHmac('sha256', secret).update(message).digest(), given),
  );
  return verdicts.includes(true);
}
