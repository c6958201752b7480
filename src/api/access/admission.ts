/** Lets a caller in: who it is, whether it may, and whether it comes too often. */
import type { Request, Response } from 'express';
import type { ApiScope } from '../../config/config.ts';
import type { SignIn } from '../../sign-in/sign-in.ts';
import type { ApiDependencies } from '../api-dependencies.ts';
import { Problem } from '../problems/problem.ts';
import { type Caller, KeyEnded, requireScope } from './api-keys.ts';
import type { RateLimits } from './rate-limits.ts';
import { callerBySession } from './sessions.ts';

/** @throws Problem of the first check that fails. */
export type Admit = (
  request: Request,
  response: Response,
  scopes: readonly ApiScope[],
) => Promise<Caller>;

/** @param signIn where people call by their sessions too */
export function createAdmission({
  authenticate,
  limits,
  signIn,
}: Pick<ApiDependencies, 'authenticate'> & { limits: RateLimits; signIn?: SignIn }): Admit {
  /** Only a wrong key is a guess; whoever has one that has ended learns so, as often as its owner might have called. */
  async function identify(request: Request, response: Response): Promise<Caller> {
    const { authorization } = request.headers;
    if (signIn !== undefined && authorization === undefined) {
      const caller = await callerBySession(request, signIn);
      if (caller !== undefined) return caller;
    }
    try {
      return authenticate(authorization);
    } catch (error) {
      if (error instanceof KeyEnded) {
        response.locals.owner = error.caller.owner;
        await limits.admit(request, response, error.caller);
      } else if (error instanceof Problem && error.code === 'credentials_invalid')
        await limits.fail(request, response);
      throw error;
    }
  }

  return async (request, response, scopes) => {
    const caller = await identify(request, response);
    response.locals.owner = caller.owner;
    if (caller.isPerson) response.locals.actor = caller.actor;
    requireScope(caller, scopes);
    await limits.admit(request, response, caller);
    return caller;
  };
}
