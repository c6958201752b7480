/** The indexes of the development server's file, on a file with the server's own table. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createClient } from '@libsql/client';
import { dropVisibilityIndexes } from '../../src/dev/temporal/visibility-indexes.ts';

const SCHEMA = `
  create table executions_visibility (run_id text primary key, status int, Keyword07 text);
  create index default_idx on executions_visibility (run_id);
  create index by_status on executions_visibility (status);
  create index by_keyword_07 on executions_visibility (Keyword07);
  create table other (id int);
  create index by_id on other (id);`;

describe('the indexes of the development server', () => {
  let folder: string;
  let file: string;

  const onFile = async <T>(
    act: (client: ReturnType<typeof createClient>) => Promise<T>,
  ): Promise<T> => {
    const client = createClient({ url: pathToFileURL(file).href });
    try {
      return await act(client);
    } finally {
      client.close();
    }
  };
  const indexes = () =>
    onFile(async (client) => {
      const text = `select name from sqlite_master where type = 'index' and sql is not null order by name`;
      return (await client.execute(text)).rows.map(({ name }) => name);
    });

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'payonce-indexes-'));
    file = path.join(folder, 'temporal.db');
    await onFile((client) => client.executeMultiple(SCHEMA));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('are dropped but for those that are kept, of its list of runs alone', async () => {
    await dropVisibilityIndexes(file, ['default_idx', 'by_status']);
    assert.deepEqual(await indexes(), ['by_id', 'by_status', 'default_idx']);
  });

  it('are as they were after a second time', async () => {
    const kept = ['default_idx', 'by_status'];
    for (const _ of [1, 2]) await dropVisibilityIndexes(file, kept);
    assert.equal((await indexes()).length, 3);
  });
});
