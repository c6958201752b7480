/** What a company's legal department asks of a dependency. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildConsole } from '../../scripts/build-console.ts';
import { LICENCES } from '../../scripts/bundled-licences.ts';
import { NOTICE_FILE, notice, productionPackages } from '../../scripts/write-notice.ts';

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

describe('what production installs', () => {
  it('is in NOTICE.md, package by package', () => {
    assert.equal(readFileSync(NOTICE_FILE, 'utf8'), notice(), 'run npm run notice');
  });

  it('has permissive licences alone', () => {
    const others = productionPackages().filter(({ license }) =>
      (license ?? 'none')
        .replace(/[()]/g, '')
        .split(' AND ')
        .some((part) => !PERMISSIVE.includes(part)),
    );
    assert.deepEqual(others, []);
  });

  it('holds no package that reports its installation', () => {
    const names = productionPackages().map(({ name }) => name);
    assert.deepEqual(
      names.filter((name) => TELEMETRY.includes(name)),
      [],
    );
  });
});
