/** What a process says before it refuses to start in production, and that it starts with all put right. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type Environment, loadServiceConfig } from '../../src/config/config.ts';
import { planStack } from '../../src/dev/stack/stack-options.ts';
import { BUILT_IN } from '../../src/gateways/built-in.ts';
import { createGateways } from '../../src/gateways/index.ts';
import { temporalConnection } from '../../src/temporal/connection.ts';
import { problemsOf } from '../support/config-problems.ts';

const random = (): string => randomBytes(32).toString('base64');

const FIT: Environment = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://payonce:pw@db.internal/payonce',
  API_KEYS: `client:${random()},ops:${random()}`,
  PAYLOAD_KEYS: `k1:${random()}`,
  STRIPE_SECRET_KEY: `sk_live_${randomBytes(24).toString('hex')}`,
  STRIPE_WEBHOOK_SECRETS: `whsec_${random()}`,
  TEMPORAL_ADDRESS: 'temporal.internal:7233',
  TEMPORAL_TLS: 'true',
  TEMPORAL_CONFIG_FILE: '/absent.toml',
};

function start(env: Environment): void {
  loadServiceConfig(env, 'api', BUILT_IN);
  temporalConnection(env);
}

const PLAINTEXT =
  'TEMPORAL_ADDRESS is on another machine and the way there is not encrypted: set TEMPORAL_TLS=true, ' +
  'TEMPORAL_TLS_CLIENT_CERT_PATH with its key, or TEMPORAL_API_KEY; or name the host in ' +
  'TEMPORAL_PLAINTEXT_HOST where the network itself is private';
const SANDBOX = 'in production no sandbox gateway may say that money came; unset it';
const PLACEHOLDER = 'is a placeholder and no random secret: put the real one in its place';
const DEVELOPMENT = 'was made for development by npm start: make one with openssl rand -base64 32';

const REFUSED: [string, Environment, string][] = [
  ['Temporal over a plain network', { TEMPORAL_TLS: undefined }, PLAINTEXT],
  [
    'an API key for Temporal that would travel in the clear',
    { TEMPORAL_TLS: 'false', TEMPORAL_API_KEY: random() },
    PLAINTEXT,
  ],
  [
    'another host than the one that may be reached in the clear',
    { TEMPORAL_TLS: undefined, TEMPORAL_PLAINTEXT_HOST: 'temporal.elsewhere' },
    PLAINTEXT,
  ],
  [
    'payloads that are not encrypted',
    { PAYLOAD_KEYS: undefined },
    'PAYLOAD_KEYS is missing: in production nothing is stored in Temporal unencrypted; set it to KEY_ID:BASE64 of 32 bytes, the same for API, workers and codec server',
  ],
  ['a port of the sandbox gateway', { SANDBOX_PORT: '3001' }, `SANDBOX_PORT is set: ${SANDBOX}`],
  [
    'secrets of the sandbox gateway',
    { SANDBOX_WEBHOOK_SECRETS: `whsec_${random()}` },
    `SANDBOX_WEBHOOK_SECRETS is set: ${SANDBOX}`,
  ],
  [
    'no gateway at all',
    { STRIPE_SECRET_KEY: undefined, STRIPE_WEBHOOK_SECRETS: undefined },
    'no gateway is configured: set the variables of STRIPE_ or of RAZORPAY_ or of ADYEN_ or of PAYPAL_',
  ],
  [
    'a gateway somewhere else',
    { STRIPE_API_BASE: 'https://stripe.example' },
    'STRIPE_API_BASE is not https://api.stripe.com: it is for tests; unset it',
  ],
  [
    'the API key of a development stack',
    { API_KEYS: `client:${random()},ops:payonce_ops_${random()}` },
    `API_KEYS entry 2 ${DEVELOPMENT}`,
  ],
  [
    'an API key that nobody chose at random',
    { API_KEYS: `ops:${'x'.repeat(32)}` },
    `API_KEYS entry 1 ${PLACEHOLDER}`,
  ],
  [
    'an API key with a name that nobody chose at random',
    { API_KEYS: `support:anna:${'x'.repeat(32)}` },
    `API_KEYS entry 1 ${PLACEHOLDER}`,
  ],
  [
    'an API key with an end that nobody chose at random',
    { API_KEYS: `support:anna:${'x'.repeat(32)} until 2036-12-31T00:00:00Z` },
    `API_KEYS entry 1 ${PLACEHOLDER}`,
  ],
  [
    'a payload key of equal bytes',
    { PAYLOAD_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}` },
    `PAYLOAD_KEYS entry 1 ${PLACEHOLDER}`,
  ],
  [
    'a webhook secret that was to be replaced',
    { STRIPE_WEBHOOK_SECRETS: 'whsec_REPLACE_WITH_THE_REAL_ONE' },
    `STRIPE_WEBHOOK_SECRETS entry 1 ${PLACEHOLDER}`,
  ],
];

describe('a process in production', () => {
  it('starts where everything is as it should be, and knows no sandbox gateway', () => {
    start(FIT);
    assert.deepEqual(
      Object.keys(createGateways(BUILT_IN, loadServiceConfig(FIT, 'worker', BUILT_IN).gateways)),
      ['stripe'],
    );
  });

  for (const [what, change, problem] of REFUSED)
    it(`refuses ${what}`, () => {
      assert.deepEqual(
        problemsOf(() => start({ ...FIT, ...change })),
        [problem],
      );
    });

  for (const [what, change] of [
    ['on this machine', { TEMPORAL_ADDRESS: '127.0.0.1:7233' }],
    ['on this machine, by IPv6', { TEMPORAL_ADDRESS: '[::1]:7233' }],
    ['on a private network that is named', { TEMPORAL_PLAINTEXT_HOST: 'temporal.internal' }],
  ] as const)
    it(`reaches a Temporal ${what} in the clear`, () => {
      temporalConnection({ ...FIT, TEMPORAL_TLS: undefined, ...change });
    });

  it('takes all of this in development', () => {
    for (const [, change] of REFUSED.filter(([what]) => what !== 'no gateway at all'))
      start({ ...FIT, ...change, NODE_ENV: undefined });
  });

  it('is never the embedded stack', () => {
    assert.deepEqual(
      problemsOf(() => planStack({ env: { NODE_ENV: 'production' } }, BUILT_IN)),
      [
        'NODE_ENV is production, and npm start is for development: run npm run api and npm run worker, or unset it',
      ],
    );
  });
});
