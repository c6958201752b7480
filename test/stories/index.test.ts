/**
 * The failures of real payment systems that must not happen here, by number, and where each is told. A
 * story is told by every test whose title, or whose suite's title, names its number.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';

const TESTS = new URL('../', import.meta.url);

const STORIES: Record<string, string> = {
  T01: 'one event, processed twice',
  T02: 'webhook and verify in either order',
  T03: 'a repeat after everything is settled',
  T04: 'a webhook that meets any later state',
  T05: 'a thousand events, three times each',
  T06: 'a refund counted again from its own webhook',
  T07: 'a refund subtracted again on replay',
  T08: 'repeats that show as failed runs',
  T09: 'verify and webhook in the same instant',
  T10: 'the webhook before the pay click has returned',
  T11: 'failed after paid, or of an attempt that another one has followed',
  T12: 'paid after failed, ignored',
  T13: 'an old answer over a newer state',
  T14: 'events in the order of nothing at all',
  T15: 'a dispute that closes before its capture is known',
  T16: 'a refund before its capture',
  T17: 'captured days after it failed',
  T18: 'pending at the bank, failed by our clock',
  T19: 'an authorization sent back, a second payment',
  T20: 'the one webhook that matters, lost',
  T21: 'paid after it was cancelled',
  T22: 'cancel and capture at once',
  T23: 'a refused cancellation taken for one',
  T24: 'a late word about a payment that another one has followed',
  T25: 'two attempts at once',
  T26: 'done, and the answer lost',
  T27: 'still working on the first call under the key',
  T28: 'a key that the gateway has forgotten',
  T29: 'a crash between the effect and its acknowledgement',
  T30: 'seen, and never applied',
  T31: 'a webhook for an order that does not exist',
  T32: 'acknowledged, and not yet durable',
  T33: 'no webhook at all',
  T34: 'paid with a wrong amount, or in a wrong currency',
  T35: 'too much, or in parts',
  T36: 'currencies without cents, and with more of them',
  T37: 'captured for more than was asked',
  T38: 'a refund of the wrong payment',
  T39: 'a refund that fails',
  T40: 'two equal refunds',
  T41: 'two refunds of more than there is',
  T42: 'disputes: opened, won, lost',
  T43: 'a signature checked over other bytes',
  T44: "another order's payment",
  T45: 'two secrets, clocks that differ, odd signatures',
  T46: 'closed, and never existed',
  T47: 'a signal for an order that has just closed',
  T48: 'a signal before the first step',
  T49: 'two deliveries of one event in two runs',
  T50: 'code, ids and keys that do not fit what is stored',
  T51: 'old histories under new code',
};

/** What `describe` and `it` are called with, and the titles of cases that are told one by one. */
const TITLE = /\b(?:(?:describe|it|holds)\(|title:)\s*(['"`])((?:\\.|(?!\1).)*)\1/gs;

function titles(): string[] {
  const files = readdirSync(TESTS, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => readFileSync(new URL(file, TESTS), 'utf8'))
    .flatMap((text) => [...text.matchAll(TITLE)].map(([, , title = '']) => title));
}

describe('the stories of failure', () => {
  const told = new Set(titles().flatMap((title) => title.match(/\bT\d{2}\b/g) ?? []));

  for (const [number, story] of Object.entries(STORIES))
    it(`are told: ${story} (${number.slice(1)})`, () => {
      assert.ok(told.has(number), `name ${number} in the title of the test that tells it`);
    });

  it('have no number that stands for none', () => {
    assert.deepEqual(
      [...told].filter((number) => !(number in STORIES)),
      [],
    );
  });
});
