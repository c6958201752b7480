/** Lets a caller in: who it is, whether it may, and whether it comes too often. */
import type { Request, Response } from 'express';
import type { ApiScope } from '../../config/config.ts';
import type { ApiDependencies } from '../api-dependencies.ts';
import { Problem } from '../problems/problem.ts';
import { type Caller, requireScope } from './api-keys.ts';
import { createRateLimits } from './rate-limits.ts';

/** @throws Problem of the first check that fails. */
export type Admit = (
  request: Request,
  response: Response,
  scopes: readonly ApiScope[],
) => Promise<Caller>;

export function createAdmission({
  authenticate,
  policy,
}: Pick<ApiDependencies, 'authenticate' | 'policy'>): Admit {
  const limits = createRateLimits(policy.rateLimits);

  /** Only a wrong key is a guess; one that is left out is a mistake. */
  async function identify(request: Request, response: Response): Promise<Caller> {
    try {
      return authenticate(request.headers.authorization);
    } catch (error) {
      const isWrongKey = error instanceof Problem && error.code === 'credentials_invalid';
      if (isWrongKey) await limits.fail(request, response);
      throw error;
    }
  }

  return async (request, response, scopes) => {
    const caller = await identify(request, response);
    response.locals.owner = caller.owner;
    requireScope(caller, scopes);
    await limits.admit(request, response, caller);
    return caller;
  };
}
