import assert from 'node:assert/strict';
import { DrizzleQueryError } from 'drizzle-orm';
import pg from 'pg';
import { problemOf } from '../../src/api/problems/errors.ts';
import { OrchestratorUnavailable } from '../../src/api/problems/orchestrator-errors.ts';

function failedQuery(code: string): Error {
  const cause = new pg.DatabaseError('could not extend file "base/1/2"', 1, 'error');
  cause.code = code;
  return new DrizzleQueryError('insert', [], cause);
}

function notTaken(reason: string): Error {
  const cause = new Error('14 UNAVAILABLE', { cause: new Error(reason) });
  return new OrchestratorUnavailable('Temporal did not take the call', { cause });
}

describe('a request that found a full disk', () => {
  const rows: [who: string, error: Error, code: string, detail: RegExp][] = [
    [
      'the database',
      failedQuery('53100'),
      'database_unavailable',
      /^The database has no space left/,
    ],
    [
      'Temporal',
      notTaken('database or disk is full (13)'),
      'orchestrator_unavailable',
      /^Temporal has no space left/,
    ],
  ];
  for (const [who, error, code, detail] of rows)
    it(`is answered with 503, and with whose disk it is: ${who}`, () => {
      const problem = problemOf(error);
      assert.deepEqual([problem.status, problem.code], [503, code]);
      assert.match(problem.message, detail);
    });

  it('is not any other that was not served', () => {
    for (const error of [failedQuery('53300'), notTaken('connection refused')])
      assert.doesNotMatch(problemOf(error).message, /space/);
  });
});
