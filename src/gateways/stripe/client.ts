/** Stripe's SDK, which tries nothing again, and the way in which its answers are read. */
import { Stripe } from 'stripe';
import type { z } from 'zod';
import { GatewayOutcomeUnknown } from '../gateway.ts';
import { createOutboundFetch } from '../outbound.ts';
import { failureOf } from './errors.ts';

const API_BASE = 'https://api.stripe.com';

/** Below the activity's own limit, and longer than a healthy call takes. */
const CALL_TIMEOUT_MS = 8_000;

/** Temporal retries, under the same key and with back-off; the SDK would do so unseen. */
const MAX_NETWORK_RETRIES = 0;

/**
 * @param apiBase another place than Stripe's own, for tests
 * @param maxAnswerBytes for lists that are larger than any answer about one payment
 */
export function createStripeClient(
  secretKey: string,
  apiBase: string | undefined,
  maxAnswerBytes?: number,
): Stripe {
  return new Stripe(secretKey, {
    timeout: CALL_TIMEOUT_MS,
    maxNetworkRetries: MAX_NETWORK_RETRIES,
    telemetry: false,
    httpClient: Stripe.createFetchHttpClient(
      createOutboundFetch(apiBase ?? API_BASE, maxAnswerBytes) as typeof fetch,
    ),
    ...(apiBase === undefined ? {} : addressOf(apiBase)),
  });
}

/**
 * Runs one call to Stripe and reads its answer.
 *
 * @throws GatewayRefusal (`SavedRefusal` for one that is replayed) or GatewayOutcomeUnknown, whatever went wrong.
 */
export async function askStripe<T>(
  what: string,
  schema: z.ZodType<T>,
  call: () => Promise<unknown>,
): Promise<T> {
  let answer: unknown;
  try {
    answer = await call();
  } catch (error) {
    throw failureOf(what, error);
  }
  const read = schema.safeParse(answer);
  if (read.success) return read.data;
  const field = read.error.issues[0]?.path.join('.');
  throw new GatewayOutcomeUnknown(`Stripe answered to "${what}" in an unknown form: ${field}`);
}

function addressOf(apiBase: string): Pick<Stripe.StripeConfig, 'host' | 'port' | 'protocol'> {
  const { hostname, port, protocol } = new URL(apiBase);
  const isPlain = protocol === 'http:';
  return {
    host: hostname,
    port: port || (isPlain ? 80 : 443),
    protocol: isPlain ? 'http' : 'https',
  };
}
