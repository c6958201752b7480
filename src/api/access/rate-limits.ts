/**
 * How often one key may call, and one address fail to name a key. Counts are kept in this process
 * alone: with several APIs a caller gets that often at each. A caller with a good key is never held up
 * by another one's failures, also not behind one proxy's address.
 */
import type { Request, Response } from 'express';
import { ipKeyGenerator, type RateLimitRequestHandler, rateLimit } from 'express-rate-limit';
import type { ApiScope, RateLimitsConfig } from '../../config/config.ts';
import { Problem } from '../problems/problem.ts';
import type { Caller } from './api-keys.ts';

/** Two seconds at once: a burst of twice the rate passes, and the rate holds over time. */
const CALLER_WINDOW_S = 2;
const FAILURE_WINDOW_S = 60;

export interface RateLimits {
  /** @throws Problem `rate_limited` when this caller's key is used too often. */
  admit(request: Request, response: Response, caller: Caller): Promise<void>;
  /** @throws Problem `rate_limited` when this address has named too many wrong keys. */
  fail(request: Request, response: Response): Promise<void>;
  /** @throws Problem `rate_limited` when one attempt to sign in has come back from the provider too often. */
  admitSignIn(request: Request, response: Response): Promise<void>;
}

/** A limit of 0 is none. */
export function createRateLimits(limits: RateLimitsConfig): RateLimits {
  const callers: Record<ApiScope, Limiter> = {
    client: limiter(limits.clientPerSecond * CALLER_WINDOW_S, CALLER_WINDOW_S, ownerOf),
    support: limiter(limits.opsPerSecond * CALLER_WINDOW_S, CALLER_WINDOW_S, ownerOf),
    ops: limiter(limits.opsPerSecond * CALLER_WINDOW_S, CALLER_WINDOW_S, ownerOf),
  };
  const perMinute = limits.failedAuthPerMinute;
  return {
    admit: (request, response, caller) => callers[caller.scope](request, response),
    fail: limiter(perMinute, FAILURE_WINDOW_S, addressOf),
    admitSignIn: limiter(perMinute, FAILURE_WINDOW_S, attemptOf),
  };
}

type Limiter = (request: Request, response: Response) => Promise<void>;
type KeyOf = (request: Request, response: Response) => string;

function limiter(limit: number, windowS: number, keyGenerator: KeyOf): Limiter {
  if (limit === 0) return async () => {};
  const middleware = rateLimit({
    windowMs: windowS * 1000,
    limit,
    keyGenerator,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (_request, response, next) => {
      const retryAfter = String(response.getHeader('retry-after') ?? windowS);
      next(new Problem('rate_limited', { headers: { 'retry-after': retryAfter } }));
    },
  });
  return (request, response) => passed(middleware, request, response);
}

function passed(
  middleware: RateLimitRequestHandler,
  request: Request,
  response: Response,
): Promise<void> {
  return new Promise((resolve, reject) => {
    middleware(request, response, (error?: unknown) => {
      if (error === undefined) resolve();
      else reject(error);
    });
  });
}

function ownerOf(_request: Request, response: Response): string {
  return String(response.locals.owner);
}

/** Of an IPv6 address its network: one customer's line has as many addresses as it likes. */
function addressOf({ ip }: Request): string {
  return ipKeyGenerator(ip ?? 'unknown');
}

/** Nobody else's attempt: behind a proxy all have one address, and a stranger's must not keep anybody out. */
function attemptOf({ query }: Request): string {
  return String(query.state);
}
