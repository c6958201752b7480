import assert from 'node:assert/strict';
import { createOvertaking } from '../../chaos/overtaking.ts';

const FIRST = { id: 'evt_1', orderId: 'ord_1' };
const SECOND = { id: 'evt_2', orderId: 'ord_1' };

describe("an order's first event", () => {
  it('waits until the second has been taken', async () => {
    const overtaking = createOvertaking();
    const order: string[] = [];
    overtaking.told(FIRST);
    const first = overtaking.turnOf(FIRST).then(() => order.push('first'));
    overtaking.told(SECOND);
    await overtaking.turnOf(SECOND).then(() => order.push('second'));
    overtaking.taken(SECOND);
    await first;
    assert.deepEqual(order, ['second', 'first']);
  });

  it('does not wait again once it was overtaken', async () => {
    const overtaking = createOvertaking();
    for (const event of [FIRST, SECOND]) overtaking.told(event);
    overtaking.taken(SECOND);
    await overtaking.turnOf(FIRST);
  });

  it('is not overtaken by itself, nor by the events of other orders', async () => {
    const overtaking = createOvertaking();
    let isItsTurn = false;
    for (const event of [FIRST, SECOND]) overtaking.told(event);
    void overtaking.turnOf(FIRST).then(() => {
      isItsTurn = true;
    });
    overtaking.taken(FIRST);
    overtaking.taken({ id: 'evt_3', orderId: 'ord_2' });
    await overtaking.turnOf(SECOND);
    assert.equal(isItsTurn, false);
  });
});
