import assert from 'node:assert/strict';
import { recoveries, toldSpans } from '../../chaos/recovery.ts';
import type { Strike } from '../../chaos/storm.ts';

const strike = (name: Strike['name'], from: number, to: number): Strike => ({ name, from, to });

describe('the recovery from a fault', () => {
  const strikes = [strike('workerKills', 100, 150), strike('databaseFreezes', 200, 260)];

  it('begins when a process was killed, or when what lasts has ended', () => {
    assert.deepEqual(recoveries([{ from: 50, to: 130 }], strikes), [30]);
    assert.deepEqual(recoveries([{ from: 210, to: 300 }], strikes), [40]);
  });

  it('is counted from the last of several faults', () => {
    assert.deepEqual(recoveries([{ from: 50, to: 300 }], strikes), [40]);
  });

  it('is none where no fault ended in between', () => {
    assert.deepEqual(recoveries([{ from: 110, to: 250 }], strikes), []);
  });

  it('of what an order was told lasts from the first try of the gateway until it was taken up', () => {
    const deliveries = [
      { eventId: 'evt_1', startedAt: 70 },
      { eventId: 'evt_1', startedAt: 50 },
      { eventId: 'evt_lost', startedAt: 60 },
    ];
    const takenUp = new Map([
      ['evt_1', 130],
      ['evt_by_hand', 140],
    ]);
    assert.deepEqual(toldSpans(deliveries, takenUp), [{ from: 50, to: 130 }]);
  });
});
