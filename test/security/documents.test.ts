/** What docs/security.md says of tests and of the code, against both. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const text = readFileSync('docs/security.md', 'utf8');
const named = new Set(
  [...text.matchAll(/`((?:test|src|deploy)\/[\w./-]+)`/g)].map(([, file = '']) => file),
);

describe('docs/security.md', () => {
  it('names no file that is not there', () => {
    assert.ok(named.size > 20);
    assert.deepEqual(
      [...named].filter((file) => !existsSync(file)),
      [],
    );
  });

  it('has a test for each of the ten risks', () => {
    const rows = text.split('\n').filter((line) => /^\| API\d+ /.test(line));
    assert.equal(rows.length, 10);
    for (const row of rows) assert.match(row, /`test\/[\w/-]+\.test\.ts`/);
  });

  it('leaves no test of security unnamed', () => {
    const tests = readdirSync('test/security').filter((file) => file.endsWith('.test.ts'));
    const unnamed = tests.filter((file) => !named.has(`test/security/${file}`));
    assert.deepEqual(unnamed, ['documents.test.ts']);
  });

  it('explains every security event that the code logs', () => {
    const sources = [
      'src/api/access/security-events.ts',
      'src/api/webhooks/webhooks.ts',
      'src/codec-server/app.ts',
    ];
    const logged = sources
      .map((file) => readFileSync(file, 'utf8'))
      .flatMap((code) => [
        ...code.matchAll(/^ {2}(?:\w+|'\/[^']*'): '(\w+)',$|security_event: '(\w+)'/gm),
      ])
      .map(([, fromTable, given]) => fromTable ?? given ?? '');
    assert.ok(logged.length > 10);
    for (const event of new Set(logged)) assert.ok(text.includes(`\`${event}\``), event);
  });
});
