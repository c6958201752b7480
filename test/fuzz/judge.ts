/**
 * Says what is wrong with an answer. The set of right answers is closed: what the problem table and the
 * routes do not name is wrong, whatever was asked.
 */

import {
  isProblemCode,
  PROBLEMS,
  type ProblemCode,
  problemEntry,
} from '../../src/api/problems/problem-table.ts';
import { ROUTES } from '../../src/api/routes.ts';
import type { Answer } from './answers.ts';
import { readAnswers } from './answers.ts';
import { routeOf } from './api-drafts.ts';
import type { Heard } from './conversation.ts';
import type { HostileRequest } from './hostile-request.ts';
import { CANARY } from './target-faults.ts';

const PROBLEM_KEYS = [
  'type',
  'title',
  'status',
  'code',
  'detail',
  'instance',
  'request_id',
  'retryable',
  'errors',
];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Words of our insides: stacks, files, SQL, libraries. */
const INSIDES =
  /\bat \S+ \(|:\d+:\d+\)|node_modules|file:\/\/|\.ts\b|\bselect\b.*\bfrom\b|insert into|drizzle|body-parser|postgres|grpc|ECONN|TypeError|SyntaxError|ZodError|127\.0\.0\.1|(?<!received )undefined|\[object/i;
/** What anything but an endpoint of the API may answer with success: pages, probes, and documents. */
const OTHER_SUCCESSES: ReadonlySet<number> = new Set([200, 206, 301, 304]);

const WEBHOOK_ANSWER = /^200 \{"status":"(accepted|duplicate|ignored|parked)"\}$/;

/** Codes about the state of things: only endpoints that name them may answer them. */
const NAMED_BY_ROUTES: ReadonlySet<ProblemCode> = new Set(
  ROUTES.flatMap(({ problems }) => problems),
);

export interface Judged {
  /** Status, and the code of a problem. */
  answers: string[];
  wrong: string[];
}

/** @param said the bytes of the request */
export function judge({ isHopeless, ending }: HostileRequest, said: Buffer, heard: Heard): Judged {
  const [, method = '', target = ''] =
    /^(\S+) (\S+) HTTP\/1/.exec(said.toString('latin1', 0, 2_000)) ?? [];
  if (heard.end === 'silence')
    return { answers: [], wrong: ['no answer, and the connection stays'] };
  if (ending === 'leave') return { answers: [], wrong: [] };
  try {
    const answers = readAnswers(heard.bytes, {
      isHead: method === 'HEAD',
      mayBeCut: ending === 'linger',
    });
    const wrong = answers.flatMap((answer) => wrongIn(answer, method, target, isHopeless));
    const isUnanswered = answers.length === 0 && ending === 'answer';
    const all = isUnanswered ? [...wrong, `no answer (${heard.end})`] : wrong;
    return { answers: answers.map(nameOf), wrong: all };
  } catch (error) {
    return { answers: [], wrong: [String(error)] };
  }
}

function nameOf({ status, headers, body }: Answer): string {
  if (!headers['content-type']?.startsWith('application/problem+json')) return String(status);
  const [, code = ''] = /"code":"(\w+)"/.exec(body.toString()) ?? [];
  return `${status} ${code}`.trim();
}

function wrongIn(answer: Answer, method: string, target: string, isHopeless: boolean): string[] {
  const { status, headers } = answer;
  const wrong: string[] = [];
  if (status >= 500 && status !== 503) wrong.push(`${status}`);
  if (isHopeless && status < 400) wrong.push(`${status} where nothing but a refusal is right`);
  if ('x-powered-by' in headers || 'server' in headers) wrong.push('it says what serves it');
  if (headers['x-content-type-options'] !== 'nosniff') wrong.push('no nosniff');
  return [
    ...wrong,
    ...(status >= 400
      ? wrongInProblem(answer, method, target)
      : wrongInSuccess(answer, method, target)),
  ];
}

function wrongInProblem(
  { status, headers, body }: Answer,
  method: string,
  target: string,
): string[] {
  if (headers['content-type'] !== 'application/problem+json; charset=utf-8')
    return [`${status} with content type ${headers['content-type']}`];
  if (method === 'HEAD') return [];
  const text = body.toString();
  const problem = JSON.parse(text) as Record<string, unknown>;
  const code = String(problem.code);
  if (!isProblemCode(code)) return [`code ${code} is not in the table`];
  const route = routeOf(method, target.split('?')[0] ?? '');
  const checks: [boolean, string][] = [
    [
      PROBLEMS[code].status === status && problem.status === status,
      `${code} with status ${status}`,
    ],
    [problem.type === `urn:problem:${code}`, 'its type is not its code'],
    [problem.title === PROBLEMS[code].title, 'its title is not its code'],
    [
      Object.keys(problem).every((key) => PROBLEM_KEYS.includes(key)),
      'a member that no problem has',
    ],
    [String(problem.detail).length > 10, 'it does not say what to do'],
    [problem.instance === `urn:uuid:${problem.request_id}`, 'its instance is not the request'],
    [UUID.test(String(problem.request_id)), 'no request id'],
    [
      problem.retryable === (problemEntry(code).retryAfterS !== undefined),
      'retryable is not as in the table',
    ],
    [problem.retryable === 'retry-after' in headers, 'retryable without Retry-After'],
    [headers['cache-control'] === 'no-store', 'it may be cached'],
    [!INSIDES.test(text), `internal text: ${text}`],
    [!text.includes(CANARY), `it repeats what was sent: ${text}`],
    [
      !route || !NAMED_BY_ROUTES.has(code) || route.problems.includes(code),
      `${code} is not described for ${route?.path}`,
    ],
  ];
  return checks.filter(([isRight]) => !isRight).map(([, what]) => what);
}

function wrongInSuccess(
  { status, headers, body }: Answer,
  method: string,
  target: string,
): string[] {
  const path = target.split('?')[0] ?? '';
  const route = routeOf(method, path);
  if (path.startsWith('/webhooks/'))
    return WEBHOOK_ANSWER.test(`${status} ${body}`) ? [] : [`${status} to a webhook: ${body}`];
  if (route === undefined) return OTHER_SUCCESSES.has(status) ? [] : [`${status} for no endpoint`];
  const described = route.answers[status];
  if (described === undefined) return [`${status} is not described for ${route.path}`];
  if (method === 'HEAD' || described.schema === undefined) return [];
  if (headers['content-type'] !== 'application/json; charset=utf-8')
    return ['success that is no JSON'];
  const { success, error } = described.schema.safeParse(JSON.parse(body.toString()));
  return success ? [] : [`the body is not as described: ${error.message}`];
}
