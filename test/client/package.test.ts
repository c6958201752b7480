/** `@payonce/client` as a shop gets it: from the tarball, in a folder that knows nothing of this project. */
import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { execa } from 'execa';
import { buildClient } from '../../scripts/build-client.ts';
import { newOrderId, openShop, orderBody, type Shop } from '../support/shop.ts';
import { type SharedStack, sharedStack } from '../support/stack.ts';

interface Manifest {
  version: string;
  license: string;
  engines: { node: string };
  dependencies: Record<string, string>;
}

const DEPENDENCIES = ['openapi-fetch', 'openapi-typescript-helpers'];

const USE = `
const payonce = createPayonceClient({ baseUrl: process.env.API, apiKey: process.env.KEY });
const { data, error } = await payonce.GET('/v1/orders/{id}', { params: { path: { id: process.env.ORDER } } });
console.log(data ? data.amount : error.code);
`;

const TYPED = `
import { createPayonceClient, listOrderEvents } from '@payonce/client';
const payonce = createPayonceClient({ baseUrl: 'http://127.0.0.1', apiKey: 'key' });
export async function amountOf(id: string): Promise<number> {
  const { data, error } = await payonce.GET('/v1/orders/{id}', { params: { path: { id } } });
  if (error) throw new Error(error.code);
  for await (const event of listOrderEvents(payonce, id)) console.log(event.outcome);
  // @ts-expect-error: an amount is a number
  const wrong: string = data.amount;
  // @ts-expect-error: no such path
  await payonce.GET('/v1/orderz');
  return data.amount;
}
`;

const MANIFEST = { private: true, type: 'module' };

const readManifest = async (folder: string): Promise<Manifest> =>
  JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as Manifest;

describe('the package of the client', function () {
  this.timeout(120_000);
  let stack: SharedStack;
  let shop: Shop;
  let folder: string;
  let files: string[];
  let env: Record<string, string>;

  before(async function () {
    this.timeout(300_000);
    stack = await sharedStack();
    shop = await openShop();
    folder = await mkdtemp(path.join(tmpdir(), 'payonce-client-'));
    const modules = path.join(folder, 'node_modules');
    await buildClient();
    const cwd = path.resolve('packages/client');
    const packed = await execa('npm', ['pack', '--json', '--pack-destination', folder], { cwd });
    const [tarball] = JSON.parse(packed.stdout) as {
      filename: string;
      files: { path: string }[];
    }[];
    assert(tarball);
    files = tarball.files.map((file) => file.path);
    const home = path.join(modules, '@payonce/client');
    await mkdir(home, { recursive: true });
    const archive = path.join(folder, tarball.filename);
    await execa('tar', ['-xzf', archive, '-C', home, '--strip-components=1']);
    for (const name of DEPENDENCIES)
      await cp(path.resolve('node_modules', name), path.join(modules, name), { recursive: true });
    await writeFile(path.join(folder, 'package.json'), JSON.stringify(MANIFEST));
    const id = newOrderId();
    await shop.call('POST', '/v1/orders', orderBody(id));
    env = { API: stack.apiUrl, KEY: stack.keys.client, ORDER: id };
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function prints(file: string, text: string): Promise<string> {
    await writeFile(path.join(folder, file), text);
    const { stdout, stderr } = await execa(process.execPath, [file], { cwd: folder, env });
    assert.equal(stderr, '');
    return stdout;
  }

  it('reads an order from an ES module', async () => {
    const text = `import { createPayonceClient } from '@payonce/client';${USE}`;
    assert.equal(await prints('shop.mjs', text), '4999');
  });

  it('reads an order from CommonJS', async () => {
    const text = `const { createPayonceClient } = require('@payonce/client');(async () => {${USE}})();`;
    assert.equal(await prints('shop.cjs', text), '4999');
  });

  it('reads an order from what a bundler for browsers makes of it', async () => {
    const text = `import { createPayonceClient } from '@payonce/client';${USE}`;
    await writeFile(path.join(folder, 'page.mjs'), text);
    const { outputFiles, warnings } = await build({
      ...{ entryPoints: ['page.mjs'], absWorkingDir: folder, write: false, bundle: true },
      ...{ platform: 'browser', format: 'esm', logLevel: 'silent' },
    });
    assert.deepEqual(warnings, []);
    assert.equal(await prints('bundle.mjs', outputFiles[0]?.text ?? ''), '4999');
  });

  for (const file of ['shop.mts', 'shop.cts'])
    it(`has its types in ${file}`, async () => {
      await writeFile(path.join(folder, file), TYPED);
      const tsc = path.resolve('node_modules/.bin/tsc');
      const types = path.resolve('node_modules/@types');
      const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023'];
      const { exitCode, stdout } = await execa(
        tsc,
        [...options, '--ignoreConfig', '--typeRoots', types, '--types', 'node', file],
        { cwd: folder, reject: false },
      );
      assert.deepEqual([exitCode, stdout], [0, '']);
    });

  it('has one dependency, the version and the licence of this release, and nothing but what is used', async () => {
    const [own, client] = [await readManifest('.'), await readManifest('packages/client')];
    assert.deepEqual(client.dependencies, { 'openapi-fetch': own.dependencies['openapi-fetch'] });
    assert.deepEqual(
      [client.version, client.license, client.engines],
      [own.version, own.license, own.engines],
    );
    const others = files.filter((file) => !file.startsWith('dist/'));
    assert.deepEqual(new Set(others), new Set(['LICENSE', 'README.md', 'package.json']));
  });
});
