/** What a company's legal department asks of a dependency. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildConsole } from '../../scripts/build-console.ts';
import { LICENCES } from '../../scripts/bundled-licences.ts';
import { bundledAlone, idOf, productionPackages } from '../../scripts/shipped-packages.ts';
import { NOTICE_FILE, notice } from '../../scripts/write-notice.ts';
import { sbom } from '../../scripts/write-sbom.ts';

/** None of them asks more of a user than to keep its text and to name who wrote it. */
const PERMISSIVE = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC-BY-4.0',
  'ISC',
  'MIT',
  'OFL-1.1',
  'Python-2.0',
  'Unlicense',
  'Zlib',
];
const TELEMETRY = ['@scarf/scarf'];

describe('a bundle', () => {
  it('carries the licence of each package whose code is in it, with its text', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'payonce-console-'));
    try {
      await buildConsole(folder);
      const licences = readFileSync(path.join(folder, LICENCES), 'utf8');
      for (const name of ['react', 'react-dom', '@mantine/core', '@tanstack/react-query'])
        assert.match(licences, new RegExp(`^${name} [\\d.]+: MIT$`, 'm'));
      assert.ok(licences.includes('Copyright (c) Meta Platforms'));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('what Payonce ships of others', function () {
  // npm reads the whole of node_modules, beside another run.
  this.timeout(120_000);

  it('is in NOTICE.md, package by package', async () => {
    assert.equal(readFileSync(NOTICE_FILE, 'utf8'), await notice(), 'run npm run notice');
  });

  it('is in the bill of materials, with what bundles have of it, and without the tools', async () => {
    const bundled = (await bundledAlone()).map(idOf);
    for (const name of ['react', 'react-dom', '@mantine/core', '@tanstack/react-query', 'recharts'])
      assert.ok(
        bundled.some((id) => id.startsWith(`${name}@`)),
        name,
      );
    const { components, dependencies } = await sbom();
    const listed = new Set(components.map(idOf));
    assert.deepEqual(
      bundled.filter((id) => !listed.has(id)),
      [],
    );
    const known = new Set([...productionPackages().map(idOf), ...bundled]);
    assert.deepEqual(
      [...listed].filter((id) => !known.has(id)),
      [],
    );
    const refs = components.map((component) => component['bom-ref']);
    assert.equal(new Set(refs).size, refs.length);
    for (const ref of refs)
      assert.ok(
        dependencies.some((entry) => entry.ref === ref),
        ref,
      );
    assert.ok(!JSON.stringify(components).includes('cdx:npm:package:development'));
  });

  it('has permissive licences alone', async () => {
    const others = [...productionPackages(), ...(await bundledAlone())].filter(({ license }) =>
      (license ?? 'none')
        .replace(/[()]/g, '')
        .split(' AND ')
        .some((part) => !PERMISSIVE.includes(part)),
    );
    assert.deepEqual(others, []);
  });

  it('holds no package that reports its installation', async () => {
    const shipped = [...productionPackages(), ...(await bundledAlone())];
    const names = shipped.map(({ name }) => name);
    assert.deepEqual(
      names.filter((name) => TELEMETRY.includes(name)),
      [],
    );
  });
});
