import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  followSecretFiles,
  openSecretFiles,
  type SecretFiles,
} from '../../src/process/secret-files.ts';

describe('following files of secrets', () => {
  let folder: string;
  let file: string;
  let files: SecretFiles;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'payonce-secrets-'));
    file = path.join(folder, 'keys');
    await writeFile(file, 'first');
    files = openSecretFiles({ API_KEYS_FILE: file }, ['API_KEYS', 'STRIPE_SECRET_KEY']);
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('names a file once, when its writer has come to an end', async () => {
    for (const letters of ['s', 'sec', 'second', 'second,', 'second,third']) {
      await writeFile(file, letters);
      assert.deepEqual(files.look(), [], letters);
    }
    assert.deepEqual(files.look(), ['API_KEYS']);
    assert.deepEqual(files.look(), []);
  });

  it('names nothing where a file is written anew with what it held', async () => {
    await writeFile(file, 'first');
    assert.deepEqual([files.look(), files.look()], [[], []]);
  });

  it('names a file that is gone, and once more when it is back', async () => {
    await rm(file);
    assert.deepEqual([files.look(), files.look()], [[], ['API_KEYS']]);
    await writeFile(file, 'first');
    assert.deepEqual([files.look(), files.look()], [[], ['API_KEYS']]);
  });

  it('ends at once where no secret lies in a file', async () => {
    await followSecretFiles(openSecretFiles({ API_KEYS: 'ops:secret' }, ['API_KEYS']), {
      take: () => assert.fail(),
      onRefused: assert.ifError,
      signal: new AbortController().signal,
    });
  });
});
