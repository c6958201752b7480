/**
 * Real PostgreSQL for tests: one embedded server a mocha process, one fresh migrated database a suite.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { type Postgres, startPostgres } from '../../src/dev/postgres/postgres.ts';
import type { Database } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openPatiently } from './patient-database.ts';

export interface TestDatabase extends Database {
  url: string;
}

interface Server {
  postgres: Postgres;
  dataDir: string;
}

const TEMPLATE = 'template_migrated';
let server: Promise<Server> | undefined;

/** A database of its own, migrated and empty, on the server that all suites of this process share. */
export async function freshDatabase(): Promise<TestDatabase> {
  const url = await emptyDatabase(TEMPLATE);
  return { url, ...openPatiently(url) };
}

/** A database without tables, for what makes them. */
export async function emptyDatabase(template = 'template0'): Promise<string> {
  server ??= startServer();
  const { postgres } = await server;
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await administer(postgres.url, `create database ${name} template ${template}`);
  return databaseUrl(postgres.url, name);
}

async function startServer(): Promise<Server> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'payonce-test-'));
  const postgres = await startPostgres({ dataDir });
  await administer(postgres.url, `create database ${TEMPLATE}`);
  await migrate(databaseUrl(postgres.url, TEMPLATE));
  return { postgres, dataDir };
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

function databaseUrl(url: string, name: string): string {
  return Object.assign(new URL(url), { pathname: `/${name}` }).href;
}

after(async () => {
  if (server === undefined) return;
  const { postgres, dataDir } = await server;
  await postgres.stop('immediate');
  await rm(dataDir, { recursive: true, force: true });
});
