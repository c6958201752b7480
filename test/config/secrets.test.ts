/** Where secrets may come from, and that a configuration never shows them. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { type Environment, loadConfig, loadServiceConfig } from '../../src/config/config.ts';
import { secretValuesOf } from '../../src/config/redaction.ts';
import { aboutOf, readSettings } from '../../src/config/settings.ts';
import { PAYONCE } from '../../src/config/variable.ts';
import { tableWith } from '../../src/config/variables.ts';
import { BUILT_IN } from '../../src/gateways/built-in.ts';
import { createLogger } from '../../src/logs/create-logger.ts';
import { temporalConnection } from '../../src/temporal/connection.ts';
import { problemsOf } from '../support/config-problems.ts';

const base64 = (byte: number): string => Buffer.alloc(32, byte).toString('base64');

const SECRETS = {
  DATABASE_URL: 'postgres://payonce:hunter2hunter2@db.internal/payonce',
  API_KEYS: `client:${'c'.repeat(32)},ops:anna:${'o'.repeat(32)}`,
  PAYLOAD_KEYS: `k2:${base64(2)},k1:${base64(1)}`,
  SANDBOX_WEBHOOK_SECRETS: `whsec_${base64(3)}`,
  STRIPE_SECRET_KEY: 'sk_test_dontshowthis',
  STRIPE_WEBHOOK_SECRETS: 'whsec_of_stripe_dontshowthis',
  RAZORPAY_KEY_SECRET: 'razorpay_dontshowthis',
  RAZORPAY_WEBHOOK_SECRETS: 'whsec_of_razorpay_dontshowthis',
  CRM_URL: 'https://crm.internal/hook/dontshowthis',
  ACCESS_URL: 'https://access.internal/hook/dontshowthis',
  EFFECTS_SECRET: `whsec_${base64(4)}`,
  OIDC_CLIENT_SECRET: 'of_the_provider_dontshowthis',
  CONSOLE_SESSION_SECRETS: `${base64(5)},${base64(6)}`,
};
const PLAIN = {
  RAZORPAY_KEY_ID: 'rzp_test_1',
  OIDC_ISSUER: 'https://login.example',
  OIDC_CLIENT_ID: 'payonce',
  OIDC_ROLES: 'ops:payments',
  CONSOLE_URL: 'https://console.example',
};

describe('a secret', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'payonce-secrets-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  function fileOf(name: string, content: string): string {
    const file = path.join(folder, name);
    writeFileSync(file, content);
    return file;
  }

  it('is the same from a file as from the environment, without the line break at its end', () => {
    const files: Environment = Object.fromEntries(
      Object.entries(SECRETS).map(([name, value], index) => [
        `${name}_FILE`,
        fileOf(name, `${value}${['', '\n', '\r\n'][index % 3]}`),
      ]),
    );
    const fromFiles = loadServiceConfig({ ...PLAIN, ...files }, 'api', BUILT_IN);
    assert.deepEqual(fromFiles, loadServiceConfig({ ...PLAIN, ...SECRETS }, 'api', BUILT_IN));
  });

  it('of Temporal may lie in a file as well', () => {
    const { connectionOptions } = temporalConnection({
      TEMPORAL_CONFIG_FILE: '/absent.toml',
      TEMPORAL_ADDRESS: 'temporal.internal:7233',
      TEMPORAL_API_KEY_FILE: fileOf('temporal', 'the key of a namespace\n'),
    });
    assert.equal(connectionOptions.apiKey, 'the key of a namespace');
  });

  const table = tableWith(BUILT_IN);
  const secrets = Object.keys(table).filter((name) => aboutOf(name, table).secret !== undefined);
  for (const name of secrets)
    it(`given twice is refused: ${name}`, () => {
      const env = { [name]: 'x', [`${name}_FILE`]: fileOf('any', 'y') };
      const [reader = 'stack'] = aboutOf(name, table).readBy ?? PAYONCE;
      const problem = `${name} and ${name}_FILE are both set: keep one of them`;
      assert.equal(problemsOf(() => readSettings(env, reader, { table })).includes(problem), true);
    });

  it('whose file is not there is refused, and not called missing as well', () => {
    const env = { ...SECRETS, ...PLAIN, API_KEYS: '', API_KEYS_FILE: '/absent/sk_live_by_mistake' };
    assert.deepEqual(
      problemsOf(() => loadServiceConfig(env, 'api', BUILT_IN)),
      [
        'API_KEYS_FILE cannot be read (ENOENT): set it to the path of a file that this process may read',
      ],
    );
  });

  it('whose file is empty is refused', () => {
    assert.deepEqual(
      problemsOf(() => loadConfig({ EFFECTS_SECRET_FILE: fileOf('empty', '\n') })),
      ['EFFECTS_SECRET_FILE names an empty file: write the secret into it'],
    );
  });
});

describe('a configuration that is printed', () => {
  const config = loadServiceConfig({ ...SECRETS, ...PLAIN, DATA_DIR: '/data' }, 'api', BUILT_IN);
  const values = Object.values(SECRETS)
    .flatMap((value) => value.split(','))
    .map((value) => value.replace(/^(client|ops:anna|k\d):/, ''));
  const parts = [
    config,
    config.gateways,
    config.gateways.stripe,
    config.gateways.razorpay,
    config.effects,
    config.signIn,
  ];
  const lists = [config.apiKeys, config.payloadKeys, config.gateways.stripe?.webhookSecrets];

  for (const [how, print] of [
    ['as JSON', (value: unknown) => JSON.stringify(value)],
    ['by console.log', (value: unknown) => inspect(value, { depth: null })],
    ['within another object', (value: unknown) => inspect({ one: [value] }, { depth: null })],
  ] as const)
    it(`${how} shows no secret, nor does any part of it`, () => {
      for (const part of [...parts, ...lists, ...config.apiKeys, ...config.payloadKeys]) {
        const printed = print(part) ?? '';
        assert.match(printed, /redacted/);
        for (const value of values) assert(!printed.includes(value), value.slice(0, 8));
        assert(!/02 02 02|2,2,2/.test(printed), 'bytes of a payload key');
      }
    });

  it('gives its secrets to the log, which writes none of them whatever it is handed', () => {
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    const secrets = secretValuesOf(config);
    const log = createLogger({ name: 'api', level: 'info', secrets, destination });
    for (const value of values) log.info({ reason: `refused: ${value}` }, `sent ${value}`);
    assert.equal(lines.length, values.length);
    for (const line of lines) {
      assert.match(JSON.parse(line).reason, /redacted/);
      for (const value of values) assert(!line.includes(value), value.slice(0, 8));
    }
  });

  it('still shows what is no secret', () => {
    const shown = JSON.parse(JSON.stringify(config));
    assert.equal(shown.dataDir, '/data');
    assert.deepEqual(shown.apiKeys[1], { scope: 'ops', name: 'anna', secret: '[redacted]' });
    assert.equal(shown.gateways.razorpay.keyId, 'rzp_test_1');
  });

  it('still gives its secrets to the program', () => {
    assert.equal(config.databaseUrl, SECRETS.DATABASE_URL);
    assert.equal(config.gateways.stripe?.secretKey, SECRETS.STRIPE_SECRET_KEY);
    assert.equal({ ...config }.apiKeys[0]?.secret, 'c'.repeat(32));
  });
});
