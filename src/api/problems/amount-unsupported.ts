import { Problem } from './problem.ts';

/** @param rule that the amount breaks, as `brokenRule` says it */
export function amountUnsupported(rule: string): Problem {
  const errors = [{ pointer: '/amount', message: rule }];
  return new Problem('amount_unsupported', { detail: `${rule}.`, errors });
}
