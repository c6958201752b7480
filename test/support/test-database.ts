/**
 * Real PostgreSQL for tests: one embedded server a mocha process, one fresh migrated database a suite.
 */
import { randomUUID } from 'node:crypto';
import type { Database } from '../../src/store/database.ts';
import { openPatiently } from './patient-database.ts';
import {
  administer,
  databaseUrl,
  startTestServer,
  TEMPLATE,
  type TestServer,
} from './test-server.ts';

export interface TestDatabase extends Database {
  url: string;
}

/** A server that is there already, with the template: `npm run mutate` runs the same tests thousands of times. */
const GIVEN_URL = process.env.TEST_POSTGRES_URL;

let server: Promise<TestServer> | undefined;
const made: string[] = [];

/** A database of its own, migrated and empty, on the server that all suites of this process share. */
export async function freshDatabase(): Promise<TestDatabase> {
  const url = await emptyDatabase(TEMPLATE);
  return { url, ...openPatiently(url) };
}

/** A database without tables, for what makes them. */
export async function emptyDatabase(template = 'template0'): Promise<string> {
  server ??= GIVEN_URL === undefined ? startTestServer() : givenServer(GIVEN_URL);
  const { url } = await server;
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await administer(url, `create database ${name} template ${template}`);
  made.push(name);
  return databaseUrl(url, name);
}

async function givenServer(url: string): Promise<TestServer> {
  return { url, stop: () => dropDatabases(url) };
}

async function dropDatabases(url: string): Promise<void> {
  for (const name of made.splice(0)) await administer(url, `drop database ${name} with (force)`);
}

after(async () => {
  await (await server)?.stop();
});
