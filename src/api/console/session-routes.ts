/**
 * Signing in to the console and out of it: to the provider, back from it, and the end. They are visited by browsers, and
 * hold the cookies; what is decided is decided in sign-in.
 */
import type { Express, Request, Response } from 'express';
import { type SignIn, SignInError } from '../../sign-in/sign-in.ts';
import type { RateLimits } from '../access/rate-limits.ts';
import {
  attemptOf,
  callerBySession,
  forgetAttempt,
  forgetSession,
  keepAttempt,
  keepSession,
  requireOwnPage,
} from '../access/sessions.ts';
import { replyOf, send } from '../http/reply.ts';
import { Problem } from '../problems/problem.ts';

export const SIGN_IN_PATH = '/console/session/sign-in';
export const SESSION_ROUTES = {
  [SIGN_IN_PATH]: 'GET',
  '/console/session/callback': 'GET',
  '/console/session/end': 'POST',
} as const;

/** Longer ones would not fit into a cookie, and no page of the console has one. */
const MAX_PATH_LENGTH = 1_000;

const CODES = {
  invalid: 'sign_in_invalid',
  refused: 'sign_in_refused',
  unavailable: 'sign_in_unavailable',
} as const;

export interface SessionRoutes {
  /** Undefined where people sign in with API keys. */
  signIn: SignIn | undefined;
  limits: RateLimits;
}

export function mountSessions(app: Express, { signIn, limits }: SessionRoutes): void {
  const configured = (): SignIn => {
    if (signIn !== undefined) return signIn;
    const detail = 'People sign in with API keys here, at /console, as OIDC_ISSUER is not set.';
    throw new Problem('route_not_found', { detail });
  };

  app.get(SIGN_IN_PATH, async (request, response) => {
    const browser = configured();
    const begun = await orProblem(request, () => browser.begin(pathIn(request.query.to, browser)));
    keepAttempt(request, response, { ...begun, browser });
    redirect(response, 302, begun.url);
  });

  app.get('/console/session/callback', async (request, response) => {
    const browser = configured();
    const answer = new URL(request.originalUrl, browser.origin).searchParams;
    const state = answer.get('state') ?? '';
    // Before the provider is asked, which has limits of its own for all of us together.
    await limits.admitSignIn(request, response);
    const { session, person, to } = await orProblem(request, () =>
      browser.finish(answer, attemptOf(request, state, browser)),
    );
    response.locals.owner = person.owner;
    response.locals.actor = person.actor;
    forgetAttempt(response, state, browser);
    keepSession(response, session, browser);
    redirect(response, 303, to);
  });

  app.post('/console/session/end', async (request, response) => {
    const browser = configured();
    requireOwnPage(request, browser);
    const caller = await callerBySession(request, browser).catch(() => undefined);
    response.locals.owner = caller?.owner;
    response.locals.actor = caller?.actor;
    forgetSession(response, browser);
    send(response, replyOf({ status: 200, body: { location: await browser.signOutUrl() } }));
  });
}

async function orProblem<T>(request: Request, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof SignInError)) throw error;
    const code = CODES[error.failure];
    request.log.warn({ code, reason: error.reason }, 'nobody was signed in');
    throw new Problem(code, { detail: error.message, cause: error });
  }
}

/** A page of the console, and nothing else that a link may name. */
function pathIn(to: unknown, { origin }: SignIn): string {
  if (typeof to !== 'string' || to.length > MAX_PATH_LENGTH || !URL.canParse(to, origin))
    return '/console';
  const url = new URL(to, origin);
  const isPage = url.pathname === '/console' || url.pathname.startsWith('/console/');
  return url.origin === origin && isPage ? url.pathname + url.search : '/console';
}

function redirect(response: Response, status: 302 | 303, location: string): void {
  send(response, replyOf({ status, headers: { location } }));
}
