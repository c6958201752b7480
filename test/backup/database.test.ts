/**
 * A PostgreSQL and a Temporal of one's own: the database is lost and put back from a dump, Temporal goes on with runs
 * that know more. The dump is PostgreSQL's own, so a server and pg_dump of one version have to be on this machine, as
 * distributions install them.
 */
import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import pg from 'pg';
import { type Stack, withStores } from '../../src/dev/stack/stack.ts';
import { type Crm, openCrm } from '../support/crm.ts';
import { judgeEveryOrder } from '../support/every-order.ts';
import { shopOn, untilSettled } from '../support/shop.ts';
import { EFFECTS_SECRET, INHERITED, startTestStack, WEBHOOK_SECRET } from '../support/stack.ts';
import { LIFE_NAMES, LIVES, type Life, type Orders, peopleOf } from './lives.ts';
import { type OwnPostgres, startOwnPostgres } from './own-postgres.ts';

const ROOT = path.join(import.meta.dirname, '../..');

describe('a database of one’s own', function () {
  this.timeout(400_000);
  let home: string;
  let crm: Crm;
  let postgres: OwnPostgres | undefined;
  let stack: Stack | undefined;
  let orders: Orders;
  let before_: string;
  let backup: string;
  let toldByThen: number;

  const dataDir = (): string => path.join(home, 'data');
  const settings = (databaseUrl: string): Record<string, string> => ({
    CRM_URL: crm.url,
    EFFECTS_SECRET,
    SANDBOX_WEBHOOK_SECRETS: WEBHOOK_SECRET,
    DATABASE_URL: databaseUrl,
  });

  before(async function () {
    postgres = await startOwnPostgres();
    // Its promise is kept where distributions bring both, as they do where this is built.
    if (postgres === undefined) return this.skip();
    home = await mkdtemp(path.join(tmpdir(), 'payonce-own-'));
    await chmod(home, 0o755);
    await mkdir(dataDir());
    backup = path.join(home, 'backup');
    crm = await openCrm();
    before_ = await postgres.createDatabase('shop');
    stack = await start(before_);
    const people = peopleOf(shopOn(stack));
    const begun = LIFE_NAMES.map(async (name) => [name, await LIVES[name].before(people)] as const);
    orders = Object.fromEntries(await Promise.all(begun)) as Orders;
  });
  after(async () => {
    await stack?.stop('kill');
    await postgres?.stop();
    crm?.close();
    if (home) await rm(home, { recursive: true, force: true });
  });

  function start(databaseUrl: string): Promise<Stack> {
    const env = settings(databaseUrl);
    return startTestStack({ workers: 1, apis: 1, env, dataDir: dataDir() });
  }

  async function run(
    program: 'backup' | 'restore',
    args: readonly string[],
    env: Record<string, string>,
  ): Promise<string> {
    const file = path.join(ROOT, 'src/backup', `${program}.ts`);
    const inherited = Object.fromEntries(INHERITED.map((name) => [name, process.env[name]]));
    const { stdout } = await execa(process.execPath, ['--import', 'tsx', file, ...args], {
      cwd: ROOT,
      env: { ...inherited, ...env },
      extendEnv: false,
    });
    return stdout;
  }

  const each = (act: (life: Life, order: Orders[keyof Orders]) => Promise<void>) =>
    Promise.all(LIFE_NAMES.map((name) => act(LIVES[name], orders[name])));

  it('is backed up while it is in use', async () => {
    const said = await run('backup', [backup], settings(before_));
    toldByThen = crm.requests.length;
    assert.match(said, /holds the database as of .*Temporal needs no backup/);
  });

  it('is not put back while APIs and workers are connected', async () => {
    assert.ok(stack !== undefined);
    const people = peopleOf(shopOn(stack));
    await each(async (life, order) => life.since?.(people, order));
    for (const process_ of ['api', 'worker']) stack.kill(process_, 'SIGSTOP');
    await each(async (life, order) => life.meanwhile?.(people, order));
    await assert.rejects(
      run('restore', [backup], settings(before_)),
      /connections of Payonce's processes are open .* stop all APIs and workers first/,
    );
  });

  it('is not overwritten unless that is said', async () => {
    await stack?.stop('kill');
    stack = undefined;
    // It is told these again under the same keys, at other times.
    crm.requests.splice(toldByThen);
    await assert.rejects(
      run('restore', [backup], settings(before_)),
      /the database has \d+ tables: name an empty one in DATABASE_URL, or say --replace/,
    );
  });

  it('is not looked for where there is none, nor put over the tables of something else', async () => {
    const url = (await postgres?.createDatabase('another_shop')) ?? '';
    await assert.rejects(run('restore', [], settings(url)), /holds no tables of Payonce/);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('create table articles (id int)').finally(() => client.end());
    await assert.rejects(
      run('restore', [backup, '--replace'], settings(url)),
      /has 1 tables, and they are not those of Payonce/,
    );
  });

  it('is put back into an empty one, and every order comes to what it is, by itself', async () => {
    const after_ = (await postgres?.createDatabase('shop_again')) ?? '';
    const env = settings(after_);
    const ports = { api: 0, sandbox: 0, temporal: 0, temporalUi: 0 };
    await withStores(
      { env, dataDir: dataDir(), ports, migrate: async () => {} },
      async () => {},
      async ({ variables }) => {
        const { TEMPORAL_ADDRESS = '', TEMPORAL_NAMESPACE = '' } = variables;
        const temporal = { TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE };
        const said = await run('restore', [backup], { ...env, ...temporal });
        assert.match(said, /\d+ orders go on from their records/);
      },
    );
    stack = await start(after_);
    const shop = shopOn(stack);
    await each(async ({ state }, { id }) => {
      await untilSettled(shop, id, state);
    });
  });

  it('keeps the invariants of a chaos run', async () => {
    assert.ok(stack !== undefined);
    await judgeEveryOrder({ ...stack, crm });
  });
});
