import assert from 'node:assert/strict';
import { openDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { emptyDatabase, openPatiently } from '../support/test-database.ts';

describe('migrating a database', () => {
  it('is done once when several processes do it at the same time, and again later', async () => {
    const url = await emptyDatabase();
    await Promise.all([migrate(url), migrate(url), migrate(url)]);
    await migrate(url);
    const database = openPatiently(url);
    const { rows } = await database.pool.query(
      'select name, last from number_series order by name',
    );
    await database.close();
    assert.deepEqual(rows, [
      { name: 'credit_note', last: '0' },
      { name: 'invoice', last: '0' },
    ]);
  });
});

describe('a database that is not there', () => {
  it('is an error soon, never a hang or a crash', async () => {
    const database = openDatabase('postgres://nobody@127.0.0.1:1/none');
    await assert.rejects(database.pool.query('select 1'), /ECONNREFUSED/);
    await database.close();
  });
});
