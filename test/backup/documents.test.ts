/** No figure in the documents is written by hand. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { restoreDocument } from '../../scripts/measure-restore.ts';

describe('what docs/operations.md says of the time that a restore takes', () => {
  it('is what was measured last', () => {
    const { path, text } = restoreDocument();
    assert.equal(readFileSync(path, 'utf8'), text);
  });
});
