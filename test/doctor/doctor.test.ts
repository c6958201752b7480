/** The doctor, beside real parts that are well and real parts that are not. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { msNumberToTs } from '@temporalio/common/lib/time.js';
import getPort from 'get-port';
import { runCli } from '../../src/cli/run.ts';
import { examineDatabase } from '../../src/doctor/database.ts';
import { examine, type Finding } from '../../src/doctor/doctor.ts';
import { serverFinding } from '../../src/doctor/temporal.ts';
import { EVENT_TYPES } from '../../src/gateways/stripe/events.ts';
import { type FakeStripe, openFakeStripe, SECRET_KEY } from '../fakes/stripe/fake-stripe.ts';
import { type SharedStack, sharedStack, WEBHOOK_SECRET } from '../support/stack.ts';
import { temporalClient } from '../support/temporal.ts';
import { emptyDatabase, freshDatabase } from '../support/test-database.ts';

const MS_PER_DAY = 86_400_000;

describe('the doctor', function () {
  this.timeout(120_000);
  let stack: SharedStack;
  let env: Record<string, string>;

  before(async function () {
    this.timeout(300_000);
    stack = await sharedStack();
    env = {
      DATABASE_URL: stack.databaseUrl,
      TEMPORAL_ADDRESS: stack.temporalAddress,
      TEMPORAL_NAMESPACE: stack.temporalNamespace,
      SANDBOX_PORT: new URL(stack.sandboxUrl).port,
      SANDBOX_WEBHOOK_SECRETS: WEBHOOK_SECRET,
      API_KEYS: `ops:${stack.keys.ops}`,
    };
  });

  async function finds(change: Record<string, string>): Promise<Finding[]> {
    const findings = await examine({ ...env, ...change }, 'api');
    return findings.filter(({ verdict }) => verdict !== 'ok');
  }

  async function findsOnly(change: Record<string, string>, expected: RegExp): Promise<Finding> {
    const [finding, ...others] = await finds(change);
    assert.deepEqual(others, []);
    assert.match(finding?.text ?? '', expected);
    return finding as Finding;
  }

  it('finds nothing wrong with a stack that serves, and says what it has looked at', async () => {
    const findings = await examine(env, 'api');
    assert.deepEqual(
      findings.filter(({ verdict }) => verdict !== 'ok'),
      [],
    );
    const areas = new Set(findings.map(({ area }) => area));
    assert.deepEqual([...areas], ['settings', 'database', 'clock', 'temporal', 'gateways']);
    assert.ok(findings.some(({ text }) => /^Temporal \d+\.\d+\.\d+\S* can be reached$/.test(text)));
  });

  it('names a gateway package that cannot be used, and looks at one that can', async () => {
    await findsOnly(
      { PAYONCE_GATEWAYS: './nothing.js' },
      /^PAYONCE_GATEWAYS names \.\/nothing\.js, which is not there: correct the path/,
    );
    const acme = {
      PAYONCE_GATEWAYS: './test/gateways/packages/files/acme.js',
      ACME_SECRET_KEY: 'the key of acme',
      ACME_WEBHOOK_SECRETS: 'a-secret-of-acmes-webhooks',
    };
    const findings = await examine({ ...env, ...acme }, 'api');
    assert.ok(findings.some(({ text }) => text.startsWith('acme takes the configured key')));
  });

  it('names a variable that nothing reads', async () => {
    const { verdict } = await findsOnly(
      { STRIPE_SECRETKEY: 'sk_test_1' },
      /^STRIPE_SECRETKEY is set and nothing reads it: rename it to STRIPE_SECRET_KEY$/,
    );
    assert.equal(verdict, 'warning');
  });

  it('warns of API keys that have ended or soon will, and of no others', async () => {
    const secret = (letter: string): string => `payonce_${letter.repeat(32)}`;
    const inDays = (days: number): string => new Date(Date.now() + days * MS_PER_DAY).toISOString();
    const [soon, past] = [inDays(13), inDays(-1)];
    const keys = [
      `${env.API_KEYS} until ${inDays(15)}`,
      `ops:anna:${secret('a')} until ${soon}`,
      `client:${secret('b')} until ${past}`,
      `ops:bo:${secret('c')} revoked ${past}`,
    ];
    const found = await finds({ API_KEYS: keys.join(',') });
    assert.deepEqual(
      found.map(({ verdict, text }) => [verdict, text.split(': ')[0]]),
      [
        ['warning', `entry 2 of API_KEYS, anna, ends at ${soon}`],
        ['warning', `entry 3 of API_KEYS expired at ${past}, and who sends it is told so`],
        ['warning', `entry 4 of API_KEYS, bo, was revoked at ${past}, and who sends it is told so`],
      ],
    );
  });

  it('says that nobody is let in where every API key has ended', async () => {
    const ended = `ops:${'e'.repeat(32)} until 2026-11-30T10:00:00Z`;
    const [first] = await finds({ API_KEYS: ended });
    assert.equal(first?.verdict, 'problem');
    assert.match(
      first?.text ?? '',
      /^every key of API_KEYS has ended, so nobody is let in: add one$/,
    );
  });

  it('names every setting that a process would refuse, and looks no further', async () => {
    const found = await finds({ ORDER_EXPIRY: 'soon', API_KEYS: '' });
    assert.deepEqual(
      found.map(({ area, text }) => `${area} ${text.split(' ')[0]}`),
      ['settings API_KEYS', 'settings ORDER_EXPIRY'],
    );
  });

  it('says where no database is', async () => {
    const port = await getPort();
    const { verdict } = await findsOnly(
      { DATABASE_URL: `postgres://payonce@127.0.0.1:${port}/payonce` },
      new RegExp(`^PostgreSQL at 127\\.0\\.0\\.1:${port} does not serve .*: check DATABASE_URL`),
    );
    assert.equal(verdict, 'problem');
  });

  it('says that the tables of this release are missing', async () => {
    const url = await emptyDatabase();
    await findsOnly(
      { DATABASE_URL: url },
      /^the tables are not those of this release .*npm run migrate/,
    );
  });

  it('says which table the role may not write', async () => {
    const { url, pool } = await freshDatabase();
    const role = `reader_${randomUUID().replaceAll('-', '')}`;
    await pool.query(`create role ${role} login password 'of-a-test'`);
    await pool.query(`grant select, insert, update on all tables in schema public to ${role}`);
    await pool.query(`revoke update on invoices from ${role}`);
    const asReader = new URL(url);
    asReader.username = role;
    asReader.password = 'of-a-test';
    try {
      await findsOnly(
        { DATABASE_URL: asReader.href },
        /^invoices may not be read and written by this role: run deploy\/postgres\/runtime-role\.sql/,
      );
    } finally {
      await pool.query(`drop owned by ${role}; drop role ${role}`);
      await pool.end();
    }
  });

  it('says where no Temporal is', async () => {
    const address = `127.0.0.1:${await getPort()}`;
    await findsOnly(
      { TEMPORAL_ADDRESS: address },
      new RegExp(`^Temporal at ${address} does not answer .*: check TEMPORAL_ADDRESS`),
    );
  });

  for (const version of ['1.29.3', '0.99.0', ''])
    it(`warns of a Temporal server of version "${version}"`, () => {
      const { verdict, text } = serverFinding(version);
      assert.equal(verdict, 'warning');
      assert.match(text, /: use 1\.30 or newer; .*not mended by itself$/);
    });

  for (const version of ['1.30.0', '1.31.2', '1.31.0-150.0', '2.0.0'])
    it(`finds nothing wrong with a Temporal server of version "${version}"`, () => {
      assert.equal(serverFinding(version).verdict, 'ok');
    });

  it('says that the namespace is missing', async () => {
    await findsOnly(
      { TEMPORAL_NAMESPACE: 'of-nobody' },
      /^Temporal has no namespace of-nobody: run deploy\/temporal\/create-namespace\.sh, or on Temporal Cloud do as /,
    );
  });

  it('says what the namespace lacks', async () => {
    const namespace = `bare-${randomUUID()}`;
    const { connection } = await temporalClient();
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msNumberToTs(3 * MS_PER_DAY),
    });
    const found = await untilTemporalKnows(namespace);
    assert.deepEqual(
      found.map(({ verdict, text }) => `${verdict} ${text.slice(0, 34)}`),
      ['warning closed orders are kept for 3 days,', 'problem search attributes are missing or o'],
    );
  });

  /** A server reads the namespaces of its database every few seconds. */
  async function untilTemporalKnows(namespace: string): Promise<Finding[]> {
    for (;;) {
      const found = await finds({ TEMPORAL_NAMESPACE: namespace });
      if (!found.some(({ text }) => text.includes('cannot be listed'))) return found;
    }
  }

  it('says that a gateway refuses its key, and that another cannot be asked', async () => {
    const found = await finds({
      SANDBOX_PORT: String(await getPort()),
      STRIPE_SECRET_KEY: `sk_test_${'0'.repeat(24)}`,
      STRIPE_WEBHOOK_SECRETS: WEBHOOK_SECRET,
      STRIPE_API_BASE: 'http://127.0.0.1:9',
    });
    assert.deepEqual(
      found.map(({ area, verdict }) => `${area} ${verdict}`),
      ['gateways warning', 'gateways warning'],
    );
  });

  describe('at a Stripe', () => {
    let stripe: FakeStripe;
    const OURS = 'https://payments.example.org/webhooks/stripe';
    const complete = { url: OURS, status: 'enabled', enabled_events: EVENT_TYPES } as const;

    before(async () => {
      stripe = await openFakeStripe();
    });
    after(() => stripe.close());

    /** What is said of its webhooks. */
    async function says(publicUrl?: string): Promise<string[]> {
      const variables = {
        STRIPE_SECRET_KEY: SECRET_KEY,
        STRIPE_WEBHOOK_SECRETS: WEBHOOK_SECRET,
        STRIPE_API_BASE: stripe.url,
      };
      const findings = await examine({ ...env, ...variables }, 'api', publicUrl);
      return findings
        .filter(({ text }) => text.includes('stripe') && !text.includes('takes the configured'))
        .map(({ verdict, text }) => `${verdict} ${text}`);
    }

    for (const enabled_events of [EVENT_TYPES, ['*']])
      it(`finds nothing wrong with an endpoint that is sent ${enabled_events.length} kinds of events`, async () => {
        stripe.endpoints = [{ ...complete, enabled_events }];
        const found = [`ok stripe sends all events that are needed to ${OURS}`];
        assert.deepEqual(await says(), found);
        assert.deepEqual(await says('https://payments.example.org'), found);
      });

    it('names the events that are not sent', async () => {
      const enabled_events = EVENT_TYPES.filter((type) => !type.startsWith('charge.dispute.c'));
      stripe.endpoints = [{ ...complete, enabled_events }];
      assert.deepEqual(await says(), [
        `warning stripe does not send to ${OURS}: charge.dispute.created, charge.dispute.closed. Add them to the endpoint's events in its dashboard`,
      ]);
    });

    // wevote/WeVoteServer#969: Stripe disables an endpoint that has failed for nine days, and nobody is told here.
    it('says that an endpoint was disabled, and repeats no token of its address', async () => {
      stripe.endpoints = [{ ...complete, url: `${OURS}?token=canary`, status: 'disabled' }];
      assert.deepEqual(await says(), [
        `warning stripe has disabled its webhook endpoint ${OURS}: enable it in its dashboard, and see there why its calls failed`,
      ]);
    });

    for (const [what, url, publicUrl] of [
      ['no endpoint at all', undefined, undefined],
      ['one of another program alone', 'https://payments.example.org/stripe', undefined],
      ['one of another installation alone', OURS, 'https://staging.example.org'],
    ] as const)
      it(`says that there is none of ours where there is ${what}`, async () => {
        stripe.endpoints = url === undefined ? [] : [{ ...complete, url }];
        const [found, ...others] = await says(publicUrl);
        assert.deepEqual(others, []);
        const place = `${publicUrl ?? 'https://YOUR-HOST'}/webhooks/stripe`;
        assert.ok(
          found?.startsWith(`warning stripe has no webhook endpoint for ${place}, `),
          found,
        );
      });

    it('warns of nothing where a restricted key may not read endpoints', async () => {
      stripe.endpoints = null;
      const [found, ...others] = await says();
      assert.deepEqual(others, []);
      assert.match(
        found ?? '',
        /^ok the key of stripe may not read where its webhooks go: see in /,
      );
    });

    it('does not take a path for a public address', async () => {
      const err: string[] = [];
      const terminal = { env, out: () => {}, err: (text: string) => err.push(text) };
      assert.equal(await runCli(['doctor', '--public-url', `${OURS}`], terminal), 2);
      assert.match(err.join('\n'), /an address without a path, such as https:/);
    });
  });

  it('is asked by payonce doctor, which ends with 1 where there is something to put right', async () => {
    const out: string[] = [];
    const err: string[] = [];
    const terminal = {
      env,
      out: (text: string) => out.push(text),
      err: (text: string) => err.push(text),
    };
    assert.equal(await runCli(['doctor'], terminal), 0);
    assert.match(out.join('\n'), /^ok +database +PostgreSQL [\d.]+ can be reached$/m);
    const broken = { ...terminal, env: { ...env, TEMPORAL_NAMESPACE: 'of-nobody' } };
    assert.equal(await runCli(['doctor'], broken), 1);
    assert.deepEqual(err, ['payonce: 1 to put right before Payonce serves']);
  });

  it('warns in production of a role that may do more than read and write rows', async () => {
    const { url, pool } = await freshDatabase();
    const found = await examineDatabase(url, true);
    await pool.end();
    assert.match(
      found.find(({ verdict }) => verdict === 'warning')?.text ?? '',
      /^the role \S+ is a superuser: let APIs and workers connect as one that only reads and writes/,
    );
  });
});
