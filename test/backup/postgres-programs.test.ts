/** Which pg_dump is taken, among those that a machine has. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findPostgresProgram } from '../../src/backup/postgres-programs.ts';

/** A major version that no machine has yet, so that those of this one do not matter. */
const SERVER = 90;

describe('the pg_dump for a PostgreSQL', () => {
  let machine: string;

  before(() => {
    machine = mkdtempSync(path.join(tmpdir(), 'payonce-programs-'));
  });
  after(() => rmSync(machine, { recursive: true, force: true }));

  function install(version: string): string {
    const folder = path.join(machine, version);
    mkdirSync(folder, { recursive: true });
    const script = `#!/bin/sh\necho "pg_dump (PostgreSQL) ${version} (Debian ${version}-1.pgdg)"\n`;
    writeFileSync(path.join(folder, 'pg_dump'), script, { mode: 0o755 });
    return folder;
  }

  const found = (...folders: string[]) =>
    findPostgresProgram('pg_dump', SERVER, { path: folders.join(path.delimiter) });

  it('is of its version, where there are several on the path', async () => {
    const folders = ['91.0', '89.5', '90.2'].map(install);
    assert.equal(await found(...folders), path.join(machine, '90.2', 'pg_dump'));
  });

  it('is the next newer one, where there is none of its version', async () => {
    const folders = ['92.1', '91.4'].map(install);
    assert.equal(await found(...folders), path.join(machine, '91.4', 'pg_dump'));
  });

  it('is never an older one: what was found is said, and what to install', async () => {
    const folder = install('89.5');
    await assert.rejects(found(folder), (error: Error) => {
      assert.match(error.message, /PostgreSQL 90, and no pg_dump of 90 or newer was found/);
      assert.ok(error.message.includes(`${path.join(folder, 'pg_dump')} is of 89`));
      assert.match(error.message, /postgresql-client-90 .* --pg-bin FOLDER/);
      return true;
    });
  });

  it('is looked for in one folder alone, where that is named', async () => {
    const lookup = { folder: install('90.2'), path: install('90.1') };
    const file = await findPostgresProgram('pg_dump', SERVER, lookup);
    assert.equal(file, path.join(machine, '90.2', 'pg_dump'));
  });
});
