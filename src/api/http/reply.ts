/** A response ready to be sent; what was kept under an Idempotency-Key is sent again byte for byte. */
import { pipeline, Readable } from 'node:stream';
import type { Request, Response } from 'express';
import { scrub } from '../../logs/scrub.ts';
import { escaped, pageOf } from '../problems/page.ts';
import { type Problem, problemBody, problemHeaders } from '../problems/problem.ts';
import { problemEntry } from '../problems/problem-table.ts';
import type { Answer } from './route.ts';

export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: string | Buffer | Readable | null;
}

export function replyOf({ status, body, headers = {} }: Answer): Reply {
  if (body === undefined) return { status, headers, body: null };
  if (Buffer.isBuffer(body) || body instanceof Readable) return { status, headers, body };
  const json = { 'content-type': 'application/json; charset=utf-8', ...headers };
  return { status, headers: json, body: JSON.stringify(body) };
}

export function problemReply(problem: Problem, request: Request): Reply {
  const text = JSON.stringify(problemBody(problem, String(request.id)));
  // Some callers send a key as a field's name; it must not reach the log of our answers.
  const body = scrub(text);
  return { status: problem.status, headers: problemHeaders(problem), body };
}

/** For a person whose browser was led here. */
export function problemPage(problem: Problem): Reply {
  const { title } = problemEntry(problem.code);
  const words = `<p>${escaped(scrub(problem.message))}</p>`;
  const page = pageOf(title, `${words}\n<p><a href="/console">Back to the console</a></p>`);
  const headers = { ...problemHeaders(problem), 'content-type': 'text/html; charset=utf-8' };
  return { status: problem.status, headers, body: page };
}

/** Sends it; nothing here may be cached unless the answer says so itself. */
export function send(response: Response, { status, headers, body }: Reply): void {
  response.status(status).set({ 'cache-control': 'no-store', ...headers });
  if (body === null) {
    response.end();
    return;
  }
  if (body instanceof Readable) {
    // A stream that fails breaks the connection off: the head is out, and a whole answer would be a lie.
    pipeline(body, response, () => {});
    return;
  }
  response.set('content-length', String(Buffer.byteLength(body))).end(body);
}
