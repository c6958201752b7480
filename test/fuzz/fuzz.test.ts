/** A short run of the same fuzzer that `npm run fuzz` lets loose for longer. */
import assert from 'node:assert/strict';
import { fuzz } from './fuzz.ts';

const REQUESTS = 600;
/** The same questions every time; `FUZZ_SEED` asks others. */
const SEED = Number(process.env.FUZZ_SEED ?? 1_026);
/** What grows with the requests shows in a long run; a short one only sees what grows at once. */
const MAX_GROWTH = 1.25;

describe(`the API under ${REQUESTS} hostile requests, seed ${SEED}`, function () {
  this.timeout(300_000);
  let summary: Awaited<ReturnType<typeof fuzz>>;

  before(async () => {
    summary = await fuzz({ seed: SEED, requests: REQUESTS });
  });

  it('answers each from the closed set, and leaves alone what it refuses', () => {
    assert.deepEqual(summary.violations, []);
  });

  it('is really asked: most kinds of refusals are among the answers', () => {
    const kinds = Object.keys(summary.answers).filter((name) => name.startsWith('4'));
    assert.ok(kinds.length >= 20, `only ${kinds.join(', ')}`);
    assert.ok(summary.hopeless > REQUESTS / 5, `only ${summary.hopeless} had to be refused`);
  });

  it('does not grow', () => {
    for (const [name, { ratio }] of Object.entries(summary.memory))
      assert.ok(ratio <= MAX_GROWTH, `${name} has grown to ${ratio} of its warm size`);
  });
});
