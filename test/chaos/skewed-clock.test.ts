import assert from 'node:assert/strict';
import { execa } from 'execa';
import { createClocks } from '../../chaos/clocks.ts';

const SKEW_MS = 600_000;
const TOLD = `
  const { mtime } = require('node:fs').statSync('.');
  console.log(JSON.stringify({
    now: Date.now(),
    made: new Date().getTime(),
    read: Date.parse(new Date().toISOString()),
    fixed: new Date(5).getTime(),
    isDate: [new Date(), mtime, new (class extends Date {})()].every((date) => date instanceof Date),
  }));`;

async function timeIn(env: Record<string, string | undefined>) {
  const { stdout } = await execa(process.execPath, ['-e', TOLD], { env });
  return JSON.parse(stdout) as Record<'now' | 'made' | 'read' | 'fixed', number> & {
    isDate: boolean;
  };
}

describe('a process whose clock was set wrong', () => {
  const clocks = createClocks({});

  for (const [name, skewMs] of [
    ['ahead', SKEW_MS],
    ['behind', -SKEW_MS],
  ] as const)
    it(`is ${name} by as much, and its dates are dates`, async () => {
      clocks.set('api', skewMs);
      const before = Date.now();
      const { now, made, read, fixed, isDate } = await timeIn(clocks.envOfNextLife('api'));
      const after = Date.now();
      for (const time of [now, made, read])
        assert.ok(time - skewMs >= before && time - skewMs <= after, `${time - skewMs}`);
      assert.deepEqual([fixed, isDate], [5, true]);
    });

  it('has the right time in the life after it was set right, and so have the others all the while', () => {
    clocks.set('api', 0);
    assert.deepEqual(clocks.envOfNextLife('api'), {});
    assert.deepEqual(clocks.envOfNextLife('api-2'), {});
  });
});
