/** `npm run migrate`: brings the database to the current tables. It connects as their owner, and ends. */
import { ConfigError, loadConfig } from './config.ts';
import { runProcess } from './process-life.ts';
import { migrate } from './store/migrate.ts';

async function main(): Promise<void> {
  const { databaseUrl } = loadConfig(process.env);
  if (databaseUrl === undefined)
    throw new ConfigError([
      'DATABASE_URL is missing: set it to the postgres:// URL of the database',
    ]);
  await migrate(databaseUrl);
  console.log('The database is up to date.');
}

await runProcess('migrate', main);
