/** What a company's legal department asks of a dependency. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { NOTICE_FILE, notice, productionPackages } from '../../scripts/write-notice.ts';

/** None of them asks more of a user than to keep its text and to name who wrote it. */
const PERMISSIVE = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC-BY-4.0',
  'ISC',
  'MIT',
  'OFL-1.1',
  'Python-2.0',
  'Unlicense',
  'Zlib',
];
const TELEMETRY = ['@scarf/scarf'];

describe('what production installs', () => {
  it('is in NOTICE.md, package by package', () => {
    assert.equal(readFileSync(NOTICE_FILE, 'utf8'), notice(), 'run npm run notice');
  });

  it('has permissive licences alone', () => {
    const others = productionPackages().filter(({ license }) =>
      (license ?? 'none')
        .replace(/[()]/g, '')
        .split(' AND ')
        .some((part) => !PERMISSIVE.includes(part)),
    );
    assert.deepEqual(others, []);
  });

  it('holds no package that reports its installation', () => {
    const names = productionPackages().map(({ name }) => name);
    assert.deepEqual(
      names.filter((name) => TELEMETRY.includes(name)),
      [],
    );
  });
});
