/** Runs of days and of the schedule survive new code: their saved histories replay against the workflows as they are now. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { workflowBundle } from '../../src/temporal/workflow-bundle.ts';
import { beQuiet, type SavedHistory } from '../support/observed/histories.ts';
import { prefixesOf, replayed } from '../support/observed/replays.ts';

const FOLDER = path.join(import.meta.dirname, 'histories');

const saved: SavedHistory[] = readdirSync(FOLDER).map((file) => ({
  workflowId: path.basename(file, '.json'),
  history: JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')),
}));

describe('the saved history of a reconciliation', function () {
  this.timeout(120_000);
  before(beQuiet);

  it('replays whole, and from every task at which a worker may take over', async () => {
    const histories = saved.flatMap((history) => [history, ...prefixesOf(history)]);
    const errors = await replayed(await workflowBundle(), histories);
    assert.ok(errors.size > 4, `${errors.size} histories`);
    for (const [name, error] of errors) assert.equal(error, undefined, `${name}: ${error}`);
  });
});
