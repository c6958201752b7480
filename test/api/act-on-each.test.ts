import assert from 'node:assert/strict';
import { actOnEach } from '../../src/api/temporal/act-on-each.ts';

const AT_ONCE = 3;

describe('acting on each of many', () => {
  it('keeps none waiting for one that fails, and says why that one did', async () => {
    const done: number[] = [];
    const reasons = await actOnEach([1, 2, 3, 4, 5], AT_ONCE, async (one) => {
      if (one === 2) throw new Error('not this one');
      done.push(one);
    });
    assert.deepEqual(done, [1, 3, 4, 5]);
    assert.deepEqual(reasons.map(String), ['Error: not this one']);
  });

  it('has nothing to say of none', async () => {
    assert.deepEqual(await actOnEach([], AT_ONCE, () => assert.fail('there is none')), []);
  });

  it('leaves the rest where none goes well, and says so', async () => {
    const tried: number[] = [];
    const acting = actOnEach([1, 2, 3, 4, 5, 6, 7, 8, 9], AT_ONCE, async (one) => {
      tried.push(one);
      throw new Error('no answer');
    });
    await assert.rejects(acting, /no answer/);
    assert.ok(tried.length < 9, `${tried} were tried`);
  });

  it('says that some were left, although a slow one went well in the end', async () => {
    let end = (): void => {};
    const othersWereTried = new Promise<void>((resolve) => {
      end = resolve;
    });
    const tried: number[] = [];
    const acting = actOnEach([1, 2, 3, 4, 5, 6, 7, 8, 9], AT_ONCE, async (one) => {
      tried.push(one);
      if (one === 1) return othersWereTried;
      if (one === 4) setImmediate(end);
      throw new Error('no answer');
    });
    await assert.rejects(acting, /no answer/);
    assert.ok(!tried.includes(9), `${tried} were tried`);
  });
});
