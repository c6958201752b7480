import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { createTurns, type Turn } from '../../src/api/temporal/turns.ts';

/** An answer that is given, or fails, when the test says so. */
function openQuestion() {
  const told = new EventEmitter();
  return {
    ask: async (): Promise<string> => String((await once(told, 'answer'))[0]),
    answer: (text: string) => told.emit('answer', text),
    fail: (error: Error) => told.emit('error', error),
  };
}

describe('who asks an order what somebody is asking just now', () => {
  it('waits for the other answer, and is told of it', async () => {
    const turns = createTurns();
    const first = openQuestion();
    const asked: Turn[] = [];
    const answers = [turns.take('pay', 60_000, first.ask)];
    for (const name of ['second', 'third']) {
      const ask = async (turn: Turn) => {
        asked.push(turn);
        return name;
      };
      answers.push(turns.take('pay', 60_000, ask));
    }
    assert.equal(
      await turns.take('verify', 60_000, async () => 'another question'),
      'another question',
    );
    assert.deepEqual(asked, []);
    first.answer('first');
    assert.deepEqual(await Promise.all(answers), ['first', 'second', 'third']);
    assert.deepEqual(
      asked.map(({ hasWaited }) => hasWaited),
      [true, true],
    );
  });

  it('asks for itself when the other one fails', async () => {
    const turns = createTurns();
    const first = openQuestion();
    const failing = turns.take('pay', 60_000, first.ask);
    const second = turns.take('pay', 60_000, async () => 'second');
    first.fail(new Error('away'));
    await assert.rejects(failing, /away/);
    assert.equal(await second, 'second');
  });

  it('waits no longer than its caller does, and has nothing left then', async () => {
    const turns = createTurns();
    const first = openQuestion();
    const slow = turns.take('pay', 60_000, first.ask);
    const { leftMs, hasWaited } = await turns.take('pay', 20, async (given) => given);
    // A timer may ring within the millisecond before its time.
    assert.ok(leftMs <= 1 && hasWaited, `${leftMs} ms left`);
    first.answer('at last');
    assert.equal(await slow, 'at last');
  });

  it('is not kept waiting by what was asked and answered before', async () => {
    const turns = createTurns();
    await turns.take('pay', 60_000, async () => 'before');
    const turn = await turns.take('pay', 60_000, async (given) => given);
    assert.deepEqual(turn, { leftMs: 60_000, hasWaited: false });
  });
});
