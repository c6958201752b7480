import assert from 'node:assert/strict';
import { renewLease } from '../../src/store/orchestrator-lease.ts';
import { freshDatabase, type TestDatabase } from '../support/test-database.ts';

const OURS = { namespaceId: 'ns-ours', place: '127.0.0.1:7233/payments' };
const THEIRS = { namespaceId: 'ns-theirs', place: '127.0.0.1:7233/payments' };

describe('the lease of a database', () => {
  let database: TestDatabase;
  before(async () => {
    database = await freshDatabase();
  });
  after(() => database.close());
  beforeEach(() => database.pool.query('truncate orchestrator_lease'));

  const renew = (who: typeof OURS, formerId = who.namespaceId) =>
    renewLease(database, who, formerId);

  it('is taken when it is free, and renewed by every API of its namespace', async () => {
    assert.deepEqual(await renew(OURS), { status: 'held' });
    assert.deepEqual(await renew(OURS), { status: 'held' });
  });

  it('is refused to another namespace, also at the same address, with who holds it', async () => {
    await renew(OURS);
    const lease = await renew(THEIRS);
    assert(lease.status === 'refused');
    assert.deepEqual(lease.holder, OURS);
    assert.ok(lease.renewedSecondsAgo < 20);
    assert.deepEqual(await renew(OURS), { status: 'held' });
  });

  it('goes to another namespace when it was not renewed for twenty seconds', async () => {
    await renew(OURS);
    await database.pool.query(
      "update orchestrator_lease set renewed_at = now() - interval '21 seconds'",
    );
    assert.deepEqual(await renew(THEIRS), { status: 'held' });
    assert.equal((await renew(OURS)).status, 'refused');
  });

  it('stays with a Temporal whose namespace was lost and made again', async () => {
    await renew(OURS);
    const again = { ...OURS, namespaceId: 'ns-made-again' };
    assert.deepEqual(await renew(again, OURS.namespaceId), { status: 'held' });
  });
});
