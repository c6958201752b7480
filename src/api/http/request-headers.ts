/** Headers that every endpoint reads alike: Idempotency-Key, Prefer, Content-Type, If-None-Match. */
import type { IncomingMessage } from 'node:http';
import { MIMEType } from 'node:util';
import { Problem } from '../problems/problem.ts';

/** Shorter keys are likely to be counters, which two callers may share by accident. */
export const KEY_PATTERN = /^[\x21-\x7e]{16,255}$/;

/** Long enough for most gateways to answer, short enough for a person to wait. */
const DEFAULT_WAIT_S = 5;
/** Beyond this, proxies on the way give up first. */
const MAX_WAIT_S = 30;

/**
 * The Idempotency-Key, bare or as a quoted string; null when there is none.
 *
 * @throws Problem `idempotency_key_invalid`
 */
export function idempotencyKeyOf({ headers }: IncomingMessage): string | null {
  const given = headers['idempotency-key'];
  if (given === undefined) return null;
  // Node joins repeated headers by a comma and a space, and no key has a space.
  const key = /^"([^"]*)"$/.exec(String(given))?.[1] ?? String(given);
  if (!KEY_PATTERN.test(key)) throw new Problem('idempotency_key_invalid');
  return key;
}

/** How long a caller waits for an outcome, and whether the caller said so (RFC 7240). */
export interface Wait {
  waitMs: number;
  applied: Record<string, string>;
}

/** A preference that cannot be read is no error: it is only a preference. */
export function waitOf({ headers }: IncomingMessage): Wait {
  const [, seconds] =
    /(?:^|[,;\s])wait\s*=\s*"?(\d{1,9})"?/i.exec(String(headers.prefer ?? '')) ?? [];
  if (seconds === undefined) return { waitMs: DEFAULT_WAIT_S * 1000, applied: {} };
  const waitS = Math.min(Number(seconds), MAX_WAIT_S);
  return { waitMs: waitS * 1000, applied: { 'preference-applied': `wait=${waitS}` } };
}

/** Whether bytes follow the head (RFC 9112, section 6). */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** @throws Problem `content_encoding_unsupported` or `content_type_unsupported` */
export function requireJson(request: IncomingMessage): void {
  requireContentType(request, 'application/json');
}

/** A body that is not compressed, in UTF-8 and of this type. */
export function requireContentType({ headers }: IncomingMessage, wanted: string): void {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') throw new Problem('content_encoding_unsupported');
  if (!isUtf8(headers['content-type'] ?? '', wanted)) throw new Problem('content_type_unsupported');
}

function isUtf8(contentType: string, wanted: string): boolean {
  try {
    const { essence, params } = new MIMEType(contentType);
    const charset = params.get('charset') ?? 'utf-8';
    return essence === wanted && charset.toLowerCase() === 'utf-8';
  } catch {
    return false;
  }
}

/**
 * Whether If-None-Match names this entity tag (RFC 9110). Not by Express's `request.fresh`: it never says so to Node's
 * `fetch`, which adds `Cache-Control: no-cache`.
 */
export function isNoneMatch(ifNoneMatch: string | undefined, etag: string): boolean {
  const tags = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag);
}
