import assert from 'node:assert/strict';
import { median, percentile, rounded } from '../../../bench/measuring/statistics.ts';

describe('statistics of the benchmark', () => {
  it('take the middle value, or the mean of the two in the middle', () => {
    assert.equal(median([9, 1, 5]), 5);
    assert.equal(median([4, 1, 3, 2]), 2.5);
  });

  it('take percentiles from values that were measured, never between them', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    assert.equal(percentile(hundred, 0.5), 50);
    assert.equal(percentile(hundred, 0.99), 99);
    assert.equal(percentile([7], 0.99), 7);
  });

  it('are NaN of nothing, never zero', () => {
    assert.ok(Number.isNaN(median([])) && Number.isNaN(percentile([], 0.5)));
  });

  it('keep three digits', () => {
    assert.deepEqual([1234.5, 0.012345, 9.996].map(rounded), [1230, 0.0123, 10]);
  });
});
