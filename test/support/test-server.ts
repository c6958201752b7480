/** A PostgreSQL for tests, with a migrated database that the others are copied from. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startPostgres } from '../../src/dev/postgres/postgres.ts';
import { migrate } from '../../src/store/migrate.ts';

export const TEMPLATE = 'template_migrated';

export interface TestServer {
  /** Of a database that is there at all times. */
  url: string;
  stop(): Promise<void>;
}

/** Starts a server in a directory of its own, which goes with it. */
export async function startTestServer(): Promise<TestServer> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'payonce-test-'));
  const postgres = await startPostgres({ dataDir });
  await administer(postgres.url, `create database ${TEMPLATE}`);
  await migrate(databaseUrl(postgres.url, TEMPLATE));
  const stop = async (): Promise<void> => {
    await postgres.stop('immediate');
    await rm(dataDir, { recursive: true, force: true });
  };
  return { url: postgres.url, stop };
}

export async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

export function databaseUrl(url: string, name: string): string {
  return Object.assign(new URL(url), { pathname: `/${name}` }).href;
}
