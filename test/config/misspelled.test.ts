import assert from 'node:assert/strict';
import { misspelled } from '../../src/config/misspelled.ts';
import { BUILT_IN } from '../../src/gateways/built-in.ts';

describe('a variable that nothing reads', () => {
  for (const [written, meant] of [
    ['STRIPE_SECRETKEY', 'STRIPE_SECRET_KEY'],
    ['STRIPE_WEBHOOK_SECRET', 'STRIPE_WEBHOOK_SECRETS'],
    ['DATABSE_URL', 'DATABASE_URL'],
    ['ORDER-EXPIRY', 'ORDER_EXPIRY'],
    ['order_expiry', 'ORDER_EXPIRY'],
    ['API_KEYS_FILES', 'API_KEYS_FILE'],
  ] as const)
    it(`is named where it is ${written}, with what was meant`, () => {
      assert.deepEqual(misspelled({ [written]: 'x' }, BUILT_IN), [
        `${written} is set and nothing reads it: rename it to ${meant}`,
      ]);
    });

  for (const name of ['HOSTS', 'POSTS', 'STRIPE_DEVICE_NAME', 'TEMPORAL_TLS_CLIENT_CERT_DATA'])
    it(`may be another program’s: ${name}`, () => {
      assert.deepEqual(misspelled({ [name]: 'x' }, BUILT_IN), []);
    });

  it('is left alone where what is meant is set as well', () => {
    assert.deepEqual(misspelled({ ORDER_EXPIRE: '1h', ORDER_EXPIRY: '2h' }, BUILT_IN), []);
  });

  it('is left alone where it is empty', () => {
    assert.deepEqual(misspelled({ ORDER_EXPIRE: ' ' }, BUILT_IN), []);
  });

  it('is never one that is read', () => {
    assert.deepEqual(
      misspelled({ STRIPE_SECRET_KEY: 'x', STRIPE_SECRET_KEY_FILE: 'y' }, BUILT_IN),
      [],
    );
  });
});
