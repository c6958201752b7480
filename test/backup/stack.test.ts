/**
 * The stack of `npm start` loses Temporal, its database, or both, and gets them back as of another moment than each
 * other. Orders of every life go on by themselves, and the invariants of the chaos run hold.
 */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { rehearseEachLoss } from './losses.ts';
import { type Rehearsal, startRehearsal } from './rehearsal.ts';

describe('a stack with orders of every life', function () {
  this.timeout(400_000);
  let rehearsal: Rehearsal;
  before(async () => {
    rehearsal = await startRehearsal();
  });
  after(() => rehearsal?.close());

  rehearseEachLoss(() => rehearsal);

  describe('and a backup', () => {
    let backup: string;
    before(async () => {
      backup = await rehearsal.backUp();
    });

    it('is not put back while it runs', async () => {
      await assert.rejects(rehearsal.restore(backup, '--replace'), /is in use by another Payonce/);
    });

    it('is not overwritten unless that is said, and what was there is kept', async () => {
      await rehearsal.lose();
      await assert.rejects(
        rehearsal.restore(backup),
        /has postgres and temporal\.db already: say --replace/,
      );
      const said = await rehearsal.restore(backup, '--replace', '--skip-numbers', '0');
      const names = await readdir(rehearsal.dataDir);
      const [aside] = names.filter((name) => name.startsWith('replaced-'));
      assert.ok(aside !== undefined && said.includes(aside), said);
      assert.doesNotMatch(said, /are left to papers/);
    });
  });
});
