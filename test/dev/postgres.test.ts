import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import waitFor from 'p-wait-for';
import pg from 'pg';
import { type Postgres, startPostgres } from '../../src/dev/postgres/postgres.ts';
import { SetupError } from '../../src/dev/terminal/setup-error.ts';

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  const { rows } = await client.query({ text: sql, rowMode: 'array' });
  await client.end();
  return rows.flat();
}

describe('the embedded database', () => {
  let dataDir: string;
  let database: Postgres;
  before(() => {
    dataDir = mkdtempSync(path.join(tmpdir(), 'payonce-pg-'));
    mkdirSync(path.join(dataDir, 'postgres.new-killed', 'data'), { recursive: true });
  });
  beforeEach(async () => {
    database = await startPostgres({ dataDir });
  });
  after(async () => {
    await database.stop('immediate');
    rmSync(dataDir, { recursive: true });
  });

  const inside = (file: string): string => path.join(dataDir, 'postgres', file);
  /** Replaces a file of the stopped database, tries to start it, and puts the file back. */
  const refusalWith = async (file: string, content: string): Promise<string> => {
    await database.stop();
    const whole = readFileSync(inside(file));
    writeFileSync(inside(file), content);
    const error = await startPostgres({ dataDir }).catch((reason: unknown) => reason);
    writeFileSync(inside(file), whole);
    assert(error instanceof SetupError, String(error));
    return error.message;
  };

  it('leaves no draft of a first start that was killed', () => {
    assert.deepEqual(readdirSync(dataDir).toSorted(), ['logs', 'postgres']);
  });

  it('is durable, reached on loopback only, and closed without its password', async () => {
    const { url } = database;
    const settings = ['fsync', 'listen_addresses', 'unix_socket_directories', 'max_connections'];
    const shown = settings.map((name) => `current_setting('${name}')`).join();
    assert.deepEqual(await query(url, `select ${shown}`), ['on', '127.0.0.1', '', '200']);
    assert.deepEqual(await query(url, 'select current_database()'), ['payonce']);
    assert.equal(statSync(inside('password')).mode & 0o777, 0o600);
    const wrong = new URL(url);
    wrong.password = 'guess';
    await assert.rejects(query(wrong.href, 'select 1'), { code: '28P01' });
  });

  it('keeps its rows over a stop and is reached again', async () => {
    await query(database.url, 'create table stopped as select 7 as n');
    await database.stop();
    assert.equal(database.pid(), undefined);
    const again = await startPostgres({ dataDir });
    assert.deepEqual(await query(again.url, 'select n from stopped'), [7]);
  });

  it('is used again when it still runs', async () => {
    const again = await startPostgres({ dataDir });
    assert.deepEqual([again.url, again.pid()], [database.url, database.pid()]);
  });

  it('starts with all its rows after kill -9, behind the same URL', async () => {
    await query(database.url, 'create table killed as select 7 as n');
    const pid = database.pid();
    assert(pid);
    process.kill(pid, 'SIGKILL');
    await waitFor(() => database.pid() === undefined, { interval: 20 });
    await database.revive();
    assert.deepEqual(await query(database.url, 'select n from killed'), [7]);
  });

  it('starts although its pid file names another process of the same user', async () => {
    const pidFile = readFileSync(inside('data/postmaster.pid'), 'utf8');
    const { uid } = statSync(inside('data'));
    await database.stop();
    const stranger = spawn('sleep', ['60'], { uid, cwd: '/' });
    writeFileSync(inside('data/postmaster.pid'), pidFile.replace(/^\d+/, `${stranger.pid}`));
    const again = await startPostgres({ dataDir });
    assert(stranger.kill());
    assert.deepEqual(await query(again.url, 'select 1'), [1]);
  });

  it('is refused with what to do when a file is damaged', async () => {
    const message = await refusalWith('data/PG_VERSION', '');
    assert.match(message, /postgres is damaged: data\/PG_VERSION is missing\. Restore .* mv /);
  });

  it('is refused when another version made it', async () => {
    const message = await refusalWith('data/PG_VERSION', '15\n');
    assert.match(message, /was made by PostgreSQL 15, this is 18\. Restore/);
  });

  it('is refused in one line with the reason when it cannot start', async () => {
    const message = await refusalWith('data/global/pg_control', 'garbage');
    assert.match(message, /does not start: .*pg_control.* mv .*postgres\.damaged/);
    assert.equal(message.split('\n').length, 1);
  });
});
