/** What readers see of a run. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { pictureOf } from '../../../bench/report/picture.ts';
import { allTables } from '../../../bench/report/tables.ts';
import { documentsOf, LAST_RUN, readRun } from '../../../bench/report/write.ts';
import { recordOf, resultWith } from './run-records.ts';

const record = recordOf({
  payonce: {
    order: resultWith({ perSecond: 80, spread: [70, 90], historyEvents: 20, actions: 8 }),
  },
  dbos: { order: resultWith({ perSecond: 40, spread: [40, 40] }) },
});

describe('the tables of a run', () => {
  it('show the median with the spread of the rounds, and no spread where there is none', () => {
    assert.match(allTables(record), /\| The payonce \| \*\*80\*\* \(70–90\) \|/);
    assert.match(allTables(record), /\| The dbos \| \*\*40\*\* \|/);
  });

  it('show a dash for what a side does not have', () => {
    assert.match(allTables(record), /The payonce .*\| 20 \| 8 \|/);
    assert.match(allTables(record), /The dbos .*\| – \| – \|/);
  });

  it('leave out workloads that were not measured', () => {
    assert.doesNotMatch(allTables(record), /storm:/i);
  });

  it('say which targets were missed', () => {
    assert.match(allTables(record), /order: at least 0.5 × dbos \| 2.00 × \| yes/);
  });

  it('name the machine and the versions', () => {
    assert.match(allTables(record), /2026-01-26: 2 × a CPU, 24 GiB, Linux.*Node 20\.20\.2/);
  });
});

describe('the picture of a run', () => {
  it('draws bars as long as their values', () => {
    const widths = [...pictureOf(record).matchAll(/<rect [^>]*width="(\d+)"/g)].map(([, w]) =>
      Number(w),
    );
    assert.equal(widths.length, 2);
    assert.ok(Math.abs((widths[0] ?? 0) / (widths[1] ?? 1) - 2) < 0.02, String(widths));
  });

  it('keeps names from becoming markup', () => {
    const about = [{ name: 'payonce', title: 'a < b & c', description: '' }];
    assert.match(pictureOf({ ...record, about }), /a &lt; b &amp; c/);
  });
});

describe('the documents', () => {
  it('show the last run, as npm run bench -- --render writes them', function () {
    if (!existsSync(LAST_RUN)) return this.skip();
    for (const [file, text] of documentsOf(readRun(LAST_RUN)))
      assert.equal(readFileSync(file, 'utf8'), text, `${file}: npm run bench -- --render`);
  });
});
