import assert from 'node:assert/strict';
import { problemOf } from '../../src/api/problems/errors.ts';
import { openDatabase } from '../../src/store/database.ts';
import { longTransaction } from '../../src/store/settlements/long-transaction.ts';
import { freshDatabase, type TestDatabase } from '../support/test-database.ts';

describe('a transaction of minutes', () => {
  let database: TestDatabase;
  before(async () => {
    database = await freshDatabase();
  });
  after(() => database.close());

  const count = async () => {
    const { rows } = await database.pool.query('select count(*)::int as n from failing_effects');
    return rows[0].n;
  };
  const INSERT = `insert into failing_effects (key, order_id, effect, attempts, error)
    values ('k', 'ord_1', 'post_ledger', 1, 'e')`;

  it('leaves nothing behind when it fails', async () => {
    const failing = longTransaction(database, async (client) => {
      await client.query(INSERT);
      throw new RangeError('later');
    });
    await assert.rejects(failing, RangeError);
    assert.equal(await count(), 0);
  });

  it('is answered as a database that is not there when it goes away', async () => {
    const failing = longTransaction(database, async (client) => {
      await client.query(INSERT);
      await client.query('select pg_terminate_backend(pg_backend_pid())');
    });
    const error: unknown = await failing.catch((caught: unknown) => caught);
    assert.equal(problemOf(error).code, 'database_unavailable');
    assert.equal(await count(), 0);
  });

  it('is answered as a database that is not there when it cannot be reached', async () => {
    const absent = openDatabase('postgres://127.0.0.1:1/none');
    const error: unknown = await longTransaction(absent, async () => {}).catch(
      (caught: unknown) => caught,
    );
    assert.equal(problemOf(error).code, 'database_unavailable');
    await absent.close();
  });
});
