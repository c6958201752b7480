/**
 * Who may have payloads decoded: a caller with the token, or a browser that has signed in with it.
 * Temporal's UI sends no token of ours, only cookies.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

const COOKIE = 'payonce_codec';
/** A working day; signing in again takes a moment. */
const SESSION_S = 8 * 60 * 60;

export interface Authorization {
  isToken(given: string): boolean;
  isAllowed(headers: IncomingHttpHeaders): boolean;
  /** The cookie of a browser that has signed in: useless for anything else than decoding. */
  sessionCookie(): string;
}

export function createAuthorization(token: string): Authorization {
  const session = createHmac('sha256', token).update('codec server session').digest('base64url');
  const isToken = (given: string): boolean => isEqual(given, token);
  return {
    isToken,
    isAllowed: ({ authorization, cookie }) => {
      const [, bearer] = /^Bearer +(\S+)$/i.exec(authorization ?? '') ?? [];
      if (bearer !== undefined) return isToken(bearer);
      const [, given] = new RegExp(`(?:^|; *)${COOKIE}=([\\w-]+)`).exec(cookie ?? '') ?? [];
      return given !== undefined && isEqual(given, session);
    },
    sessionCookie: () =>
      `${COOKIE}=${session}; Path=/decode; Max-Age=${SESSION_S}; HttpOnly; SameSite=Strict`,
  };
}

/** Digests have the same length whatever was given, so that the time tells nothing. */
function isEqual(given: string, expected: string): boolean {
  const digest = (text: string) => createHmac('sha256', expected).update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
