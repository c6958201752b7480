import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import {
  BENCH_TESTS,
  failuresOf,
  LONG_TESTS,
  mochaRuns,
  PLACES,
  summaryOf,
  sumOf,
} from './support/runs.ts';

const ANY = '/**/*.test.ts';
const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .map((file) => `test/${file}`)
  .filter((file) => file.endsWith('.test.ts'));

const filesOf = (patterns: readonly string[]): string[] =>
  files.filter((file) =>
    patterns.some((pattern) =>
      pattern.endsWith(ANY) ? file.startsWith(pattern.slice(0, 1 - ANY.length)) : file === pattern,
    ),
  );

describe('the runs of npm test', () => {
  it('name only folders and files that exist', () => {
    assert.deepEqual(
      PLACES.filter((place) => !existsSync(place)),
      [],
    );
  });

  it('have every test file once, but for the long ones and those that compare with other systems', () => {
    const runs = mochaRuns.map(({ patterns, ignored }) => {
      const left = new Set(filesOf(ignored));
      return filesOf(patterns).filter((file) => !left.has(file));
    });
    assert.ok(
      runs.every(({ length }) => length > 1),
      'a run has no test',
    );
    const expected = filesOf([`test${ANY}`]).filter(
      (file) => !BENCH_TESTS.includes(file) && !LONG_TESTS.includes(file),
    );
    assert.deepEqual(new Set(runs.flat()), new Set(expected));
    assert.equal(runs.flat().length, expected.length);
  });

  it('are added up in the last line', () => {
    const first = summaryOf('1 passed, 9 failed\n\n300 passed, 2 failed, 4 skipped\n', 2);
    const second = summaryOf('20 passed, 0 failed\n', 0);
    assert.deepEqual(sumOf([first, second]), {
      line: '320 passed, 2 failed, 4 skipped',
      failed: 2,
    });
    assert.equal(sumOf([second]).line, '20 passed, 0 failed');
  });

  it('are a failure where one ended before its last line, or with a failure that is no test’s', () => {
    assert.equal(sumOf([summaryOf('heap out of memory', undefined)]).line, '0 passed, 1 failed');
    assert.equal(sumOf([summaryOf('7 passed, 0 failed', 1)]).line, '7 passed, 1 failed');
  });

  it('say again at the end what failed in any of them', () => {
    const run =
      '    ✔ one\n\n\n\u001b[92m \u001b[0m\u001b[32m 1 passing\u001b[0m (2s)\n' +
      '\u001b[31m  1 failing\u001b[0m\n\n  1) an order\n       is paid:\n     Error: 2 is not 1\n\n\n1 passed, 1 failed\n';
    assert.equal(
      failuresOf(run),
      '  1 failing\n\n  1) an order\n       is paid:\n     Error: 2 is not 1',
    );
    assert.equal(failuresOf('  2 passing (1s)\n\n2 passed, 0 failed\n'), '');
  });
});
