/** What the loop of the benchmark counts, with work that a test holds in its hands. */
import assert from 'node:assert/strict';
import { closedLoop } from '../../../bench/measuring/closed-loop.ts';

const NO_METER = { begin: () => {}, end: () => {} };
const UNTIL_DONE = { warmUpMs: 0, measureMs: 60_000 };

describe('a closed loop', () => {
  it('keeps as many in flight as it is told, and no more', async () => {
    let [now, most] = [0, 0];
    await closedLoop({ ...UNTIL_DONE, inFlight: 4, atMost: 40 }, NO_METER, async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise(setImmediate);
      now -= 1;
    });
    assert.equal(most, 4);
  });

  it('ends with the last of a limited number, long before its time', async () => {
    const result = await closedLoop(
      { ...UNTIL_DONE, inFlight: 3, atMost: 10 },
      NO_METER,
      async (index) => index,
    );
    assert.equal(result.total, 10);
    assert.ok(result.elapsedMs < UNTIL_DONE.measureMs);
  });

  it('counts nothing of the warm-up, and knows of it in the total', async () => {
    let isMeasured = false;
    const meter = {
      begin: () => {
        isMeasured = true;
      },
      end: () => {
        isMeasured = false;
      },
    };
    const plan = { inFlight: 2, warmUpMs: 30, measureMs: 30 };
    const { samples, total } = await closedLoop(plan, meter, async () => {
      await new Promise(setImmediate);
      return isMeasured;
    });
    assert.ok(samples.length > 0 && samples.every(Boolean));
    assert.ok(total > samples.length);
  });

  it('measures on where too few have ended, and not for ever', async () => {
    const plan = { inFlight: 1, warmUpMs: 0, measureMs: 20, atLeast: 1_000_000 };
    const { elapsedMs } = await closedLoop(plan, NO_METER, () => new Promise(setImmediate));
    assert.ok(elapsedMs > 75 && elapsedMs < 5_000, String(elapsedMs));
  });

  it('fails with the first error, once the others have ended', async () => {
    let ended = 0;
    const run = closedLoop({ ...UNTIL_DONE, inFlight: 3, atMost: 3 }, NO_METER, async (index) => {
      if (index === 1) throw new Error('this order is lost');
      await new Promise(setImmediate);
      ended += 1;
    });
    await assert.rejects(run, /this order is lost/);
    assert.equal(ended, 2);
  });
});
