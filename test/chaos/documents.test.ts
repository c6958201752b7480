import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { reliabilityDocument } from '../../scripts/write-reliability.ts';

describe('the figures in docs/reliability.md', () => {
  it('are those of the recorded run', () => {
    const { path, text } = reliabilityDocument();
    assert.equal(readFileSync(path, 'utf8'), text, 'run npm run reliability:write');
  });
});
