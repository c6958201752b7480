/**
 * A listener on this machine's loopback is reached by every page that a browser on it shows. A page of
 * another site may send requests there, and, once its own name resolves to 127.0.0.1 (DNS rebinding), may
 * read the answers too. So a request has to name this machine as its host, and, when it changes something
 * and comes from a page, that page has to be of this machine.
 */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** Why a request is not served; null for one that is. */
export type LocalRefusal = 'foreign_host' | 'foreign_origin' | null;

const CHANGES_NOTHING: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Judges a request at a loopback listener by its Host and Origin headers.
 *
 * @param ownHost a further name under which the listener is reached, as configured
 */
export function localRefusalOf(
  { method, headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  ownHost?: string,
): LocalRefusal {
  const { host, origin } = headers;
  if (!isLocal(`http://${host ?? ''}`, ownHost)) return 'foreign_host';
  // Programs send no origin. What only reads is kept from a foreign page by the browser itself.
  if (origin === undefined || CHANGES_NOTHING.has(method)) return null;
  return isLocal(origin, ownHost) ? null : 'foreign_origin';
}

/** Whether only this machine is reached by the name or address. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}

/** The port may be any: a port that is forwarded, or the page of another program on this machine. */
function isLocal(url: string, ownHost: string | undefined): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return isLoopback(hostname) || hostname === ownHost?.toLowerCase();
}
