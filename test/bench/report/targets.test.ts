import assert from 'node:assert/strict';
import { targetsOf } from '../../../bench/report/targets.ts';
import type { SideResults } from '../../../bench/run.ts';
import { recordOf, resultWith } from './run-records.ts';

function reachedIn(sides: Record<string, SideResults>, text: RegExp) {
  return targetsOf(recordOf(sides)).find((target) => text.test(target.text))?.reached;
}

const growthTo = (cpuMs: number) => {
  const stage = { perSecond: 50, memoryMibByRole: {} };
  const stages = [
    { ...stage, orders: 1000, cpuMs: 10 },
    { ...stage, orders: 20_000, cpuMs },
  ];
  return { payonce: { growth: resultWith({ stages }) } };
};

describe('the targets of a run', () => {
  it('are met by a ratio that is high enough, and say the ratio', () => {
    const run = (ours: number) => ({
      payonce: { order: resultWith({ perSecond: ours }) },
      'temporal-naive': { order: resultWith({ perSecond: 10 }) },
    });
    assert.deepEqual(reachedIn(run(35), /naive/), { value: '3.50 ×', isMet: true });
    assert.deepEqual(reachedIn(run(34), /naive/), { value: '3.40 ×', isMet: false });
  });

  it('are open where one of the two was not measured', () => {
    assert.equal(reachedIn({ payonce: { order: resultWith({}) } }, /dbos/), undefined);
  });

  it('take a missing count for a missed one', () => {
    const run = { payonce: { order: resultWith({ actions: null }) } };
    assert.equal(reachedIn(run, /billable actions/)?.isMet, false);
  });

  it('compare with the commit before where that was measured, and say nothing of it elsewhere', () => {
    const run = (cpuMs: number) => ({
      payonce: { order: resultWith({ perSecond: 50, cpuMs }) },
      'payonce-before': { order: resultWith({ perSecond: 24, cpuMs: 70 }) },
    });
    assert.deepEqual(reachedIn(run(35), /order: CPU.*before/), { value: '0.50 ×', isMet: true });
    assert.equal(reachedIn(run(36), /order: CPU.*before/)?.isMet, false);
    assert.deepEqual(reachedIn(run(35), /order: at least 2 × payonce-before/), {
      value: '2.08 ×',
      isMet: true,
    });
    const { payonce } = run(35);
    assert.equal(
      targetsOf(recordOf({ payonce })).filter(({ text }) => /before/.test(text)).length,
      0,
    );
  });

  it('call a growth flat up to a fifth more CPU time, and shrinking flat too', () => {
    assert.deepEqual(reachedIn(growthTo(12), /growth/), {
      value: '+20 % from 1000 to 20000 orders',
      isMet: true,
    });
    assert.equal(reachedIn(growthTo(12.5), /growth/)?.isMet, false);
    assert.equal(reachedIn(growthTo(7), /growth/)?.isMet, true);
  });
});
