import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pWaitFor from 'p-wait-for';
import { followSecretFiles } from '../../src/process/secret-files.ts';

const PATIENCE = { interval: 50, timeout: 20_000 };

describe('following files of secrets', () => {
  let folder: string;
  let file: string;
  let stop: AbortController;
  let taken: string[];
  let following: Promise<void>;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'payonce-secrets-'));
    file = path.join(folder, 'keys');
    await writeFile(file, 'first');
    stop = new AbortController();
    taken = [];
    following = followSecretFiles({
      env: { API_KEYS_FILE: file },
      names: ['API_KEYS', 'STRIPE_SECRET_KEY'],
      take: ([name]) => taken.push(`${name} ${readFileSync(file, 'utf8')}`),
      onRefused: assert.ifError,
      signal: stop.signal,
    });
  });
  afterEach(async () => {
    stop.abort();
    await following;
    await rm(folder, { recursive: true });
  });

  it('takes a file once, whole, when its writer has come to an end', async () => {
    for (const letters of [
      's',
      'se',
      'sec',
      'seco',
      'secon',
      'second',
      'second,',
      'second,third',
    ]) {
      await writeFile(file, letters);
      // Slower than a look, so that each look finds another part.
      await sleep(700);
    }
    await pWaitFor(() => taken.length > 0, PATIENCE);
    assert.deepEqual(taken, ['API_KEYS second,third']);
  });

  it('takes nothing where a file is written anew with what it held', async () => {
    await writeFile(file, 'first');
    await writeFile(file, 'second');
    await pWaitFor(() => taken.length > 0, PATIENCE);
    assert.deepEqual(taken, ['API_KEYS second']);
  });

  it('ends at once where no secret lies in a file', async () => {
    await followSecretFiles({
      env: { API_KEYS: 'ops:secret' },
      names: ['API_KEYS'],
      take: () => assert.fail(),
      onRefused: assert.ifError,
      signal: stop.signal,
    });
  });
});
