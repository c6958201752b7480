/**
 * The timeline of an order is read by operators, and its keys are kept by other systems: a change of a word in it
 * is seen here first. `npm run generate` writes what it says now into timelines.json, for a person to read.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ledgerOf } from '../support/order-story.ts';
import { TIMELINES, TIMELINES_FILE, type Timelines, wholeLives } from '../support/timelines.ts';

const WRITTEN = JSON.parse(readFileSync(TIMELINES_FILE, 'utf8')) as Timelines;

describe('the timeline of an order', () => {
  for (const [name, lines] of Object.entries(TIMELINES))
    it(`is as it is written down: ${name}`, () => {
      assert.deepStrictEqual(lines(), WRITTEN[name], 'run npm run generate and read the change');
    });

  it('is kept as plain JSON, so that a new run has what the one before it had', () => {
    for (const { terms = {}, before, now } of Object.values(wholeLives())) {
      const { terms: _, ...ledger } = ledgerOf(terms, [...before, ...now]);
      assert.deepStrictEqual(JSON.parse(JSON.stringify(ledger)), ledger);
    }
  });

  it('is written down for everything that is tried', () => {
    assert.deepStrictEqual(Object.keys(WRITTEN), Object.keys(TIMELINES));
  });
});
