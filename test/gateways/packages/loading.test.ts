/** Gateways of others: loaded by name, configured by what they declare, refused in one line. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigError, loadServiceConfig } from '../../../src/config/config.ts';
import { misspelled } from '../../../src/config/misspelled.ts';
import { GatewayRefusal } from '../../../src/gateways/gateway.ts';
import { createGateways } from '../../../src/gateways/index.ts';
import { loadGateways } from '../../../src/process/load-gateways.ts';

const SECRET = 'a-secret-of-acme-dontshowthis';
const DATABASE = { DATABASE_URL: 'postgres://payonce@127.0.0.1/payonce' };
const KEYS = { API_KEYS: `ops:${'o'.repeat(32)}` };
const ACME = {
  PAYONCE_GATEWAYS: fileOf('acme'),
  ACME_SECRET_KEY: SECRET,
  ACME_WEBHOOK_SECRETS: `${SECRET}-newest,${SECRET}-oldest`,
};

function fileOf(name: string): string {
  return `./test/gateways/packages/files/${name}.js`;
}

async function configured(env: Record<string, string>) {
  const packages = await loadGateways(env);
  const config = loadServiceConfig({ ...DATABASE, ...KEYS, ...env }, 'api', packages);
  return { packages, config, gateways: createGateways(packages, config.gateways) };
}

async function problemsOf(env: Record<string, string>): Promise<readonly string[]> {
  try {
    await configured(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('what Payonce exports for gateways', () => {
  it('is there under its names, with what packages are written with', async () => {
    const kit = (await import('payonce/gateway')) as Record<string, unknown>;
    for (const name of [
      'defineGateway',
      'GatewayRefusal',
      'WebhookRejection',
      'createOutboundFetch',
    ])
      assert.equal(typeof kit[name], 'function', name);
    assert.equal(kit.GatewayRefusal, GatewayRefusal);
    const { runSuite } = await import('payonce/gateway-test');
    assert.equal(typeof runSuite, 'function');
  });
});

describe('a gateway that PAYONCE_GATEWAYS names', () => {
  it('takes part like those of Payonce', async () => {
    const { gateways } = await configured(ACME);
    assert.deepEqual(Object.keys(gateways), ['sandbox', 'acme']);
    assert.equal(gateways.acme?.capabilities.idempotencyKeys.rememberedMs, 3_600_000);
  });

  it('takes no part without its required settings', async () => {
    const { gateways } = await configured({ PAYONCE_GATEWAYS: fileOf('acme') });
    assert.deepEqual(Object.keys(gateways), ['sandbox']);
  });

  it('refuses with errors that this process knows, from wherever its file lies', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'payonce-acme-'));
    try {
      const file = path.join(folder, 'acme.mjs');
      const acme = new URL('files/acme.js', import.meta.url);
      await writeFile(
        file,
        `import acme from '${acme.href}';\nimport { GatewayRefusal } from 'payonce/gateway';\nexport default { ...acme, create: () => ({ ...acme, createPayment: async () => { throw new GatewayRefusal('closed', 'closed'); } }) };\n`,
      );
      const { gateways } = await configured({ ...ACME, PAYONCE_GATEWAYS: file });
      const created = gateways.acme?.createPayment({
        ...{ orderId: 'ord_1', installationId: 'ins_1', attempt: 1, amountMinor: 1 },
        ...{ currency: 'EUR', idempotencyKey: 'k'.repeat(32) },
      });
      await assert.rejects(async () => created, GatewayRefusal);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('has its settings read from files, and shown in nothing that is printed', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'payonce-acme-'));
    try {
      const file = path.join(folder, 'key');
      await writeFile(file, `${SECRET}\n`);
      const { ACME_SECRET_KEY: _, ...rest } = ACME;
      const { config } = await configured({ ...rest, ACME_SECRET_KEY_FILE: file });
      assert.equal(config.gateways.acme?.secretKey, SECRET);
      assert.doesNotMatch(JSON.stringify(config), /dontshowthis/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('has a variable that is misspelled named', async () => {
    const { packages } = await configured(ACME);
    assert.deepEqual(misspelled({ ACME_SECRT_KEY: 'x' }, packages), [
      'ACME_SECRT_KEY is set and nothing reads it: rename it to ACME_SECRET_KEY',
    ]);
  });

  it('takes one address of its API alone in production', async () => {
    const problems = await problemsOf({
      ...ACME,
      NODE_ENV: 'production',
      ACME_API_BASE: 'https://acme.test',
    });
    assert.ok(
      problems.includes('ACME_API_BASE is not https://api.acme.example: it is for tests; unset it'),
    );
    assert.ok(!problems.some((line) => line.startsWith('no gateway is configured')));
  });

  for (const [what, names, problem] of [
    [
      'a file that is not there',
      './acme.js',
      'PAYONCE_GATEWAYS names ./acme.js, which is not there: correct the path, which begins at the working directory',
    ],
    [
      'a package that is not installed',
      'payonce-gateway-of-nobody',
      'PAYONCE_GATEWAYS names payonce-gateway-of-nobody, which is not installed: install it where Payonce is, or write ./ before the name of a file',
    ],
    [
      'a file that imports what is not installed',
      fileOf('imports-missing'),
      `PAYONCE_GATEWAYS names ${fileOf('imports-missing')}, which imports a-package-that-is-not-there, and that is not installed: install it beside it`,
    ],
    [
      'a file that breaks',
      fileOf('breaks'),
      `PAYONCE_GATEWAYS names ${fileOf('breaks')}, which cannot be loaded (it needs another Node): correct it, or take it out`,
    ],
    [
      'a module without a gateway',
      fileOf('no-gateway'),
      `PAYONCE_GATEWAYS names ${fileOf('no-gateway')}, whose default export is no gateway (interfaceVersion Invalid input: expected 1): export default defineGateway({ … }) of payonce/gateway`,
    ],
    [
      'a gateway for another version of the interface',
      fileOf('next-version'),
      `PAYONCE_GATEWAYS names ${fileOf('next-version')}, which is built for version 2 of the gateway interface, and this Payonce has version 1: install a release of the package for version 1, or a Payonce with version 2`,
    ],
    [
      'a gateway that takes shorter keys than Payonce makes',
      fileOf('short-keys'),
      `PAYONCE_GATEWAYS names ${fileOf('short-keys')}, whose default export is no gateway (capabilities.idempotencyKeys.maxLength is shorter than the keys of Payonce, which have 32): export default defineGateway({ … }) of payonce/gateway`,
    ],
    [
      'a name that Payonce has',
      fileOf('called-stripe'),
      `PAYONCE_GATEWAYS names ${fileOf('called-stripe')}, whose gateway is called stripe like that of Payonce itself: remove one of them`,
    ],
    [
      'a name twice',
      `${fileOf('acme')},${fileOf('acme')}`,
      `PAYONCE_GATEWAYS names ${fileOf('acme')}, whose gateway is called acme like that of ${fileOf('acme')}: remove one of them`,
    ],
    [
      'a setting that is a variable of Payonce',
      fileOf('called-temporal'),
      'TEMPORAL_PROFILE is declared by the gateway temporal, and it is a variable of Payonce: the package has to call its setting, or its gateway, otherwise',
    ],
    ['an empty entry', `${fileOf('acme')},`, 'PAYONCE_GATEWAYS entry 2 is empty'],
  ] as const)
    it(`is refused in one line: ${what}`, async () => {
      assert.deepEqual(await problemsOf({ PAYONCE_GATEWAYS: names }), [problem]);
    });
});
