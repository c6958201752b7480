/**
 * An error on its way to the caller, and its form on the wire: RFC 9457 problem+json. The text never
 * repeats what the caller sent, nor anything of a cause.
 */
import { type ProblemCode, problemEntry } from './problem-table.ts';

/** One wrong place of a request: a JSON pointer, and the rule it breaks. */
export interface FieldError {
  pointer: string;
  message: string;
}

interface ProblemDetails {
  /** What was wrong, and what to do. */
  detail?: string;
  errors?: FieldError[];
  headers?: Record<string, string>;
  cause?: unknown;
}

/** Thrown anywhere in the API and answered as it is. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly status: number;
  readonly errors: FieldError[];
  readonly headers: Record<string, string>;

  constructor(code: ProblemCode, { detail, errors, headers, cause }: ProblemDetails = {}) {
    super(detail ?? problemEntry(code).advice, { cause });
    this.code = code;
    this.status = problemEntry(code).status;
    this.errors = errors ?? [];
    this.headers = headers ?? {};
  }
}

/**
 * The answer's body. `requestId`, a UUID, names the request in the logs, and is the `instance` too: a path
 * would repeat what was sent.
 */
export function problemBody(problem: Problem, requestId: string): object {
  const { title, retryAfterS } = problemEntry(problem.code);
  return {
    type: `urn:problem:${problem.code}`,
    title,
    status: problem.status,
    code: problem.code,
    detail: problem.message,
    instance: `urn:uuid:${requestId}`,
    request_id: requestId,
    retryable: retryAfterS !== undefined,
    ...(problem.errors.length > 0 ? { errors: problem.errors } : {}),
  };
}

/** The answer's headers, without those of its content. */
export function problemHeaders(problem: Problem): Record<string, string> {
  const { retryAfterS } = problemEntry(problem.code);
  return {
    'content-type': 'application/problem+json; charset=utf-8',
    'cache-control': 'no-store',
    ...(retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }),
    ...(problem.status === 401 && /^(credentials|api_key)_/.test(problem.code)
      ? { 'www-authenticate': 'Bearer' }
      : {}),
    ...(problem.status === 413 || problem.status === 408 ? { connection: 'close' } : {}),
    ...problem.headers,
  };
}
