/** What is derived from the table is committed as it is derived. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { generatedDocuments } from '../../scripts/generate.ts';

describe('the documents', () => {
  for (const { path, text } of generatedDocuments())
    it(`show the table as it is: ${path.split('/').slice(-2).join('/')}`, () => {
      assert.equal(readFileSync(path, 'utf8'), text, 'run npm run generate and commit the result');
    });

  it('have a diagram and a table', () => {
    const [document] = generatedDocuments();
    assert.match(document?.text ?? '', /stateDiagram-v2[\s\S]*\| `payment\.captured\.exact` \|/);
  });
});
