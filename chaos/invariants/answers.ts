/** Answers: every one is of the set that the API documents, and none is an error of ours. */

import type { Route } from '../../src/api/http/route.ts';
import { isProblemCode, problemEntry } from '../../src/api/problems/problem-table.ts';
import { ROUTES } from '../../src/api/routes.ts';
import type { Delivery, Operation, RunSettings } from '../evidence.ts';
import { type Invariant, wrong } from './remains.ts';

const OUTCOMES = ['accepted', 'duplicate', 'ignored', 'parked'];

export const knownAnswers: Invariant = {
  name: 'I13 every answer is a documented one',
  check: ({ operations, deliveries, evidence: { settings } }) => [
    ...operations.flatMap((operation) => {
      const problem = problemOf(operation);
      const { kind, request, orderId } = operation;
      const subject = `${kind} ${request.method} ${request.path} (${orderId})`;
      return problem === null ? [] : [wrong(subject, problem)];
    }),
    ...deliveries
      .filter((delivery) => !isDocumented(delivery, settings))
      .map(({ eventId, status, outcome, code }) =>
        wrong(`webhook ${eventId}`, `was answered ${status} ${outcome ?? code}`),
      ),
  ],
};

function problemOf({ kind, status, code, request }: Operation): string | null {
  if (status === undefined) return null;
  if (status < 400) {
    if (kind === 'fuzz') return `took hostile input: ${status}`;
    return isSuccessOf(request, status) ? null : `answered ${status}, which it does not document`;
  }
  if (!isKnownProblem(status, code)) return `answered ${status} ${code}, which is no known problem`;
  return code === 'internal_error' ? 'failed with internal_error' : null;
}

function isKnownProblem(status: number, code: string | null | undefined): boolean {
  return typeof code === 'string' && isProblemCode(code) && problemEntry(code).status === status;
}

/** Paths beside the resources, such as probes, answer 200 alone. */
function isSuccessOf({ method, path }: Operation['request'], status: number): boolean {
  const route = ROUTES.find((one) => isOf(one, method, path));
  return route === undefined ? status === 200 : Object.hasOwn(route.answers, status);
}

function isOf(route: Route, method: string, path: string): boolean {
  const [pathname = ''] = path.split('?');
  const pattern = new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
  return route.method === method.toLowerCase() && pattern.test(pathname);
}

/**
 * The gateway's own events are signed and well formed: nothing but an outage may turn them away, or a clock
 * that is wrong, which cannot tell a true one from one that is repeated by somebody else.
 */
function isDocumented(
  { status, outcome, code, startedAt, endedAt }: Delivery,
  { clockSkews }: RunSettings,
): boolean {
  if (status === null) return true;
  if (status === 200) return outcome !== null && OUTCOMES.includes(outcome);
  if (status === 401 && code === 'timestamp_out_of_tolerance')
    return clockSkews.some(({ from, to }) => startedAt < to && endedAt > from);
  return status === 503 && isKnownProblem(status, code);
}
