import assert from 'node:assert/strict';
import type { MemorySample } from '../../chaos/memory.ts';
import { growths } from '../../chaos/memory-growth.ts';

const MINUTE_MS = 60_000;
const EVERY_MS = 5_000;

function life(minutes: number, mibAt: (minute: number) => number): MemorySample[] {
  return Array.from({ length: (minutes * MINUTE_MS) / EVERY_MS }, (_, index) => {
    const at = index * EVERY_MS;
    return { name: 'api', pid: 1, at, mib: mibAt(at / MINUTE_MS) };
  });
}

describe('the growth of a process', () => {
  it('is measured from when it was warm', () => {
    const [growth] = growths(life(3, (minute) => (minute < 0.4 ? 100 + 250 * minute : 210)));
    assert.deepEqual([growth?.warmMib, growth?.endMib], [210, 210]);
    assert.deepEqual([growth?.ratio, growth?.mibPerMinute], [1, null]);
  });

  it('shows what is kept, and not what has gone again', () => {
    const [kept] = growths(life(3, (minute) => (minute < 1 ? 200 : 300)));
    assert.equal(kept?.ratio, 1.5);
    const [gone] = growths(life(3, (minute) => (minute > 1 && minute < 2 ? 300 : 200)));
    assert.equal(gone?.ratio, 1);
  });

  it('is a slope where the life was long enough', () => {
    const [growth] = growths(life(40, (minute) => 200 + 2 * minute));
    assert.equal(growth?.mibPerMinute, 2);
  });

  it('is unknown for a life that was short, and is never that of two lives', () => {
    const first = life(0.9, () => 200);
    const second = life(0.9, () => 400).map((sample) => ({ ...sample, pid: 2 }));
    assert.deepEqual(growths([...first, ...second]), []);
  });

  it('is never that of two lives to which the system has given one pid', () => {
    const first = life(2, () => 200);
    const second = life(2, () => 400).map((sample) => ({
      ...sample,
      at: sample.at + 50 * MINUTE_MS,
    }));
    const found = growths([...first, ...second]);
    assert.deepEqual(
      found.map(({ ratio, mibPerMinute }) => [ratio, mibPerMinute]),
      [
        [1, null],
        [1, null],
      ],
    );
  });
});
