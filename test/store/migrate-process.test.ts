/** `npm run migrate` as a process, as a release runs it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { createInstallationId } from '../../src/store/installation.ts';
import { insertOrder } from '../../src/store/orders/orders.ts';
import { newOrder } from '../support/order-fixtures.ts';
import { openPatiently } from '../support/patient-database.ts';
import { emptyDatabase } from '../support/test-database.ts';

function migrateWith(env: Record<string, string>, ...args: string[]) {
  const { PATH = '' } = process.env;
  return execa(process.execPath, ['--import', 'tsx', 'src/migrate.ts', ...args], {
    env: { PATH, ...env },
    extendEnv: false,
    reject: false,
  });
}

describe('npm run migrate', function () {
  this.timeout(60_000);

  it('makes the tables of the database that a file names, and does so twice without harm', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'payonce-migrate-'));
    const url = await emptyDatabase();
    const file = path.join(folder, 'database-url');
    writeFileSync(file, `${url}\n`);
    for (const _ of ['first', 'again']) {
      const { exitCode, stdout } = await migrateWith({ DATABASE_URL_FILE: file });
      assert.deepEqual([exitCode, stdout], [0, 'The database is up to date.']);
    }
    const database = openPatiently(url);
    assert.notEqual(await insertOrder(database, newOrder()), null);
    await database.close();
    rmSync(folder, { recursive: true });
  });

  it('gives the installation an id once, and a new one to a copy of its database', async () => {
    const url = await emptyDatabase();
    const ids: string[] = [];
    for (const args of [[], [], ['--new-installation']]) {
      assert.equal((await migrateWith({ DATABASE_URL: url }, ...args)).exitCode, 0);
      const database = openPatiently(url);
      ids.push(await createInstallationId(database)());
      await database.close();
    }
    const [first = '', second, renewed = ''] = ids;
    assert.match(first, /^ins_[0-9a-f]{32}$/);
    assert.equal(second, first);
    assert.match(renewed, /^ins_[0-9a-f]{32}$/);
    assert.notEqual(renewed, first);
  });

  it('says what is missing', async () => {
    const { exitCode, stderr } = await migrateWith({});
    assert.equal(exitCode, 1);
    assert.equal(
      stderr,
      'migrate: DATABASE_URL is missing: set it to the postgres:// URL of the database',
    );
  });
});
