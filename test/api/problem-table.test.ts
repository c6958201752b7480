import assert from 'node:assert/strict';
import { Problem, problemBody, problemHeaders } from '../../src/api/problems/problem.ts';
import { PROBLEMS, type ProblemCode, problemEntry } from '../../src/api/problems/problem-table.ts';

const CODES = Object.keys(PROBLEMS) as ProblemCode[];

describe('every problem', () => {
  for (const code of CODES)
    it(`${code} names what was wrong and what to do`, () => {
      const { status, title, advice } = problemEntry(code);
      assert.ok(status >= 400 && status <= 503);
      assert.match(title, /^[A-Z]/);
      assert.match(advice, /^[A-Z].+\.$/);
    });

  it('that may be tried again says when', () => {
    for (const code of CODES) {
      const { retryable } = problemBody(new Problem(code), 'r') as { retryable: boolean };
      assert.equal(retryable, 'retry-after' in problemHeaders(new Problem(code)), code);
    }
  });

  it('names the request as its instance, and nothing that was sent', () => {
    const id = '2f1c3f0a-0000-4000-8000-000000000000';
    const { instance } = problemBody(new Problem('order_not_found'), id) as { instance: string };
    assert.equal(instance, `urn:uuid:${id}`);
  });

  it('of the 503 kind may be tried again', () => {
    for (const code of CODES)
      if (problemEntry(code).status === 503) assert.ok(problemEntry(code).retryAfterS, code);
  });
});
