/**
 * Counts the requests under way, refuses more than the process can hold, and lets those finish that
 * run when the process is to end.
 */
import type { RequestHandler } from 'express';
import { Problem } from '../problems/problem.ts';

/** A waiting request costs a socket and little else; beyond this many, answers would come too late. */
const MAX_IN_FLIGHT = 1_000;

export interface Drain {
  /** Refuses from now on; resolves when nothing runs any more. */
  begin(): Promise<void>;
  isDraining(): boolean;
  /** Throws `shutting_down` or `overloaded`, else counts the request until its answer is out. */
  admit: RequestHandler;
}

export function createDrain(): Drain {
  let inFlight = 0;
  let isDraining = false;
  let onEmpty: () => void = () => {};
  const leave = (): void => {
    inFlight -= 1;
    if (inFlight === 0) onEmpty();
  };
  return {
    begin: () => {
      isDraining = true;
      return new Promise((resolve) => {
        onEmpty = resolve;
        if (inFlight === 0) resolve();
      });
    },
    isDraining: () => isDraining,
    admit: (_request, response, next) => {
      if (isDraining) throw new Problem('shutting_down', { headers: { connection: 'close' } });
      if (inFlight >= MAX_IN_FLIGHT) throw new Problem('overloaded');
      inFlight += 1;
      response.once('close', leave);
      next();
    },
  };
}
