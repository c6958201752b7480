import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createFailpointLane, type Role } from '../../chaos/failpoints.ts';
import { createRandom } from '../../chaos/random.ts';

const SELDOM = 'gateway.refund.afterCallBeforeReturn';
const FREQUENT = 'record.afterWriteBeforeReturn';

describe('the next life of a process', () => {
  let folder: string;
  let logs: string[];

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'payonce-lanes-'));
    logs = ['worker.log', 'worker-2.log'].map((name) => path.join(folder, name));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function armedIn(role: Role, isSpared: boolean): string {
    const lane = createFailpointLane({ role, isSpared, logs, wanted: 2, random: createRandom(1) });
    assert.deepEqual(lane.envOfNextLife(), {}, 'not before the storm');
    lane.arm();
    return lane.envOfNextLife().FAILPOINT ?? '';
  }

  it('ends at any failpoint of its role, and at the first visit of a rare one', () => {
    assert.match(armedIn('worker', false), new RegExp(`${FREQUENT}:[1-4]\\b`));
    assert.match(armedIn('worker', false), new RegExp(`${SELDOM}:1\\b`));
    assert.match(armedIn('api', false), /^order\.afterInsert:[1-4],/);
    assert.doesNotMatch(armedIn('api', false), /record|gateway/);
  });

  it('ends at the rare ones alone where it is to be spared', () => {
    assert.equal(armedIn('api', true), 'orphan.afterSignalBeforeMark:1');
    assert.doesNotMatch(armedIn('worker', true), new RegExp(FREQUENT));
  });

  it('waits every other time for what has killed far less often than others', () => {
    const [log = ''] = logs;
    writeFileSync(log, `failpoint ${FREQUENT}: killed\n`.repeat(4));
    const lane = createFailpointLane({
      role: 'worker',
      isSpared: false,
      logs,
      wanted: 5,
      random: createRandom(1),
    });
    lane.arm();
    const armed = [1, 2, 3].map(() => lane.envOfNextLife().FAILPOINT?.includes(FREQUENT));
    assert.deepEqual(armed, [true, false, true]);
  });

  it('is not armed with what has killed often enough, in whichever process', () => {
    for (const log of logs) writeFileSync(log, `failpoint ${SELDOM}: killed\n`);
    assert.doesNotMatch(armedIn('worker', true), new RegExp(SELDOM));
  });
});
