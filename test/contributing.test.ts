/** The recipes of CONTRIBUTING.md: which files each changes, and that there are no more than three. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { activityOf } from '../src/activities/policies.ts';
import { BUSINESS_EFFECTS } from '../src/domain/effects/effects.ts';

const ROOT = path.join(import.meta.dirname, '..');
const MAX_CHANGED = 3;

const recipes = readFileSync(path.join(ROOT, 'CONTRIBUTING.md'), 'utf8')
  .split(/^## /m)
  .slice(1)
  .map((section) => ({
    title: section.split('\n')[0] ?? '',
    made: namedAfter('New', section),
    changed: namedAfter('Changed', section),
  }));

function namedAfter(word: string, section: string): string[] {
  const [, list = ''] = new RegExp(`^${word}: ([^]*?)\\.\\n\\n`, 'm').exec(section) ?? [];
  return [...list.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
}

describe('the recipes of CONTRIBUTING.md', () => {
  it('are for an event, an effect, a gateway and a settlement format', () => {
    assert.equal(recipes.length, 4);
  });

  for (const { title, made, changed } of recipes)
    describe(title, () => {
      it(`changes ${changed.join(', ')}`, () => {
        const files = changed.filter((name) => name.endsWith('.ts'));
        // Two folders are named for the one file that is changed in either.
        const folders = changed.filter((name) => !name.endsWith('.ts'));
        assert.ok(files.length + Math.min(folders.length, 1) <= MAX_CHANGED);
        for (const name of changed) assert.ok(existsSync(path.join(ROOT, name)), name);
      });

      it(`makes ${made.join(', ') || 'no file'}`, () => {
        for (const name of made) {
          const folder = path.dirname(name.replace(/\/?$/, ''));
          assert.match(name, /<\w+>/);
          assert.ok(existsSync(path.join(ROOT, folder)), folder);
        }
      });
    });
});

describe('the activity of an effect', () => {
  it('has the name under which histories know it', () => {
    assert.deepEqual(BUSINESS_EFFECTS.map(activityOf), [
      'grantAccess',
      'issueInvoice',
      'updateCrm',
      'postLedger',
      'revokeAccess',
      'issueCreditNote',
      'parkPayment',
    ]);
  });
});
