import assert from 'node:assert/strict';
import path from 'node:path';
import { execa } from 'execa';

const SERVER = path.resolve('src/server.ts');

function startServer(env: Record<string, string>) {
  const { PATH = '' } = process.env;
  return execa(process.execPath, ['--import', 'tsx', SERVER], {
    env: { PATH, ...env },
    extendEnv: false,
    reject: false,
  });
}

describe('an API process without its settings', () => {
  it('names every missing one in a line of its own and ends', async () => {
    const { exitCode, stderr } = await startServer({});
    assert.equal(exitCode, 1);
    assert.deepEqual(stderr.split('\n'), [
      'api: DATABASE_URL is missing: set it to the postgres:// URL of the database',
      'api: API_KEYS is missing: set it to client:SECRET,ops:SECRET, each secret as by openssl rand -base64 32',
    ]);
  });

  it('does not guess where Temporal is', async () => {
    const { exitCode, stderr } = await startServer({
      DATABASE_URL: 'postgres://u:p@127.0.0.1:1/d',
      API_KEYS: `ops:${'x'.repeat(32)}`,
    });
    assert.equal(exitCode, 1);
    assert.match(stderr, /^api: TEMPORAL_ADDRESS is missing/);
  });
});
