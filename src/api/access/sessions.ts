/**
 * Who calls by a session of the console: a cookie, which a browser sends by itself. So a request counts only where the
 * browser, and a header that no other site can set, say that the console's own page has made it.
 */
import { parseCookie } from 'cookie';
import type { CookieOptions, Request, Response } from 'express';
import type { Kept, SignIn } from '../../sign-in/sign-in.ts';
import { Problem } from '../problems/problem.ts';
import type { Caller } from './api-keys.ts';

/** Another site that sets it has to ask first, and is never allowed to. */
const OWN_HEADER = 'payonce-console';

const FOREIGN =
  'With the session of a browser only the console may call, from its own page at CONSOLE_URL: programs send an API key.';

/** Those that a browser takes for this one host alone, and only by HTTPS. */
const HOST_PREFIX = '__Host-';
const SESSION = 'payonce_session';
const ATTEMPT = 'payonce_attempt_';
/** Tells the attempts of several tabs apart. */
const ATTEMPT_LENGTH = 8;
/** Of some 500 bytes each, in a head of at most 16 KiB. */
const MAX_ATTEMPTS = 5;

type Browser = Pick<SignIn, 'origin'>;

/**
 * The caller of a request without an Authorization header; undefined where it has no session either.
 *
 * @throws Problem `origin_refused` for another page than the console's, `credentials_expired` where the session has ended
 */
export async function callerBySession(
  request: Pick<Request, 'headers'>,
  signIn: SignIn,
): Promise<Caller | undefined> {
  const sealed = cookiesOf(request)[nameOf(SESSION, signIn)];
  if (sealed === undefined) return undefined;
  requireOwnPage(request, signIn);
  const session = await signIn.sessionOf(sealed);
  if (session === null) throw new Problem('credentials_expired');
  return { ...session, isPerson: true };
}

/** @throws Problem `origin_refused` */
export function requireOwnPage({ headers }: Pick<Request, 'headers'>, { origin }: Browser): void {
  const site = headers['sec-fetch-site'] ?? 'same-origin';
  const isOwn = site === 'same-origin' && (headers.origin ?? origin) === origin;
  if (!isOwn || headers[OWN_HEADER] === undefined)
    throw new Problem('origin_refused', { detail: FOREIGN });
}

export function keepSession(response: Response, session: Kept, browser: Browser): void {
  const options = { ...optionsFor(browser), sameSite: 'strict', maxAge: leftOf(session) } as const;
  response.cookie(nameOf(SESSION, browser), session.sealed, options);
}

export function forgetSession(response: Response, browser: Browser): void {
  response.clearCookie(nameOf(SESSION, browser), optionsFor(browser));
}

/** One for each tab that signs in; where it were too many, those before are given up. */
export function keepAttempt(
  request: Request,
  response: Response,
  { state, attempt, browser }: { state: string; attempt: Kept; browser: Browser },
): void {
  const before = Object.keys(cookiesOf(request)).filter((name) =>
    name.startsWith(nameOf(ATTEMPT, browser)),
  );
  if (before.length >= MAX_ATTEMPTS)
    for (const name of before) response.clearCookie(name, optionsFor(browser));
  // The provider's page leads back here, which to the browser is another site's doing.
  const options = { ...optionsFor(browser), sameSite: 'lax', maxAge: leftOf(attempt) } as const;
  response.cookie(attemptName(state, browser), attempt.sealed, options);
}

/** The attempt that an answer of the provider belongs to, by its `state`. */
export function attemptOf(request: Request, state: string, browser: Browser): string | undefined {
  return cookiesOf(request)[attemptName(state, browser)];
}

export function forgetAttempt(response: Response, state: string, browser: Browser): void {
  response.clearCookie(attemptName(state, browser), optionsFor(browser));
}

function attemptName(state: string, browser: Browser): string {
  return nameOf(`${ATTEMPT}${state.slice(0, ATTEMPT_LENGTH)}`, browser);
}

function nameOf(name: string, browser: Browser): string {
  return isSecure(browser) ? `${HOST_PREFIX}${name}` : name;
}

function optionsFor(browser: Browser): CookieOptions {
  return { httpOnly: true, secure: isSecure(browser), path: '/' };
}

function isSecure({ origin }: Browser): boolean {
  return origin.startsWith('https:');
}

function leftOf({ expiresAt }: Kept): number {
  return expiresAt - Date.now();
}

function cookiesOf({ headers }: Pick<Request, 'headers'>): Record<string, string | undefined> {
  return parseCookie(headers.cookie ?? '');
}
