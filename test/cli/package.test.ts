/** `@payonce/cli` as an operator gets it: from the tarball, in a folder that holds nothing else. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { buildCli } from '../../scripts/build-cli.ts';
import { givenOrder, openShop } from '../support/shop.ts';
import { type SharedStack, sharedStack, WEBHOOK_SECRET } from '../support/stack.ts';

interface Manifest {
  version: string;
  license: string;
  engines: { node: string };
  dependencies?: object;
}

const readManifest = async (folder: string): Promise<Manifest> =>
  JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as Manifest;

describe('the package of the command line', function () {
  this.timeout(120_000);
  let stack: SharedStack;
  let folder: string;
  let files: string[];

  before(async function () {
    this.timeout(300_000);
    stack = await sharedStack();
    folder = await mkdtemp(path.join(tmpdir(), 'payonce-cli-'));
    await buildCli();
    const cwd = path.resolve('packages/cli');
    const packed = await execa('npm', ['pack', '--json', '--pack-destination', folder], { cwd });
    const [tarball] = JSON.parse(packed.stdout) as {
      filename: string;
      files: { path: string }[];
    }[];
    assert(tarball);
    files = tarball.files.map((file) => file.path);
    const install = ['install', '--offline', '--no-audit', '--no-fund', `./${tarball.filename}`];
    await execa('npm', install, { cwd: folder });
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const payonce = (args: string[], env: Record<string, string>) =>
    execa(path.join(folder, 'node_modules/.bin/payonce'), args, {
      ...{ cwd: folder, extendEnv: false, reject: false },
      env: { PATH: `${path.dirname(process.execPath)}:${process.env.PATH ?? ''}`, ...env },
    });

  it('shows an order of an API', async () => {
    const id = await givenOrder(await openShop());
    const env = { PAYONCE_URL: stack.apiUrl, PAYONCE_API_KEY: stack.keys.ops };
    const { exitCode, stdout, stderr } = await payonce(['show', id], env);
    assert.deepEqual([exitCode, stderr], [0, '']);
    assert.match(stdout, new RegExp(id));
  });

  it('says what to set where it knows no API', async () => {
    const { exitCode, stderr } = await payonce(['list'], {});
    assert.equal(exitCode, 2);
    assert.match(stderr, /^payonce: No Payonce runs here: set PAYONCE_URL and PAYONCE_API_KEY/);
  });

  it('examines an installation', async () => {
    const { exitCode, stdout } = await payonce(['doctor'], {
      DATABASE_URL: stack.databaseUrl,
      TEMPORAL_ADDRESS: stack.temporalAddress,
      TEMPORAL_NAMESPACE: stack.temporalNamespace,
      API_KEYS: `ops:${stack.keys.ops}`,
      SANDBOX_PORT: new URL(stack.sandboxUrl).port,
      SANDBOX_WEBHOOK_SECRETS: WEBHOOK_SECRET,
    });
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /ok +temporal +the search attributes are there/);
  });

  it('needs no other package, and has the version and the licence of this release', async () => {
    const [own, cli] = [await readManifest('.'), await readManifest('packages/cli')];
    assert.deepEqual(
      [cli.dependencies, cli.version, cli.license, cli.engines],
      [undefined, own.version, own.license, own.engines],
    );
    const built = ['dist/payonce.js', 'dist/payonce.js.LEGAL.txt', 'dist/LICENCES.txt'];
    assert.deepEqual(new Set(files), new Set([...built, 'LICENSE', 'README.md', 'package.json']));
  });
});
