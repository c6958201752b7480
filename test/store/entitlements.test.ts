import assert from 'node:assert/strict';
import {
  grantEntitlement,
  listEntitlements,
  revokeEntitlement,
} from '../../src/store/effects/entitlements.ts';
import { freshDatabase, type TestDatabase } from '../support/test-database.ts';

describe('an entitlement', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await freshDatabase();
  });
  afterEach(() => database.close());

  const change = (epoch = 1) => ({
    orderId: 'ord_1',
    epoch,
    customerId: 'cus_7',
    key: `k${epoch}`,
  });
  const listed = async () =>
    (await listEntitlements(database, 'cus_7')).map(({ orderId, epoch, revokedAt }) => [
      orderId,
      epoch,
      revokedAt === null ? 'granted' : 'revoked',
    ]);

  it('is granted once, however often', async () => {
    await Promise.all(Array.from({ length: 20 }, () => grantEntitlement(database, change())));
    assert.deepEqual(await listed(), [['ord_1', 1, 'granted']]);
  });

  it('stays revoked when its grant is repeated', async () => {
    await grantEntitlement(database, change());
    await revokeEntitlement(database, change());
    await grantEntitlement(database, change());
    assert.deepEqual(await listed(), [['ord_1', 1, 'revoked']]);
  });

  it('is not granted by a grant that its revocation overtook', async () => {
    await revokeEntitlement(database, change());
    await grantEntitlement(database, change());
    assert.deepEqual(await listed(), []);
  });

  it('keeps the time of the first revocation', async () => {
    await grantEntitlement(database, change());
    await revokeEntitlement(database, change());
    const before = await listEntitlements(database, 'cus_7');
    await revokeEntitlement(database, change());
    assert.deepEqual(await listEntitlements(database, 'cus_7'), before);
  });

  it('is granted anew in another epoch', async () => {
    await grantEntitlement(database, change(1));
    await revokeEntitlement(database, change(1));
    await grantEntitlement(database, change(2));
    assert.deepEqual(await listed(), [
      ['ord_1', 1, 'revoked'],
      ['ord_1', 2, 'granted'],
    ]);
  });

  it('belongs to its customer alone', async () => {
    await grantEntitlement(database, change());
    assert.deepEqual(await listEntitlements(database, 'cus_8'), []);
  });
});
