import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { ownStackTests, summaryOf, sumOf } from './support/two-runs.ts';

describe('the two runs of npm test', () => {
  it('name only folders and files that exist', () => {
    const places = ownStackTests.map((pattern) => pattern.replace('/**/*.test.ts', ''));
    assert.deepEqual(
      places.filter((place) => !existsSync(place)),
      [],
    );
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
});
