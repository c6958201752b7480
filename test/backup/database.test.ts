/**
 * A PostgreSQL and a Temporal of one's own lose either or both, and get them back as of another moment than each other. The
 * dump is PostgreSQL's own, so a server and pg_dump of one version have to be on this machine, as distributions install
 * them.
 */
import assert from 'node:assert/strict';
import { rehearseEachLoss } from './losses.ts';
import { type OwnPostgres, startOwnPostgres } from './own-postgres.ts';
import { type Rehearsal, startRehearsal } from './rehearsal.ts';

describe('a database and a Temporal of one’s own, with orders of every life', function () {
  this.timeout(400_000);
  let postgres: OwnPostgres | undefined;
  let rehearsal: Rehearsal;

  before(async function () {
    postgres = await startOwnPostgres();
    // Its promise is kept where distributions bring both, as they do where this is built.
    if (postgres === undefined) return this.skip();
    rehearsal = await startRehearsal(postgres);
  });
  after(async () => {
    await rehearsal?.close();
    await postgres?.stop();
  });

  rehearseEachLoss(() => rehearsal);

  describe('and a backup', () => {
    let backup: string;

    it('is made while they are in use', async () => {
      backup = await rehearsal.backUp();
    });

    it('is not put back while APIs and workers are connected', async () => {
      await assert.rejects(
        rehearsal.restore(backup),
        /connections of Payonce's processes are open .* stop all APIs and workers first/,
      );
    });

    it('is not put over orders unless that is said', async () => {
      await rehearsal.lose();
      await assert.rejects(
        rehearsal.restore(backup),
        /the database has \d+ tables: name an empty one in DATABASE_URL, or say --replace/,
      );
    });

    it('is not looked for where there is none, nor put over the tables of something else', async () => {
      await rehearsal.lose('database');
      await assert.rejects(rehearsal.restore(), /holds no tables of Payonce/);
      await rehearsal.rows('create table articles (id int)');
      await assert.rejects(
        rehearsal.restore(backup, '--replace'),
        /has 1 tables, and they are not those of Payonce/,
      );
    });
  });
});
