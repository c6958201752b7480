import assert from 'node:assert/strict';
import { pino } from 'pino';
import { createLogOutput } from '../../src/logs/log-output.ts';

/** A disk that can be full, and what was written to it. */
function openDisk() {
  let written = '';
  let space = Number.POSITIVE_INFINITY;
  const output = createLogOutput((bytes) => {
    if (space === 0) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    const part = bytes.subarray(0, Math.min(bytes.length, space));
    space -= part.length;
    written += part.toString();
    return part.length;
  });
  return {
    log: pino({ base: null, timestamp: false }, output),
    leave: (bytes: number) => {
      space = bytes;
    },
    lines: () =>
      written
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line).msg as string),
  };
}

describe('the log on a full disk', () => {
  it('neither throws nor blocks, also for a fatal line', () => {
    const { log, leave, lines } = openDisk();
    leave(0);
    log.error('first');
    log.fatal('second');
    assert.deepEqual(lines(), []);
  });

  it('is written once there is space, each line whole', () => {
    const { log, leave, lines } = openDisk();
    leave(10);
    log.error('first');
    log.fatal('second');
    leave(Number.POSITIVE_INFINITY);
    log.info('third');
    assert.deepEqual(lines(), ['first', 'second', 'third']);
  });

  it('keeps a bounded number of lines, and says how many were dropped', () => {
    const { log, leave, lines } = openDisk();
    leave(0);
    const long = 'x'.repeat(300_000);
    for (let line = 0; line < 5; line += 1) log.info(long);
    leave(Number.POSITIVE_INFINITY);
    log.info('last');
    assert.deepEqual(lines(), [long, long, long, 'last', '2 log lines could not be written']);
  });
});
