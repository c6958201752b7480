import assert from 'node:assert/strict';
import path from 'node:path';
import { type Environment, loadConfig, loadServiceConfig } from '../../src/config/config.ts';
import { BUILT_IN } from '../../src/gateways/built-in.ts';
import { temporalConnection } from '../../src/temporal/connection.ts';
import { problemsOf } from '../support/config-problems.ts';

const SECRET = 'c'.repeat(32);
const OTHER_SECRET = 'o'.repeat(32);
const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const AES_KEY = Buffer.alloc(32, 2);
const GATEWAY_SECRET = 'whsec_as_long_as_real_ones';
const OLD_GATEWAY_SECRET = 'whsec_that_is_phased_out';

const BYTES_32 = Buffer.from('\xfb\xff'.repeat(16), 'latin1').toString('base64');

describe('a secret that is no well-formed base64', () => {
  const ways: [how: string, text: string, fault: RegExp][] = [
    ['is not padded', BYTES_32.replace(/=+$/, ''), /not a multiple of 4/],
    ['has a = too many', `${BYTES_32}=`, /not a multiple of 4/],
    ['has a letter too many', `A${BYTES_32}`, /not a multiple of 4/],
    ['has a letter after its padding', `${BYTES_32.slice(0, -4)}A=A=`, /not a multiple of 4/],
    ['has URL-safe letters', BYTES_32.replace(/[+]/g, '-').replace(/[/]/g, '_'), /URL-safe/],
    ['has a line break within', `${BYTES_32.slice(0, 8)}\n${BYTES_32.slice(8)}`, /line break/],
    ['ends with a line break', `${BYTES_32}\n`, /line break/],
    ['has a space within', `${BYTES_32.slice(0, 8)} ${BYTES_32.slice(8)}`, /does not have/],
    ['has a last letter with bits of no byte', BYTES_32.replace(/.=$/, '9='), /last letter/],
  ];

  for (const [how, text, fault] of ways)
    it(`is refused at the start with what is wrong: it ${how}`, () => {
      const env = {
        SANDBOX_WEBHOOK_SECRETS: `whsec_${BYTES_32},whsec_${text}`,
        EFFECTS_SECRET: `whsec_${text}`,
        PAYLOAD_KEYS: `k1:${text}`,
      };
      const problems = problemsOf(() => loadConfig(env, BUILT_IN));
      assert.equal(problems.length, 3, problems.join('; '));
      for (const problem of problems) assert.match(problem, fault);
      assert.ok(!problems.join().includes(BYTES_32.slice(8, 20)));
    });

  it('is accepted once it is', () => {
    const env = {
      SANDBOX_WEBHOOK_SECRETS: ` whsec_${BYTES_32} `,
      EFFECTS_SECRET: `whsec_${BYTES_32}`,
      PAYLOAD_KEYS: `k1:${BYTES_32}, k2:${BYTES_32}`,
    };
    const { sandbox, effects, payloadKeys } = loadConfig(env, BUILT_IN);
    assert.deepEqual(sandbox.webhookSecrets, [`whsec_${BYTES_32}`]);
    assert.equal(effects.secret, `whsec_${BYTES_32}`);
    assert.equal(payloadKeys.length, 2);
  });
});

/** All that signing in at a provider takes. */
const SIGN_IN = {
  OIDC_ISSUER: 'https://login.example/realms/staff/',
  OIDC_CLIENT_ID: 'payonce',
  OIDC_CLIENT_SECRET: 'of-the-client',
  OIDC_ROLES: 'support:helpdesk, ops:app:payments',
  CONSOLE_URL: 'https://console.example/',
  CONSOLE_SESSION_SECRETS: SECRET,
};

describe('the environment', () => {
  it('has the documented defaults when nothing is set', () => {
    assert.deepEqual(loadConfig({}, BUILT_IN), {
      host: '127.0.0.1',
      port: 3000,
      metrics: { isOnApiPort: true },
      dataDir: path.resolve('.data'),
      temporalPort: 7233,
      temporalUiPort: 8233,
      apiKeys: [],
      rateLimits: { clientPerSecond: 50, opsPerSecond: 20, failedAuthPerMinute: 10 },
      sandbox: { port: 3001, webhookSecrets: [] },
      gateways: { sandbox: { port: 3001 } },
      effects: {},
      seller: { name: 'Payonce', lines: [] },
      paperNumbers: {
        invoice: { prefix: 'INV-', digits: 6 },
        credit_note: { prefix: 'CN-', digits: 6 },
      },
      payloadKeys: [],
      orderExpiryMs: 86_400_000,
      settlementWindowMs: 864_000_000,
      holdsAccessWhileDisputed: false,
      supportRefundLimits: {},
      writeOffLimits: {},
      workerCachedOrders: 500,
      logLevel: 'info',
    });
  });

  const accepted: [
    string,
    Environment,
    (config: ReturnType<typeof loadConfig>) => unknown,
    unknown,
  ][] = [
    [
      'an empty variable as absent',
      { PORT: '', HOST: ' ' },
      (c) => [c.port, c.host],
      [3000, '127.0.0.1'],
    ],
    ['PORT=0 as any free port', { PORT: '0' }, (c) => c.port, 0],
    [
      'a database',
      { DATABASE_URL: 'postgres://u:p@db/x' },
      (c) => c.databaseUrl,
      'postgres://u:p@db/x',
    ],
    [
      'a seller, with a line each for address and tax numbers',
      { SELLER_NAME: 'भारत पुस्तक भंडार', SELLER_ADDRESS: '1 MG Road | 560001 Bengaluru|GSTIN 29A' },
      (c) => c.seller,
      {
        name: 'भारत पुस्तक भंडार',
        lines: ['1 MG Road', '560001 Bengaluru', 'GSTIN 29A'],
      },
    ],
    [
      'a seller of electronic invoices',
      { SELLER_NAME: 'Nacht & Bücher', SELLER_COUNTRY: 'DE', SELLER_VAT_ID: 'DE123456789' },
      (c) => [c.seller.country, c.seller.vatId],
      ['DE', 'DE123456789'],
    ],
    [
      'a worker that keeps no order in memory',
      { WORKER_CACHED_ORDERS: '0' },
      (c) => c.workerCachedOrders,
      0,
    ],
    [
      'durations',
      { ORDER_EXPIRY: '30m', SETTLEMENT_WINDOW: '2d' },
      (c) => [c.orderExpiryMs, c.settlementWindowMs],
      [1_800_000, 172_800_000],
    ],
    [
      'API keys of both scopes',
      { API_KEYS: `client:${SECRET}, ops:${OTHER_SECRET}` },
      (c) => c.apiKeys,
      [
        { scope: 'client', secret: SECRET },
        { scope: 'ops', secret: OTHER_SECRET },
      ],
    ],
    [
      'API keys with names',
      { API_KEYS: `support:anna:${SECRET},ops:Bob.B-2_x:${OTHER_SECRET}` },
      (c) => c.apiKeys,
      [
        { scope: 'support', name: 'anna', secret: SECRET },
        { scope: 'ops', name: 'Bob.B-2_x', secret: OTHER_SECRET },
      ],
    ],
    [
      'the ends of API keys',
      {
        API_KEYS: `ops:anna:${SECRET} until 2026-12-31T00:00:00Z, client:${OTHER_SECRET}  revoked 2026-11-30T23:59:59.5+05:30`,
      },
      (c) => c.apiKeys,
      [
        {
          ...{ scope: 'ops', name: 'anna', secret: SECRET },
          end: { at: Date.UTC(2026, 11, 31), isRevoked: false },
        },
        {
          ...{ scope: 'client', secret: OTHER_SECRET },
          end: { at: Date.UTC(2026, 10, 30, 18, 29, 59, 500), isRevoked: true },
        },
      ],
    ],
    [
      'API secrets with words in them that name an end, as before there were ends',
      { API_KEYS: `ops:${SECRET}until2026-12-31T00:00Z,ops:revoked:${OTHER_SECRET}` },
      (c) => c.apiKeys,
      [
        { scope: 'ops', secret: `${SECRET}until2026-12-31T00:00Z` },
        { scope: 'ops', name: 'revoked', secret: OTHER_SECRET },
      ],
    ],
    [
      'how much support may give back',
      { SUPPORT_REFUND_LIMITS: 'EUR:5000, INR:0' },
      (c) => c.supportRefundLimits,
      { EUR: 5000, INR: 0 },
    ],
    [
      'how much of an order may be written off',
      { WRITE_OFF_LIMITS: 'EUR:200' },
      (c) => c.writeOffLimits,
      { EUR: 200 },
    ],
    [
      'whether access is held while a bank may take the money back',
      { ACCESS_WHILE_DISPUTED: 'held' },
      (c) => c.holdsAccessWhileDisputed,
      true,
    ],
    [
      'a colon within an API secret',
      { API_KEYS: `ops:${SECRET}:x` },
      (c) => c.apiKeys,
      [{ scope: 'ops', secret: `${SECRET}:x` }],
    ],
    [
      'two webhook secrets, newest first',
      { SANDBOX_WEBHOOK_SECRETS: `${WEBHOOK_SECRET},${WEBHOOK_SECRET}` },
      (c) => c.sandbox.webhookSecrets.length,
      2,
    ],
    [
      'Stripe with its secrets',
      {
        STRIPE_SECRET_KEY: 'sk',
        STRIPE_WEBHOOK_SECRETS: `${GATEWAY_SECRET},${OLD_GATEWAY_SECRET}`,
        STRIPE_API_BASE: 'http://127.0.0.1:9/',
      },
      (c) => c.gateways.stripe,
      {
        secretKey: 'sk',
        webhookSecrets: [GATEWAY_SECRET, OLD_GATEWAY_SECRET],
        captureMethod: 'automatic',
        apiBase: 'http://127.0.0.1:9',
      },
    ],
    [
      'Stripe whose payments we capture',
      {
        STRIPE_SECRET_KEY: 'sk',
        STRIPE_WEBHOOK_SECRETS: GATEWAY_SECRET,
        STRIPE_CAPTURE_METHOD: 'manual',
      },
      (c) => c.gateways.stripe?.captureMethod,
      'manual',
    ],
    [
      'a Stripe account that events may name',
      {
        STRIPE_SECRET_KEY: 'sk',
        STRIPE_WEBHOOK_SECRETS: GATEWAY_SECRET,
        STRIPE_ACCOUNT_ID: 'acct_1',
      },
      (c) => c.gateways.stripe?.accountId,
      'acct_1',
    ],
    [
      'Razorpay with its secrets',
      { RAZORPAY_KEY_ID: 'k', RAZORPAY_KEY_SECRET: 's', RAZORPAY_WEBHOOK_SECRETS: GATEWAY_SECRET },
      (c) => c.gateways.razorpay,
      { keyId: 'k', keySecret: 's', webhookSecrets: [GATEWAY_SECRET] },
    ],
    [
      'where effects go',
      { CRM_URL: 'https://crm.example/hook', EFFECTS_SECRET: WEBHOOK_SECRET },
      (c) => c.effects,
      { crmUrl: 'https://crm.example/hook', secret: WEBHOOK_SECRET },
    ],
    [
      'a port of the console alone',
      { CONSOLE_PORT: '3100' },
      (c) => [c.consolePort, c.signIn],
      [3100, undefined],
    ],
    [
      'a provider at which people sign in, whose name is kept as it is written',
      SIGN_IN,
      (c) => c.signIn,
      {
        issuer: 'https://login.example/realms/staff/',
        clientId: 'payonce',
        clientSecret: 'of-the-client',
        roles: [
          { scope: 'support', value: 'helpdesk' },
          { scope: 'ops', value: 'app:payments' },
        ],
        consoleUrl: 'https://console.example',
        sessionSecrets: [SECRET],
        scopes: 'openid profile',
        rolesClaim: 'groups',
        nameClaim: 'preferred_username',
        providerName: 'login.example',
        sessionMs: 28_800_000,
      },
    ],
    [
      'a provider and a console on this machine without TLS',
      { ...SIGN_IN, OIDC_ISSUER: 'http://localhost:8080', CONSOLE_URL: 'http://127.0.0.1:3000' },
      (c) => [c.signIn?.issuer, c.signIn?.consoleUrl],
      ['http://localhost:8080', 'http://127.0.0.1:3000'],
    ],
    [
      'a keyring, the encrypting key first',
      { PAYLOAD_KEYS: `k1:${AES_KEY.toString('base64')}` },
      (c) => c.payloadKeys,
      [{ id: 'k1', key: AES_KEY }],
    ],
  ];
  for (const [what, env, read, expected] of accepted) {
    it(`reads ${what}`, () => assert.deepEqual(read(loadConfig(env, BUILT_IN)), expected));
  }

  const refused: [Environment, string][] = [
    [{ PORT: '70000' }, 'PORT must be a port number from 0 to 65535'],
    [{ PORT: '-1' }, 'PORT must be a port number from 0 to 65535'],
    [
      { SELLER_ADDRESS: '1|2|3|4|5|6|7' },
      'SELLER_ADDRESS must be at most 6 lines of 200 characters, with | between them',
    ],
    [{ ORDER_EXPIRY: '30' }, 'ORDER_EXPIRY must be a duration such as 30m, 24h or 10d'],
    [{ ORDER_EXPIRY: '0s' }, 'ORDER_EXPIRY must be at least 1s'],
    [{ SETTLEMENT_WINDOW: '-1d' }, 'SETTLEMENT_WINDOW must be a duration such as 30m, 24h or 10d'],
    [{ DATABASE_URL: 'mysql://db' }, 'DATABASE_URL must be a postgres:// URL'],
    [
      { API_KEYS: 'client:short' },
      'API_KEYS entry 1 has a secret of 5 characters; at least 32 are needed',
    ],
    [
      { API_KEYS: `client:${SECRET},admin:${OTHER_SECRET}` },
      'API_KEYS entry 2 must be SCOPE:SECRET or SCOPE:NAME:SECRET, with a scope of client, support, ops',
    ],
    ...[
      'until',
      'until 2026-12-31',
      'until 2026-12-31T00:00Z',
      'until 2026-02-31T00:00:00Z',
      'until 2026-12-31T00:00:00Z soon',
      'until soon',
      'expires 2026-12-31T00:00Z',
    ].map((end): [Environment, string] => [
      { API_KEYS: `client:${SECRET},ops:anna:${OTHER_SECRET} ${end}` },
      'API_KEYS entry 2 must have nothing behind a blank but its end, such as SECRET until 2026-12-31T00:00:00Z or SECRET revoked 2026-12-31T00:00:00Z, with the zone',
    ]),
    [
      { SUPPORT_REFUND_LIMITS: 'EUR:50.00' },
      'SUPPORT_REFUND_LIMITS entry 1 must be CURRENCY:MINOR_UNITS, such as EUR:5000 for 50.00 EUR',
    ],
    [
      { SUPPORT_REFUND_LIMITS: 'EUR:1,EUR:2' },
      'SUPPORT_REFUND_LIMITS names the same currency twice',
    ],
    [
      { API_KEYS: `client:${SECRET},ops:${SECRET}` },
      'API_KEYS names the same secret twice; every key needs its own',
    ],
    [
      { SANDBOX_WEBHOOK_SECRETS: 'whsec_c2hvcnQ=' },
      'SANDBOX_WEBHOOK_SECRETS entry 1 must be whsec_ and the base64 of 24 to 64 bytes',
    ],
    [
      { SANDBOX_WEBHOOK_SECRETS: [1, 2, 3].map(() => WEBHOOK_SECRET).join() },
      'SANDBOX_WEBHOOK_SECRETS must be one or two secrets',
    ],
    [{ STRIPE_ACCOUNT_ID: 'acc_1' }, 'STRIPE_ACCOUNT_ID must begin with acct_, as Stripe shows it'],
    [
      { RAZORPAY_ACCOUNT_ID: 'acct_1' },
      'RAZORPAY_ACCOUNT_ID must begin with acc_, as Razorpay shows it',
    ],
    [{ STRIPE_CAPTURE_METHOD: 'later' }, 'STRIPE_CAPTURE_METHOD must be one of automatic, manual'],
    [{ STRIPE_SECRET_KEY: 'sk' }, 'STRIPE_WEBHOOK_SECRETS is missing: STRIPE_SECRET_KEY needs it'],
    [
      { STRIPE_WEBHOOK_SECRETS: GATEWAY_SECRET },
      'STRIPE_SECRET_KEY is missing: STRIPE_WEBHOOK_SECRETS needs it',
    ],
    [
      { RAZORPAY_KEY_ID: 'k', RAZORPAY_WEBHOOK_SECRETS: GATEWAY_SECRET },
      'RAZORPAY_KEY_SECRET is missing: RAZORPAY_KEY_ID needs it',
    ],
    [{ CRM_URL: 'https://crm.example' }, 'EFFECTS_SECRET is missing: CRM_URL needs it'],
    [
      { CRM_URL: 'ftp://crm.example', EFFECTS_SECRET: WEBHOOK_SECRET },
      'CRM_URL must be an http:// or https:// URL',
    ],
    [{ PAYLOAD_KEYS: 'k1:c2hvcnQ=' }, 'PAYLOAD_KEYS entry 1 must be KEY_ID:BASE64 of 32 bytes'],
    [
      { STRIPE_SECRET_KEY: 'sk', STRIPE_WEBHOOK_SECRETS: `${GATEWAY_SECRET},whsec_short` },
      'STRIPE_WEBHOOK_SECRETS entry 2 has 11 characters; at least 24 are needed',
    ],
    [
      {
        STRIPE_SECRET_KEY: 'sk',
        STRIPE_WEBHOOK_SECRETS: [1, 2, 3].map(() => GATEWAY_SECRET).join(),
      },
      'STRIPE_WEBHOOK_SECRETS must be one or two secrets',
    ],
    [
      { ...SIGN_IN, OIDC_ISSUER: 'http://login.example' },
      'OIDC_ISSUER must be an https:// URL, or http:// of this machine: secrets travel there',
    ],
    [{ ...SIGN_IN, OIDC_ISSUER: 'login.example' }, 'OIDC_ISSUER must be an https:// URL'],
    [
      { ...SIGN_IN, CONSOLE_URL: 'http://console.example' },
      'CONSOLE_URL must be an https:// URL, or http:// of this machine: secrets travel there',
    ],
    [
      { ...SIGN_IN, CONSOLE_URL: 'https://console.example/console' },
      'CONSOLE_URL must be an origin, such as https://payments.example.org, without a path',
    ],
    [
      { ...SIGN_IN, OIDC_ROLES: 'support:helpdesk,client:shop' },
      'OIDC_ROLES entry 2 must be support:VALUE or ops:VALUE, such as support:payments-support',
    ],
    [
      { ...SIGN_IN, OIDC_ROLES: 'ops:' },
      'OIDC_ROLES entry 1 must be support:VALUE or ops:VALUE, such as support:payments-support',
    ],
    [{ ...SIGN_IN, OIDC_ROLES: '' }, 'OIDC_ROLES is missing: OIDC_ISSUER needs it'],
    [{ ...SIGN_IN, OIDC_ISSUER: '' }, 'OIDC_ISSUER is missing: OIDC_CLIENT_ID needs it'],
    [
      { ...SIGN_IN, CONSOLE_SESSION_SECRETS: 'short' },
      'CONSOLE_SESSION_SECRETS entry 1 has 5 characters; at least 32 are needed',
    ],
    [
      { ...SIGN_IN, CONSOLE_SESSION_LIFETIME: '30d' },
      'CONSOLE_SESSION_LIFETIME must be at most 24h',
    ],
    [{ ...SIGN_IN, OIDC_SCOPES: 'profile' }, 'OIDC_SCOPES must name openid'],
    [
      { LOG_LEVEL: 'loud' },
      'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent',
    ],
  ];
  for (const [env, problem] of refused) {
    it(`is refused: ${problem}`, () => {
      assert.deepEqual(
        problemsOf(() => loadConfig(env, BUILT_IN)),
        [problem],
      );
    });
  }

  it('is refused with one line for every problem, none of them holding a secret', () => {
    const problems = problemsOf(() =>
      loadConfig({ PORT: 'x', API_KEYS: 'client:hunter2', CRM_URL: 'y' }),
    );
    assert.deepEqual(problems.map((line) => line.split(' ')[0]).toSorted(), [
      'API_KEYS',
      'CRM_URL',
      'EFFECTS_SECRET',
      'PORT',
    ]);
    assert(!problems.join().includes('hunter2'));
  });

  it('needs a database and keys for the API, a database for a worker', () => {
    assert.deepEqual(
      problemsOf(() => loadServiceConfig({}, 'api', BUILT_IN)),
      [
        'DATABASE_URL is missing: set it to the postgres:// URL of the database',
        'API_KEYS is missing: set it to client:SECRET,ops:SECRET, each secret as by openssl rand -base64 32',
      ],
    );
    assert.deepEqual(
      problemsOf(() => loadServiceConfig({}, 'worker', BUILT_IN)),
      ['DATABASE_URL is missing: set it to the postgres:// URL of the database'],
    );
  });
});

describe("Temporal's settings", () => {
  const noFile = { TEMPORAL_CONFIG_FILE: path.resolve('.data/absent.toml') };

  it('default to the namespace payments', () => {
    const { connectionOptions, namespace } = temporalConnection({
      ...noFile,
      TEMPORAL_ADDRESS: 'temporal:7233',
    });
    assert.deepEqual([connectionOptions.address, namespace], ['temporal:7233', 'payments']);
  });

  it('turn TLS on with an API key', () => {
    const env = {
      ...noFile,
      TEMPORAL_ADDRESS: 't:7233',
      TEMPORAL_NAMESPACE: 'pay.acct',
      TEMPORAL_API_KEY: 'key',
    };
    const { connectionOptions, namespace } = temporalConnection(env);
    assert.deepEqual(
      [connectionOptions.tls, connectionOptions.apiKey, namespace],
      [true, 'key', 'pay.acct'],
    );
  });

  it('are refused without an address', () => {
    assert.deepEqual(
      problemsOf(() => temporalConnection(noFile)),
      ['TEMPORAL_ADDRESS is missing: set it to HOST:PORT of Temporal'],
    );
  });

  it('are refused when a certificate cannot be read', () => {
    const env = {
      ...noFile,
      TEMPORAL_ADDRESS: 't:7233',
      TEMPORAL_TLS_CLIENT_CERT_PATH: '/absent.pem',
    };
    assert.match(
      problemsOf(() => temporalConnection(env)).join(),
      /^TEMPORAL_\* cannot be read: .*absent\.pem/,
    );
  });
});
