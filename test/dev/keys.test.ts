import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadConfig } from '../../src/config/config.ts';
import { loadKeys } from '../../src/dev/stack/keys.ts';
import { SetupError } from '../../src/dev/terminal/setup-error.ts';

describe('the keys of a data directory', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(path.join(tmpdir(), 'payonce-keys-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  it('are made once, and only their owner may read them', () => {
    const keys = loadKeys(dataDir);
    assert.deepEqual(loadKeys(dataDir), keys);
    assert.equal(statSync(path.join(dataDir, 'keys.json')).mode & 0o777, 0o600);
  });

  it('are accepted by the configuration, and differ', () => {
    const { client, ops, sandboxWebhookSecret } = loadKeys(dataDir);
    const config = loadConfig({
      API_KEYS: `client:${client},ops:${ops}`,
      SANDBOX_WEBHOOK_SECRETS: sandboxWebhookSecret,
    });
    assert.equal(config.apiKeys.length, 2);
  });

  it('are refused with what to do when the file is damaged', () => {
    writeFileSync(path.join(dataDir, 'keys.json'), '{"client": "short');
    assert.throws(
      () => loadKeys(dataDir),
      (error) => {
        return (
          error instanceof SetupError && /keys\.json is damaged: delete it/.test(error.message)
        );
      },
    );
  });
});
