/**
 * The certificates that PayPal signs its webhooks with. A request only names the address of one, and anybody may send a
 * request: nothing is fetched but from PayPal's own hosts and from where its certificates are, and each once.
 */
import { X509Certificate } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { GatewayOutcomeUnknown, WebhookRejection } from '../gateway.ts';
import { createOutboundFetch } from '../outbound.ts';

/** PayPal changes its certificate every year or two, and names the new one in its requests. */
const KEPT_MS = 24 * 60 * 60 * 1_000;
/** An address that anybody makes up must not have PayPal asked each time. */
const MISSED_MS = 60_000;
const MAX_KEPT = 32;
const FETCH_TIMEOUT_MS = 2_000;
const MAX_BYTES = 64 * 1024;
const PATH = /^\/v1\/notifications\/certs\/CERT-[A-Za-z0-9-]{1,100}$/;

export interface Certificates {
  /**
   * Fetches the certificate at an address, unless it is there.
   *
   * @throws WebhookRejection where no certificate of PayPal's can be, GatewayOutcomeUnknown where it does not answer
   */
  fetch(address: string): Promise<void>;
  /** Null for one that was not fetched, or is none, or whose time is over. */
  find(address: string): X509Certificate | null;
}

/** @param origins the only ones that are asked, each as scheme, host and port */
export function createCertificates(origins: readonly string[]): Certificates {
  const kept = new LRUCache<string, { certificate: X509Certificate | null }>({
    max: MAX_KEPT,
    ttl: KEPT_MS,
    fetchMethod: async (address, _before, { options }) => {
      const certificate = await download(address);
      if (certificate === null) options.ttl = MISSED_MS;
      return { certificate };
    },
  });
  return {
    async fetch(address) {
      checkAddress(origins, address);
      await kept.fetch(address);
    },
    find(address) {
      const certificate = kept.get(address)?.certificate ?? null;
      return certificate !== null && isInForce(certificate) ? certificate : null;
    },
  };
}

function checkAddress(origins: readonly string[], address: string): void {
  const url = URL.canParse(address) ? new URL(address) : null;
  const isPayPals =
    url !== null &&
    origins.includes(url.origin) &&
    PATH.test(url.pathname) &&
    url.search === '' &&
    url.username === '' &&
    url.password === '' &&
    url.href === address;
  if (!isPayPals)
    throw new WebhookRejection(
      'signature_invalid',
      'paypal-cert-url is no address of a certificate at PayPal, of the mode that is configured.',
    );
}

/** Null for what is no certificate. */
async function download(address: string): Promise<X509Certificate | null> {
  const get = createOutboundFetch(address, MAX_BYTES);
  const answer = await get(address, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) }).catch(
    (error: unknown) => {
      const name = error instanceof Error ? error.name : 'unknown error';
      throw new GatewayOutcomeUnknown(`PayPal did not give its certificate: ${name}`);
    },
  );
  if (answer.status >= 500)
    throw new GatewayOutcomeUnknown(`PayPal did not give its certificate: HTTP ${answer.status}`);
  try {
    return answer.ok ? new X509Certificate(await answer.text()) : null;
  } catch {
    return null;
  }
}

function isInForce({ validFrom, validTo }: X509Certificate): boolean {
  const now = Date.now();
  return Date.parse(validFrom) <= now && now < Date.parse(validTo);
}
