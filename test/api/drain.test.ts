import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Request, Response } from 'express';
import { createDrain, type Drain } from '../../src/api/http/drain.ts';

function enter(drain: Drain): EventEmitter {
  const response = new EventEmitter();
  drain.admit({} as Request, response as unknown as Response, () => {});
  return response;
}

describe('a process that is to end', () => {
  it('waits for the requests under way and refuses new ones', async () => {
    const drain = createDrain();
    const first = enter(drain);
    const second = enter(drain);
    let isEmpty = false;
    const ended = drain.begin().then(() => {
      isEmpty = true;
    });
    assert.throws(() => enter(drain), { code: 'shutting_down' });
    first.emit('close');
    await new Promise(setImmediate);
    assert.equal(isEmpty, false);
    second.emit('close');
    await ended;
  });

  it('ends at once when nothing runs', () => createDrain().begin());
});

describe('a process under more load than it can hold', () => {
  it('says so, and takes requests again when others have left', () => {
    const drain = createDrain();
    const entered = Array.from({ length: 1_000 }, () => enter(drain));
    assert.throws(() => enter(drain), { code: 'overloaded' });
    entered[0]?.emit('close');
    enter(drain);
  });
});
